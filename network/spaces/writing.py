"""A text made ready before any transaction begins: cleaned, and whom it names looked up through the writer's own eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network import rates, text
from network.spaces.models import Space

if TYPE_CHECKING:
    from network.spaces.actors import Actor


@dataclass(frozen=True, slots=True)
class Body:
    """A text made ready before the transaction: clean HTML, what it says, whom it names."""

    html: str
    text: str
    language: str
    direction: str
    mentioned: tuple[int, ...]
    unknown: tuple[str, ...] = ()


def prepare(actor: Actor, raw: str, *, language: str = "") -> Body:
    """Clean a text and find whom it names. ValidationError when it is empty, too long, too deep or names too many."""
    clean = text.clean_html(raw)
    if text.is_blank(clean.html):
        raise ValidationError(_("Write something first."))
    html, mentioned, unknown = text.render_mentions(clean.html, lambda handles: _resolve(actor, handles))
    said = text.text_of(html)
    return Body(
        html=html,
        text=said,
        language=language or text.language_of(said, "ar"),
        direction=text.direction(said),
        mentioned=tuple(someone.id for someone in mentioned),
        unknown=tuple(unknown),
    )


def spend(actor: Actor, action: str, body: str, before: str = "") -> None:
    """Count one text of this person ("post" or "chat"), and the names in it that were not there before. TooMany over the limits."""
    rates.spend(action, actor.person.pk)
    if "@" in body and (named := set(text.find_handles(body)) - set(text.find_handles(before))):
        rates.spend("mention", actor.person.pk, min(len(named), text.MAX_MENTIONS))


def _resolve(actor: Actor, handles: set[str]) -> dict[str, text.Mentioned]:
    """Whom the handles name, among those the writer may see: a hidden space is an unknown name."""
    spaces = Space.objects.visible_to(actor).exclude(kind=Space.Kind.GROUP).filter(handle__in=handles)
    return {
        space.handle or "": text.Mentioned(
            kind="person" if space.kind == Space.Kind.PERSON else "entity", id=space.pk, name=space.name, path=space.path
        )
        for space in spaces
    }
