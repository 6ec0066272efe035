"""The table of contents of a guide: its headings get names that links can lead to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from network.text import text_of

_HEADING = re.compile(r"<(h[23])((?: [^<>]*)?)>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    anchor: str
    title: str
    sub: bool


def with_contents(html: str) -> tuple[str, list[Part]]:
    """The clean text of a guide with an `id` on each heading, and its parts in their order."""
    parts: list[Part] = []

    def name(found: re.Match[str]) -> str:
        anchor = f"part-{len(parts) + 1}"
        parts.append(Part(anchor, text_of(found[3]), found[1] == "h3"))
        return f'<{found[1]} id="{anchor}"{found[2]}>{found[3]}</{found[1]}>'

    return _HEADING.sub(name, html), parts
