"""Between rich text and plain words: the textarea without script, excerpts, quotes."""

import re
import unicodedata

from network.text.tree import BLOCKS, Element, escape_text, escape_value, read

_INVISIBLE = ("Cf", "Cc", "Zs", "Zl", "Zp", "Mn", "Me")
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"


def from_plain(text: str) -> str:
    """HTML for what was typed into a plain textarea: paragraphs, line breaks, and `> ` lines as quotes.

    Not clean yet: hand it to clean_html.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _paragraphs(lines, depth=0)


def to_plain(html: str) -> str:
    """Clean HTML as it would be typed into a plain textarea; from_plain(to_plain(x)) keeps its words and quotes."""
    root, _, _ = read(html)
    return "\n".join(_lines(root)).strip("\n")


def text_of(html: str) -> str:
    """The words of clean HTML, a line for each block."""
    root, _, _ = read(html)
    lines = (" ".join(line.split()) for line in _flatten(root, skip=frozenset()).split("\n"))
    return "\n".join(line for line in lines if line)


def excerpt(html: str, length: int = 160) -> str:
    """One line of plain text of at most `length` characters, cut between words; quoted words are left out."""
    root, _, _ = read(html)
    text = " ".join(_flatten(root, skip=frozenset(("blockquote", "pre"))).split())
    if not text:
        text = " ".join(text_of(html).split())
    if len(text) <= length:
        return text
    head = text[: length - 1]
    cut = head.rfind(" ")
    if cut > length // 2:
        head = head[:cut]
    while head and unicodedata.combining(text[len(head)] if len(head) < len(text) else " "):
        head = head[:-1]
    return head.rstrip(" .,،؛:;–-") + "…"


def is_blank(html: str) -> bool:
    """Whether nobody would see anything: no picture, no letter, only spaces and invisible marks."""
    if "<img " in html:
        return False
    return all(unicodedata.category(char) in _INVISIBLE or char in _BLANK_LETTERS for char in text_of(html))


def quote(html: str, *, author: str, path: str) -> str:
    """HTML of a quote of clean HTML, with who said it and the path of the post; quotes inside it are left out."""
    root, _, _ = read(html)
    root.kids = [kid for kid in root.kids if isinstance(kid, str) or kid.tag != "blockquote"]
    return (
        f'<blockquote class="quote" cite="{escape_value(path)}"><p class="quote-author">{escape_text(author)}</p>{root.html()}</blockquote>'
    )


def _paragraphs(lines: list[str], depth: int) -> str:
    out: list[str] = []
    run: list[str] = []
    quoted: list[str] = []

    def close() -> None:
        if quoted:
            # Below three levels nobody reads the arrows any more; they stay as typed.
            inner = _paragraphs(quoted, depth + 1)
            out.append(f"<blockquote>{inner}</blockquote>")
            quoted.clear()
        if run:
            out.append("<p>" + "<br>".join(escape_text(line) for line in run) + "</p>")
            run.clear()

    for line in lines:
        match = re.match(r" {0,3}> ?(.*)", line) if depth < 3 else None
        if match:
            if run:
                close()
            quoted.append(match.group(1))
        elif not line.strip():
            close()
        else:
            if quoted:
                close()
            run.append(line.strip())
    close()
    return "".join(out)


def _lines(parent: Element) -> list[str]:
    lines: list[str] = []
    inline: list[str] = []

    def close() -> None:
        words = "".join(inline)
        inline.clear()
        if words.strip():
            lines.extend([*(line.strip() for line in words.split("\n")), ""])

    for position, kid in enumerate(parent.kids, start=1):
        if isinstance(kid, str):
            inline.append(kid if parent.tag == "pre" else re.sub(r"\s+", " ", kid))
        elif kid.tag == "br":
            inline.append("\n")
        elif kid.tag not in BLOCKS:
            inline.append(_inline(kid))
        else:
            close()
            inner = _lines(kid)
            while inner and not inner[-1]:
                inner.pop()
            if kid.tag == "blockquote":
                lines.extend([*(f"> {line}".rstrip() for line in inner), ""])
            elif kid.tag == "li":
                mark = f"{position}. " if parent.tag == "ol" else "- "
                lines.extend([mark + line if n == 0 else line for n, line in enumerate(inner or [""])])
            elif inner:
                lines.extend([*inner, ""])
    close()
    return lines


def _inline(element: Element) -> str:
    words = "".join(re.sub(r"\s+", " ", kid) if isinstance(kid, str) else "\n" if kid.tag == "br" else _inline(kid) for kid in element.kids)
    if element.attrs.get("class") == "mention":
        return "@" + (element.attrs.get("data-handle") or element.attrs.get("href", "").removeprefix("/@"))
    href = element.attrs.get("href", "")
    return f"{words} ({href})" if href.startswith("http") and href.rstrip("/") != words.strip().rstrip("/") else words


def _flatten(parent: Element, skip: frozenset[str]) -> str:
    parts: list[str] = []
    for kid in parent.kids:
        if isinstance(kid, str):
            parts.append(kid.replace("\n", " ") if parent.tag != "pre" else kid)
        elif kid.tag == "br":
            parts.append("\n")
        elif kid.tag in BLOCKS:
            if kid.tag not in skip:
                parts.append(f"\n{_flatten(kid, skip)}\n")
        else:
            parts.append(_flatten(kid, skip))
    return "".join(parts)
