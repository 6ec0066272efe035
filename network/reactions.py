"""The buttons under a text with which one answers it without a word, in forums and conversations alike.

They carry no token and no state of the reader, so that a text is rendered once for all: they name the one form of the page
(`<form id="post-actions">`), and `with_mine` marks afterwards, in the finished text, which reactions are the reader's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from network.content import ReactionKind
from network.templatetags.house import icon

_ICONS = {"heart": "heart", "helped": "done", "agree": "check", "following": "eye", "model": "star"}
_GIVE = 'formaction="/{0}s/{1}/reactions/" name="kind" value="{2}" aria-pressed="false"'
_TAKE = 'formaction="/{0}s/{1}/reactions/end/" name="kind" value="{2}" aria-pressed="true"'


def reactions_given(noun: str, pk: int, counts: Mapping[str, int]) -> SafeString:
    """The reactions that a "post" or "message" has, each with its count."""
    return format_html_join("", "{}", ((_button(noun, pk, kind, counts[kind]),) for kind in ReactionKind.values if kind in counts))


def reaction_choices(noun: str, pk: int, counts: Mapping[str, int], mine: Iterable[str]) -> list[SafeString]:
    """All reactions with their names written out, the reader's own held down."""
    buttons = (_button(noun, pk, kind, counts.get(kind, 0), words=True) for kind in ReactionKind.values)
    return [SafeString(with_mine(button, noun, pk, mine)) for button in buttons]  # nosec B703 # a button of ours, with marks of ours


def with_mine(html: str, noun: str, pk: int, kinds: Iterable[str]) -> str:
    """The fragment with the reader's own reactions held down, and their buttons taking them back."""
    for kind in kinds:
        html = html.replace(_GIVE.format(noun, pk, kind), _TAKE.format(noun, pk, kind))
    return html


def _button(noun: str, pk: int, kind: str, count: int, *, words: bool = False) -> SafeString:
    label = ReactionKind(kind).label
    marks = SafeString(_GIVE.format(noun, int(pk), kind))  # nosec B703 # a noun and a kind of ours, and a number
    # The heart stands twenty times on a page: the style sheet draws it.
    drawing = icon(_ICONS[kind], size="small") if words or kind != ReactionKind.HEART else ""
    face = format_html("{}{}", drawing, format_html(" {} {}", label, count or "") if words else format_html("{}", count or ""))
    return format_html(
        '<button form="{}-actions" {} aria-label="{}">{}</button>', noun, marks, f"{label} ({count})" if count else label, face
    )
