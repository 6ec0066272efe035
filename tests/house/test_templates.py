"""Every sentence that a person reads passes through gettext: what stays in a template when its tags are taken out says nothing."""

import re
from html.parser import HTMLParser

import pytest
from django.template.base import Lexer, TokenType

from tests.house.tracked import ROOT, tracked

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

_SPOKEN = {
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "title",
}
_SILENT = {"script", "style", "svg", "code"}
_NAMES = {"Multaqa", "ALECSO", "HTML", "CSV", "XLSX", "PDF", "RSS", "Atom", "JSON", "TOTP", "QR"}  # the same in every language
_PASSED = {"blocktranslate", "blocktrans", "comment"}
_CLASSES = re.compile(r"block \w*class$")  # {% block shell_class %} holds names of styles
_ADDRESS = re.compile(r"\b\w+://\S*|\S+@\S+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"

PATHS = [
    path
    for path in tracked("templates/*.html", "templates/*.txt", "*/templates/*.html", "*/templates/*.txt")
    if path.suffix in {".html", ".txt"}
]


class _Reader(HTMLParser):
    """Collects the words that a browser would show or read out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        self.found += [f"line {self.getpos()[0]}: {name}={value!r}" for name, value in attrs if name in _SPOKEN and says(value or "")]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent and says(data):
            self.found.append(f"line {self.getpos()[0]}: {' '.join(data.split())!r}")


def says(text: str) -> bool:
    """Whether there is a word in it that somebody would have to translate."""
    return bool(set(_WORD.findall(_ADDRESS.sub("", text))) - _NAMES)


def without_tags(source: str) -> str:
    """The template with a hole for each tag, variable, comment and translated block; lines keep their numbers."""
    kept, closing = [], ""
    for token in Lexer(source).tokenize():
        name = token.contents.split(" ", 1)[0]
        if closing:
            closing = "" if token.token_type is TokenType.BLOCK and name == closing else closing
            kept.append("\n" * token.contents.count("\n"))
        elif token.token_type is TokenType.TEXT:
            kept.append(token.contents)
        else:
            if token.token_type is TokenType.BLOCK and (name in _PASSED or _CLASSES.match(token.contents)):
                closing = f"end{name}"
            kept.append(_HOLE + "\n" * token.contents.count("\n"))
    # The name of an element may be chosen by a tag; the element is one all the same.
    return re.sub(rf"(</?){_HOLE}+", r"\1", "".join(kept))


@pytest.mark.parametrize("path", PATHS, ids=[str(path.relative_to(ROOT)) for path in PATHS])
def test_a_template_says_nothing_outside_gettext(path: object) -> None:
    source = without_tags(path.read_text(encoding="utf-8"))
    if path.suffix == ".txt":
        found = [f"line {number}: {line!r}" for number, line in enumerate(source.splitlines(), 1) if says(line)]
    else:
        reader = _Reader()
        reader.feed(source)
        found = reader.found
    assert found == []


def test_the_reader_hears_what_is_not_translated() -> None:
    """The law must be able to fail: each of these would be read in English by everybody."""
    for source in ("<p>Hello there</p>", '<img alt="A picture">', "{% if x %}Yes indeed{% endif %}", "{% translate 'a' %} members"):
        reader = _Reader()
        reader.feed(without_tags(source))
        assert reader.found, source
