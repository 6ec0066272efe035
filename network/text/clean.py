"""The one door through which HTML enters the house (docs/decisions/0002-bleach-and-nh3.md).

    limits → nh3 → shape (directions, quotes, mentions) → bleach links, when small → nh3

nh3 is the security boundary, first and last; between its two passes nothing is trusted, only arranged.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import nh3
from bleach.linkifier import LinkifyFilter

from network.text.language import count_words
from network.text.limits import MAX_BYTES, MAX_DEPTH, MAX_NODES, TextTooDeep, TextTooLong, check_shape, check_size
from network.text.tree import BLOCKS, Element, read

LINKIFY_BYTES = 16 * 1024
LINKIFY_NODES = 200
MAX_MARKS = 4

TAGS = frozenset(
    "p br hr strong b em i u s sub sup blockquote ul ol li a h2 h3 h4 code pre img table thead tbody tr td th span div "
    "figure figcaption bdi".split()
)
# What is inside these is never prose; elsewhere only the tag goes and its words stay.
DROPPED = frozenset("script style template iframe noscript noembed noframes xmp textarea title svg math object select".split())
CLASSES = {"a": {"mention"}, "blockquote": {"quote"}, "p": {"quote-author"}}
SCHEMES = frozenset(("http", "https", "mailto", "tel"))
HANDLE = r"[^\W_][\w\u064b-\u0652.-]{0,58}"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Clean HTML and its plain text; `altered` when something forbidden was left out, so that a form may say so."""

    html: str
    text: str
    altered: bool = False

    def __str__(self) -> str:
        return self.html


def clean_html(raw: str) -> Cleaned:
    """HTML that is safe in a page, a mail and the admin, in one normal form: cleaning it again changes nothing.

    Every block says its direction, addresses become links, mentions stand as `<a class="mention" href="/@handle">`
    until `render_mentions` looks them up.
    Raises TextTooLong over 64 KB and TextTooDeep over 100 levels or 2,000 elements, before parsing.
    """
    check_size(raw)
    text = _UNWANTED.sub("", raw)
    check_shape(text)
    altered = text != raw or any(tag.lower() not in TAGS for tag in _OPENING.findall(text))
    html = settle(guard(text))
    linked = _linkify(html)
    if linked != html:
        linked = settle(guard(linked))
        html = linked if len(linked.encode()) <= MAX_BYTES else html
    check_size(html)  # so that what is stored can always be edited and cleaned again
    root, _, _ = read(html)
    return Cleaned(html=html, text=" ".join(_spaced(root).split()), altered=altered)


def guard(markup: str) -> str:
    """The security boundary: what nh3 lets through, by the allow-list of this house."""
    return _GUARD.clean(markup)


def settle(html: str) -> str:
    """Arrange guarded HTML and guard it again until both agree, so that a browser reads what we wrote."""
    for _ in range(_ROUNDS):
        shaped = _shape(html)
        html = guard(shaped)
        if html == shaped:
            return html
    # It keeps changing its tree at every reading (a mutation attack): only its words are kept.
    root, _, _ = read(html)
    words = " ".join(root.text().split())
    return guard(_shape(Element("", kids=[words]).html())) if words else ""


def _shape(html: str) -> str:
    root, deepest, nodes = read(html)
    if deepest > MAX_DEPTH or nodes > MAX_NODES:
        raise TextTooDeep
    if len(html) > 2 * MAX_BYTES:
        raise TextTooLong
    _tidy(root)
    _survey(root)
    _wrap_loose_text(root)
    for element in root.walk():
        _set_direction(element)
    return root.html()


def _tidy(parent: Element) -> None:
    kids: list[Element | str] = []
    for kid in parent.kids:
        if isinstance(kid, str):
            kids.append(kid)
            continue
        _tidy(kid)
        if kid.tag == "a":
            _tidy_link(kid)
            if "href" not in kid.attrs:  # a refused address: its words stay, as words
                kids.extend(kid.kids)
                continue
        if kid.tag == "img" and "src" not in kid.attrs:
            continue
        if kid.tag in ("span", "bdi") and not kid.kids:
            continue
        kids.append(kid)
    # Only now: what is left out in between brings texts together, and a mark to its letter.
    parent.kids = [_tidy_text(kid) if isinstance(kid, str) else kid for kid in _merge(kids)]
    parent.kids = [kid for kid in parent.kids if kid != ""]
    if parent.tag == "pre" and parent.kids and isinstance(parent.kids[0], str):
        parent.kids[0] = parent.kids[0].lstrip("\n")  # parsers drop one, so each reading would lose a line
        if not parent.kids[0]:
            del parent.kids[0]
    if parent.tag in _NO_TEXT:
        parent.kids = [kid for kid in parent.kids if isinstance(kid, Element) or kid.strip()]


