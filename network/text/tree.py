"""A small tree over HTML that nh3 has just written.

nh3 writes one canonical form (quoted attributes, escaped text, every element closed), so a regular expression reads it
safely; it must never be handed anything else.
"""

import re
from collections.abc import Iterator
from html import unescape

BLOCKS = frozenset("p hr blockquote ul ol li h2 h3 h4 pre table thead tbody tr td th div figure figcaption".split())
VOID = frozenset(("br", "hr", "img"))

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')


class Element:
    """A tag, its attributes (unescaped) and what is in it: elements and text (unescaped)."""

    __slots__ = ("attrs", "holds_block", "kids", "ltr", "rtl", "tag")

    def __init__(self, tag: str, attrs: dict[str, str] | None = None, kids: "list[Element | str] | None" = None) -> None:
        self.tag = tag
        self.attrs = attrs if attrs is not None else {}
        self.kids: list[Element | str] = kids if kids is not None else []
        self.holds_block = False
        self.rtl = self.ltr = 0

    def walk(self) -> "Iterator[Element]":
        """Every element below, outer ones first."""
        for kid in self.kids:
            if isinstance(kid, Element):
                yield kid
                yield from kid.walk()

    def text(self) -> str:
        return "".join(kid if isinstance(kid, str) else kid.text() for kid in self.kids)

    def html(self) -> str:
        """The inside of this element, as nh3 would write it."""
        parts: list[str] = []
        _write(self, parts)
        return "".join(parts)


def read(markup: str) -> tuple[Element, int, int]:
    """The root over nh3's output, its deepest level and its number of elements."""
    root = Element("")
    stack = [root]
    deepest = nodes = 0
    for closing, tag, attributes, text in _TOKEN.findall(markup):
        if text:
            stack[-1].kids.append(unescape(text) if "&" in text else text)
        elif closing:
            if len(stack) > 1 and stack[-1].tag == tag:
                stack.pop()
        else:
            nodes += 1
            attrs = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)} if attributes else {}
            element = Element(tag, attrs)
            stack[-1].kids.append(element)
            if tag not in VOID:
                stack.append(element)
                deepest = max(deepest, len(stack) - 1)
    return root, deepest, nodes


def escape_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("\xa0", "&nbsp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_value(value: str) -> str:
    return escape_text(value).replace('"', "&quot;")


def _write(element: Element, parts: list[str]) -> None:
    for kid in element.kids:
        if isinstance(kid, str):
            parts.append(escape_text(kid))
            continue
        attributes = "".join(f' {name}="{escape_value(value)}"' for name, value in kid.attrs.items())
        parts.append(f"<{kid.tag}{attributes}>")
        if kid.tag not in VOID:
            _write(kid, parts)
            parts.append(f"</{kid.tag}>")
