"""What waits for somebody's answer, as it is now: not what they were told, so that nothing done is ever asked for again.

Rooms add theirs by name (settings.WAITING): a function of an actor that gives `Waiting` lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from network.spaces.models import Invitation, JoinRequest
from network.spaces.readers import addressed_to

if TYPE_CHECKING:
    from network.spaces.actors import Actor


@dataclass(frozen=True, slots=True)
class Button:
    """A form with one button: it posts `name=value` to `action`."""

    label: str
    action: str
    name: str = "answer"
    value: str = ""
    primary: bool = False


@dataclass(slots=True)
class Waiting:
    """One line: who asks what of the reader, since when and until when, and the buttons that answer it."""

    sentence: SafeString
    path: str
    at: datetime
    person: Any = None
    entity: Any = None
    message: str = ""
    deadline: datetime | None = None
    thread: str = ""  # what was told of it: the list below leaves it out while it waits
    buttons: list[Button] = field(default_factory=list)


def of(actor: Actor) -> list[Waiting]:
    """All that waits for this actor: what has a deadline first, then what waits longest."""
    found = [line for name in settings.WAITING for line in import_string(name)(actor)]
    return sorted(found, key=lambda line: (line.deadline is None, line.deadline or line.at, line.at))


def requests(actor: Actor) -> list[Waiting]:
    """Who asks to join a space that the actor answers for."""
    if not actor.managed:
        return []
    rows = JoinRequest.objects.filter(space__in=actor.managed, user__is_active=True).select_related("user__page", "entity", "space")
    return [
        Waiting(
            format_html(_("{who} asks to join {place}"), who=_bold((row.entity or row.user.page).name), place=_bold(row.space.name)),
            f"{row.space.path}requests/",
            row.asked_at,
            person=row.user.page,
            entity=row.entity,
            message=row.message,
            thread=f"request.{row.pk}",
            buttons=[
                Button(_("Let in"), f"/groups/{row.space_id}/requests/{row.pk}/answer/", value="approve", primary=True),
                Button(_("Decline"), f"/groups/{row.space_id}/requests/{row.pk}/answer/", value="decline"),
            ],
        )
        for row in rows.order_by("asked_at")
    ]


def invitations(actor: Actor) -> list[Waiting]:
    """Spaces that the actor, or an institution they speak for, is invited to."""
    if actor.user_id is None:
        return []
    rows = Invitation.objects.filter(addressed_to(actor)).select_related("space", "entity", "by__page")
    lines = []
    for row in rows.order_by("sent_at"):
        names = {"who": _bold(row.by.page.name), "place": _bold(row.space.name), "entity": _bold(row.entity.name if row.entity else "")}
        pattern = _("{who} invites {entity} to {place}") if row.entity_id else _("{who} invites you to {place}")
        lines.append(
            Waiting(
                format_html(pattern, **names),
                "/invitations/",
                row.sent_at,
                person=row.by.page,
                message=row.message,
                thread=f"invitation.{row.pk}",
                buttons=[
                    Button(_("Accept"), f"/invitations/{row.pk}/acceptance/", primary=True),
                    Button(_("Decline"), f"/invitations/{row.pk}/end/"),
                ],
            )
        )
    return lines


def _bold(text: str) -> SafeString:
    return format_html("<b><bdi>{}</bdi></b>", text)