def _tidy_text(text: str) -> str:
    # Entities bring back what was taken out of the source, so it is done again here, on the words themselves.
    text = _UNWANTED.sub("", text.replace("\r", "\n"))
    return text if text.isascii() else _MARKS.sub(r"\1", unicodedata.normalize("NFC", text))


def _tidy_link(link: Element) -> None:
    handle = link.attrs.pop("data-handle", "")
    link.attrs.pop("data-mention", None)
    if link.attrs.get("class") != "mention":
        return
    target = _MENTION_HREF.fullmatch(link.attrs.get("href", ""))
    handle = handle or (target.group(1) if target else "")
    name = " ".join(link.text().split()).strip("@")
    if not _HANDLE_ONLY.fullmatch(handle) or not name:
        # Whoever writes the class by hand does not get to name anyone.
        del link.attrs["class"]
        return
    rel = link.attrs.get("rel", "")
    link.attrs = {"class": "mention", "href": f"/@{handle}", "rel": rel}
    link.kids = [f"@{name}"]


def _survey(element: Element) -> None:
    """Count once, from the leaves up, which way the words run and whether a block stands inside."""
    for kid in element.kids:
        if isinstance(kid, str):
            rtl, ltr = count_words(kid)
            element.rtl += rtl
            element.ltr += ltr
            continue
        if kid.attrs.get("class") == "mention":
            continue  # a name says nothing about the language round it
        _survey(kid)
        element.rtl += kid.rtl
        element.ltr += kid.ltr
        element.holds_block = element.holds_block or kid.holds_block or kid.tag in BLOCKS


def _wrap_loose_text(root: Element) -> None:
    kids: list[Element | str] = []
    run: list[Element | str] = []

    def close() -> None:
        while run and isinstance(run[-1], str) and not run[-1].strip():
            run.pop()
        while run and isinstance(run[0], str) and not run[0].strip():
            run.pop(0)
        if run:
            kids.append(Element("p", kids=list(run)))
        run.clear()

    for kid in root.kids:
        if isinstance(kid, Element) and (kid.tag in BLOCKS or kid.holds_block):
            close()
            kids.append(kid)
        else:
            run.append(kid)
    close()
    while kids and _is_hollow(kids[-1]):
        kids.pop()  # the editor leaves an empty line to write on
    root.kids = kids


def _is_hollow(kid: Element | str) -> bool:
    return isinstance(kid, Element) and kid.tag == "p" and all(isinstance(k, Element) and k.tag == "br" for k in kid.kids)


def _set_direction(element: Element) -> None:
    """`auto` where the words stand; where blocks stand inside, what most of their words say.

    dir=auto looks past children that carry a direction themselves, so on a list or a quote it would always say ltr.
    """
    own = element.attrs.pop("dir", "auto")
    if element.tag not in _DIRECTED:
        return
    if element.tag not in _CONTAINERS and not element.holds_block:
        element.attrs["dir"] = own
    elif element.rtl or element.ltr:
        element.attrs["dir"] = "rtl" if element.rtl >= element.ltr else "ltr"


def _merge(kids: list[Element | str]) -> list[Element | str]:
    merged: list[Element | str] = []
    for kid in kids:
        if isinstance(kid, str) and merged and isinstance(merged[-1], str):
            merged[-1] += kid
        elif kid != "":
            merged.append(kid)
    return merged


def _linkify(html: str) -> str:
    """Addresses in the words as links. bleach's filter sees one text at a time: its own parser writes `&` twice in <pre>."""
    if len(html.encode()) > LINKIFY_BYTES or not _LIKELY_URL.search(html):
        return html
    root, _, nodes = read(html)
    if nodes > LINKIFY_NODES:
        return html
    _link_words(root)
    return root.html()


def _link_words(parent: Element) -> None:
    kids: list[Element | str] = []
    for kid in parent.kids:
        if isinstance(kid, str):
            kids.extend(_links_in(kid) if _LIKELY_URL.search(kid) else [kid])
            continue
        if kid.tag not in ("a", "pre", "code"):
            _link_words(kid)
        kids.append(kid)
    parent.kids = kids


