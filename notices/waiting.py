"""What waits for somebody's answer, as it is now: not what they were told, so that nothing done is ever asked for again.

Rooms add theirs by name (settings.WAITING): a function of an actor that gives `Waiting` lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from network.accreditation import queries
from network.entities.models import Entity
from network.feeds.models import ExternalFeed
from network.sites.models import Question
from network.spaces.models import Invitation, JoinRequest, Mandate
from network.spaces.readers import addressed_to
from network.ties.models import Tie
from notices.lines import SENTENCES

if TYPE_CHECKING:
    from network.spaces.actors import Actor


WAITING_MOST = 50


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


def files(actor: Actor) -> list[Waiting]:
    """Applications, yearly reports and renewals that wait for the actor: to examine, to decide, to complete, to confirm."""
    words = {
        "review": _("The application of {what} waits for your examination"),
        "decide": _("The application of {what} waits for your decision"),
        "complete": _("Your application for {what} was returned for completion"),
        "report": _("The report of {what} for {year} is due"),
        "confirm": _("The report of {what} for {year} waits to be confirmed"),
        "renew": _("The agreement of {what} ends soon: ask for its renewal"),
        "endorse": _("The renewal of {what} waits for your endorsement"),
        "settle": _("The renewal of {what} waits for its new end"),
    }
    return [
        Waiting(
            format_html(words[task.what], what=_bold(task.application.name), year=task.year),
            task.path,
            task.at,
            person=task.application.applicant.page,
            entity=task.application.entity,
            deadline=task.deadline,
            thread=task.application.stream,
        )
        for task in queries.asked(actor)
    ]


def confirmations(actor: Actor) -> list[Waiting]:
    """Institutions the actor speaks for whose data nobody has confirmed for a year."""
    if not actor.mandates:
        return []
    rows = Entity.objects.unconfirmed().filter(pk__in=list(actor.mandates)).order_by("handle")
    return [
        Waiting(
            format_html(_("Is what the register says of {entity} still true?"), entity=_bold(row.name)),
            f"{row.path}standing/",
            row.confirmation_due,
            entity=row,
            thread=f"confirmation.{row.pk}",
            buttons=[Button(_("It is true"), f"/{get_language() or 'ar'}{row.path}confirmation/", primary=True)],
        )
        for row in rows
    ]


def ties(actor: Actor) -> list[Waiting]:
    """Ties proposed to the institutions that the actor speaks for."""
    if not actor.mandates:
        return []
    asked = [one.pk for one in actor.entities if one.listed]
    rows = Tie.objects.visible_to(actor).filter(state=Tie.State.PROPOSED, asked__in=asked, space__listed=True).with_sides()
    return [
        Waiting(
            format_html(
                str(SENTENCES[f"tie_{row.relation_of(row.space).value}"]) % {"who": "{who}", "place": "{place}"},
                who=_bold(row.space.name),
                place=_bold(row.asked.name),
            ),
            row.path,
            row.proposed_at,
            person=row.space,
            message=row.message,
            thread=f"tie.{row.pk}",
            buttons=[
                Button(_("Accept"), f"/ties/{row.pk}/answer/", value="accept", primary=True),
                Button(_("Decline"), f"/ties/{row.pk}/answer/", value="decline"),
            ],
        )
        for row in rows.order_by("proposed_at", "pk")
    ]


def questions(actor: Actor) -> list[Waiting]:
    """What visitors asked the institutions that the actor speaks for; the secretariat also those of which nobody does."""
    if not actor.mandates:
        return []
    rows = Question.objects.visible_to(actor).waiting().select_related("space")
    own = Q(space__in=list(actor.mandates))
    if actor.is_secretariat:
        own |= Q(~Exists(Mandate.objects.current().filter(entity=OuterRef("space"))))
    return [
        Waiting(
            format_html(_("A visitor, {who}, asks {place}"), who=_bold(row.name), place=_bold(row.space.name)),
            row.path,
            row.asked_at,
            person=row.space,
            message=Truncator(row.text).chars(280),
            thread=f"question.{row.pk}",
        )
        for row in rows.filter(own).order_by("pk")[:WAITING_MOST]
    ]


def feeds(actor: Actor) -> list[Waiting]:
    """Feeds of one's institutions' websites that failed so often that nobody asks them any more."""
    if not actor.mandates:
        return []
    rows = ExternalFeed.objects.filter(entity__in=list(actor.mandates)).exclude(stopped_at=None).select_related("entity")
    return [
        Waiting(
            format_html(
                str(_("The news from the website of {place} no longer come: mend the feed, or remove it.")), place=_bold(row.entity.name)
            ),
            f"{row.entity.path}feeds/",
            row.stopped_at or row.added_at,
            entity=row.entity,
        )
        for row in rows.order_by("stopped_at")
    ]


def _bold(text: str) -> SafeString:
    return format_html("<b><bdi>{}</bdi></b>", text)
