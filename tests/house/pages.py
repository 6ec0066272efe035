"""Reads a page as a browser's parser would hand it over: enough to ask about scripts, labels, headings and languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr path use circle rect line".split())


@dataclass
class Element:
    name: str
    attrs: dict[str, str]
    around: tuple[Element, ...]
    text: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())

    def __str__(self) -> str:
        return f"<{self.name} {' '.join(f'{name}={value!r}' for name, value in list(self.attrs.items())[:6])}>"


class Page(HTMLParser):
    """`elements` in order; the text of an element holds that of what stands in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place].name == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text.append(data)

    def all(self, *names: str) -> list[Element]:
        return [element for element in self.elements if element.name in names]


def is_page(response: object) -> bool:
    """A whole HTML page: not a fragment, a file or a redirect."""
    said: bytes = response.said  # type: ignore[attr-defined]
    return response.get("Content-Type", "").startswith("text/html") and b"<html" in said[:400]  # type: ignore[attr-defined]


def live_code(page: Page) -> list[str]:
    """What the content policy would refuse: scripts, styles and handlers that stand in the page itself."""
    found = []
    for element in page.elements:
        if element.name == "script":
            if not element.attrs.get("src", "").startswith("/static/") and element.attrs.get("type") != "application/json":
                found.append(str(element))
        elif element.name in ("style", "iframe", "object", "embed", "base"):
            found.append(str(element))
        for name, value in element.attrs.items():
            if name == "style" or name.startswith(("on", "hx-on", "data-hx-on")):
                found.append(f"{element}: {name}")
            if value.strip().lower().startswith(("javascript:", "vbscript:", "data:text")):
                found.append(f"{element}: {value[:40]}")
    return found


def unlabelled(page: Page) -> list[str]:
    """Controls that a screen reader would read without a name."""
    ids = [element.attrs["id"] for element in page.elements if element.attrs.get("id")]
    named = {label.attrs["for"] for label in page.all("label") if "for" in label.attrs and label.words}
    found = [f'two elements have id="{one}"' for one in sorted({one for one in ids if ids.count(one) > 1})]
    for element in page.all("input", "select", "textarea", "button", "a"):
        attrs = element.attrs
        if attrs.get("type") in ("hidden", "submit", "reset") and element.name == "input":
            continue
        if "hidden" in attrs:
            continue
        name = attrs.get("aria-label") or attrs.get("title") or (attrs.get("aria-labelledby") in ids)
        if element.name in ("button", "a"):
            pictures = any(inner.attrs.get("alt") or inner.attrs.get("aria-label") for inner in page.elements if element in inner.around)
            if not (name or element.words or pictures) and ("href" in attrs or element.name == "button"):
                found.append(str(element))
        elif not name and attrs.get("id") not in named and not any(outer.name == "label" and outer.words for outer in element.around):
            found.append(str(element))
    return found
