"""The files of the demo world, and the light way in which its texts are written."""

from __future__ import annotations

import json
import re
import uuid
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

Row = dict[str, Any]

DATA = Path(__file__).parent / "data"
# The same text has the same number in every run: posting it again is a retry, and a retry is the first post.
WORLD = uuid.UUID("5e1f0a52-6c5c-4b7e-9b1e-0a7c1d8e2026")


@cache
def read(name: str) -> Row:
    """The content of `data/<name>.json`."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def number_of(*parts: object) -> uuid.UUID:
    """The number of a text of the demo world: equal parts, equal number."""
    return uuid.uuid5(WORLD, ":".join(map(str, parts)))


def to_html(text: str) -> str:
    """HTML for paragraphs, `- ` lists, **strong** and `code`. Not clean yet: the action cleans it as it cleans everybody's."""
    return "".join(_block(block) for block in text.split("\n\n"))


def first_sentence(text: str) -> str:
    """What a quote of this text shows."""
    line = next(line for line in text.split("\n") if line.strip())
    return re.split(r"(?<=[.؟?!])\s", line, maxsplit=1)[0]


def _block(block: str) -> str:
    lines = block.split("\n")
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>".join(map(_inline, lines)) + "</p>"


def _inline(text: str) -> str:
    text = escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"`(.+?)`", r"<code>\1</code>", text)