def _links_in(text: str) -> list[Element | str]:
    kids: list[Element | str] = []
    link: Element | None = None
    for token in _LINKER.handle_links([{"type": "Characters", "data": text}]):
        if token["type"] == "StartTag":
            link = Element("a", {"href": token["data"][(None, "href")]})
            kids.append(link)
        elif token["type"] == "EndTag":
            link = None
        else:
            (kids if link is None else link.kids).append(token["data"])
    return kids


def _secure(attrs: dict[tuple[str | None, str] | str, str], new: bool = False) -> dict[tuple[str | None, str] | str, str]:
    if new and attrs["_text"].lower().startswith("www."):
        attrs[(None, "href")] = f"https://{attrs['_text']}"
    return attrs


def _spaced(root: Element) -> str:
    return "".join(
        kid if isinstance(kid, str) else f" {_spaced(kid)} " if kid.tag in BLOCKS or kid.tag == "br" else _spaced(kid) for kid in root.kids
    )


def _own(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


# Browsers read //host, \\host, /\host and http:host as another host, and skip tabs and newlines inside an address.
_is_href = _own(
    r"https?://[^\s\x00-\x20\\/?#@]+(?:[/?#][^\x00-\x20\\]*)?|mailto:[^\x00-\x20\\]+|tel:[+\d().\s-]{3,30}|/(?![/\\])[^\x00-\x20\\]*"
)
_is_src = _own(r"/files/(?!.*\.\.)[\w./-]+")
_is_cite = _own(r"/(?![/\\])[\w/#-]{0,120}")
_is_count = _own(r"[1-9]\d?")
_is_length = _own(r"[1-9]\d{0,3}")

_RULES: Mapping[str, Callable[[str], bool]] = {
    "href": _is_href,
    "src": _is_src,
    "cite": _is_cite,
    "dir": _own(r"rtl|ltr|auto"),
    "lang": _own(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}"),
    "scope": _own(r"row|col"),
    "colspan": _is_count,
    "rowspan": _is_count,
    "width": _is_length,
    "height": _is_length,
    "start": _own(r"-?\d{1,6}"),
    "data-mention": _own(r"(?:person|entity)-\d{1,18}"),
    "data-handle": _own(HANDLE),
}


def _filter(_tag: str, name: str, value: str) -> str | None:
    rule = _RULES.get(name)
    if rule is not None:
        return value if rule(value) else None
    if name in ("title", "alt"):
        return " ".join(_MARKS.sub(r"\1", unicodedata.normalize("NFC", _UNWANTED.sub("", value))).split())[:300]
    return value


_GUARD = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(DROPPED),
    attributes={
        "*": {"dir", "lang", "title"},
        "a": {"href", "data-mention", "data-handle"},
        "img": {"src", "alt", "width", "height"},
        "blockquote": {"cite"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
        "ol": {"start"},
    },
    attribute_filter=_filter,
    allowed_classes=CLASSES,
    url_schemes=set(SCHEMES),
    url_relative="pass_through",  # _filter lets only our own absolute paths through
    link_rel="noopener noreferrer nofollow ugc",
    id_prefix="text-",
    strip_comments=True,
)
_LINKER = LinkifyFilter(
    source=(),
    callbacks=[_secure],
    # bleach's own pattern takes the Arabic comma and the guillemet into the address.
    url_re=re.compile(
        r"""\(*(?<![\w@./:-])(?:https?://|www\.)(?=[^\W_])[^\s<>"'`{}|\\^@،؛؟«»“”‘’…\u200e\u200f\u2026\u2066-\u2069]+""",
        re.IGNORECASE,
    ),
)
_ROUNDS = 4
_LIKELY_URL = re.compile(r"(?:https?://|www\.)", re.IGNORECASE)
_OPENING = re.compile(r"<([a-zA-Z][^\s/>]*)")
_HANDLE_ONLY = re.compile(HANDLE)
_MENTION_HREF = re.compile(rf"/@({HANDLE})")
# NUL and other controls, lone surrogates, non-characters, and the bidi embeddings and overrides that can turn a line round.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e]")
_MARK = "".join(chr(c) for c in range(0x300, 0xFFF0) if unicodedata.category(chr(c)) in ("Mn", "Me"))
_MARKS = re.compile(f"([{_MARK}]{{{MAX_MARKS}}})[{_MARK}]+")
_NO_TEXT = frozenset(("ul", "ol", "table", "thead", "tbody", "tr"))
_CONTAINERS = frozenset(("ul", "ol", "table", "figure"))
_DIRECTED = frozenset("p blockquote ul ol li h2 h3 h4 pre table td th div figure figcaption".split())
