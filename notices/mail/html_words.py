"""The words of a mail that came as HTML only, as if it had been typed: lines, `> ` for what is quoted, signatures that say so left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

MOST_BYTES = 1024 * 1024  # of HTML; pictures inside an address count, an attachment does not
MOST_DEPTH = 300

_BLOCKS = frozenset("p div ul ol li table tr h1 h2 h3 h4 h5 h6 pre hr blockquote center section article header footer".split())
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 pre blockquote ul ol".split())
_QUOTED = re.compile(r"\b(?:gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra|tutanota_quote)\b")
_SIGNED = re.compile(
    r"\b(?:gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-mobile-signature)\b|^signature$", re.IGNORECASE
)
# Whatever follows is the mail that is answered.
_REST = re.compile(
    r"^(?:x_)?(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|replySplit|mail-editor-reference-message-container)$", re.IGNORECASE
)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th tbody thead".split())
_CLEANER = nh3.Cleaner(
    tags={*_BLOCKS, "br", "td", "th", "a", "span"},
    clean_content_tags={"script", "style", "title", "template", "noscript", "svg", "math", "object", "select", "textarea"},
    attributes={"*": {"class", "id"}, "a": {"href"}},
    generic_attribute_prefixes=set(),
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


def words_of(html: str) -> str:
    """Plain words of a mail's HTML; of more than a megabyte, or nested beyond all need, nothing."""
    if len(html) > MOST_BYTES or _depth(html) > MOST_DEPTH:
        return ""
    reader = _Reader()
    reader.feed(_CLEANER.clean(html))
    reader.close()
    return reader.text()


def _depth(html: str) -> int:
    """How deep the elements stand, counted without parsing: too much rather than too little."""
    depth = deepest = 0
    for found in _TAG.finditer(html):
        if found.group(2).lower() not in _VOID:
            depth = max(0, depth - 1) if found.group(1) else depth + 1
            deepest = max(deepest, depth)
    return deepest


class _Reader(HTMLParser):
    """Reads HTML that nh3 wrote: well-formed, every element closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._open: list[tuple[str, str, str]] = []  # tag, what it does to what is inside, address of a link
        self._depth = 0  # of quotes
        self._silent = 0
        self._rest = False
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("br", "hr"):
            self._end_line(keep=True)
            return
        if tag in _BLOCKS:
            self._end_line()
        marks = given.get("class", "")
        effect = ""
        if _REST.search(given.get("id", "")):
            self._rest = True
        if _SIGNED.search(marks) or _SIGNED.search(given.get("id", "")):
            effect, self._silent = "silent", self._silent + 1
        elif tag == "blockquote" or _QUOTED.search(marks):
            effect, self._depth = "quote", self._depth + 1
        if tag == "li":
            self._line += "- "
        if tag in ("td", "th") and self._line.strip():
            self._line += " "
        self._open.append((tag, effect, given.get("href", "") if tag == "a" else ""))
        self._link = self._line if tag == "a" else self._link

    def handle_endtag(self, tag: str) -> None:
        if not self._open or tag in ("br", "hr"):
            return
        opened, effect, href = self._open.pop()
        if opened == "a" and href.startswith("http"):
            said = self._line.removeprefix(self._link).strip()
            if said.rstrip("/") != href.rstrip("/") and not self._is_dropped:
                self._line += f" ({href})" if said else href
        if opened in _BLOCKS:
            self._end_line()
            if opened in _PARAGRAPHS and not self._is_dropped:
                self._lines.append("> " * min(self._depth, 3))
        if effect == "silent":
            self._silent -= 1
        elif effect == "quote":
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if not self._is_dropped:
            words = re.sub(r"\s+", " ", data)
            self._line += words.lstrip() if not self._line else words

    def text(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in self._lines)).strip("\n")

    @property
    def _is_dropped(self) -> bool:
        return self._silent > 0 or self._rest

    def _end_line(self, *, keep: bool = False) -> None:
        if self._line.strip() or (keep and not self._is_dropped):
            self._lines.append("> " * min(self._depth, 3) + self._line.strip())
        self._line = ""
