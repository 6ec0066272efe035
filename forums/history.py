"""What a post said before: its versions, newest first, each with what changed in it, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from forums.models import Post
from network import text

if TYPE_CHECKING:
    from profiles.models import User

_PIECES = re.compile(r"\s+|[^\s]+")
_MOST_WORDS = 4_000  # beyond this, lines are compared: the words of a book would take minutes


@dataclass(frozen=True, slots=True)
class Version:
    """One version: who wrote it and when, and its text with <ins> and <del> against the version before."""

    number: int
    by: User
    at: datetime
    html: SafeString


def versions(post: Post) -> list[Version]:
    """All versions of a post, newest first. An Edit keeps what was there *before* it, so each text belongs to the edit that came earlier."""
    edits = list(post.edits.select_related("by__page").order_by("pk"))
    texts = [text.text_of(edit.html) for edit in edits] + [text.text_of(post.html)]
    who = [(post.author, post.created_at), *((edit.by, edit.at) for edit in edits)]
    found = [
        Version(number, by, at, difference(texts[number - 2], texts[number - 1]) if number > 1 else format_html("{}", texts[0]))
        for number, (by, at) in enumerate(who, 1)
    ]
    return found[::-1]


def difference(before: str, after: str) -> SafeString:
    """`after` with what came in <ins> and what went in <del>, also in words for whoever hears the page."""
    old, new = _pieces(before), _pieces(after)
    parts: list[SafeString] = []
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=len(old) > 200).get_opcodes():
        if how == "equal":
            parts.append(format_html("{}", "".join(new[c:d])))
            continue
        if gone := "".join(old[a:b]):
            parts.append(format_html('<del><span class="visually-hidden">{} </span>{}</del>', _("removed:"), gone))
        if come := "".join(new[c:d]):
            parts.append(format_html('<ins><span class="visually-hidden">{} </span>{}</ins>', _("added:"), come))
    return format_html_join("", "{}", ((part,) for part in parts))


def _pieces(words: str) -> list[str]:
    pieces = _PIECES.findall(words)
    return pieces if len(pieces) <= 2 * _MOST_WORDS else words.splitlines(keepends=True)
