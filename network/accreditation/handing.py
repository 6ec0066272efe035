"""What stands open in this room with somebody who speaks for an institution, its commission or the secretariat (settings.HAND_OVER)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from network.accreditation import queries
from network.accreditation.models import Application
from network.spaces.actors import Actor, Rights
from network.spaces.handing import Move, OpenItem
from network.spaces.models import Mandate, Space

if TYPE_CHECKING:
    from profiles.models import User


def files(entity: Space, from_user: User) -> list[OpenItem]:
    """Files, reports and renewals that wait for whoever holds this office, also when their mandate is over. At most five queries.

    The lines carry no name: they are kept as they were said, and whoever reads a hand-over later may not read the file.
    """
    office = _office(entity, from_user)
    items = []
    for task in queries.tasks(office):
        row = task.application
        if row.entity_id is None and task.what == "complete":
            continue  # the person's own, of an institution that is not in the register yet
        move = _apply_as(row, from_user) if task.what == "complete" else None
        items.append(
            OpenItem(f"{task.what}:{task.path}", _words(task), task.path, task.at, task.deadline, move=move, door=("application.view", row))
        )
    drafts = Application.objects.filter(entity=entity.pk, applicant=from_user, status=Application.Status.DRAFT).with_all()
    words = _("The application of the institution is begun, and not sent yet")
    return items + [
        OpenItem(f"send:{row.path}", words, row.path, row.saved_at, move=_apply_as(row, from_user), door=("application.view", row))
        for row in drafts
    ]


def _office(entity: Space, person: User) -> Actor:
    """This person as if the mandates they held here, and nothing else, were current."""
    scopes = set(Mandate.objects.filter(entity=entity, user=person).values_list("scope", flat=True))
    rights = Rights(
        mandates={entity.pk: Mandate(entity=entity, user=person)},
        overseers=frozenset({entity.pk} if Mandate.Scope.COUNTRY in scopes else ()),
        is_secretariat=entity.sees_all and Mandate.Scope.ALL in scopes,
    )
    office = Actor(person, rights)
    office.is_suspended = False  # what is open stays open when the account is closed
    return office


def _words(task: queries.Task) -> str:
    row = task.application
    said = {
        "review": _("Application %(number)s (%(kind)s) waits to be examined"),
        "decide": _("Application %(number)s (%(kind)s) waits for a decision"),
        "complete": _("The application of the institution was returned for completion"),
        "report": _("The institution’s report for %(year)s is due"),
        "confirm": _("The report for %(year)s in application %(number)s (%(kind)s) waits to be confirmed"),
        "renew": _("The institution’s agreement ends soon: ask for its renewal"),
        "endorse": _("The renewal in application %(number)s (%(kind)s) waits to be endorsed"),
        "settle": _("The renewal in application %(number)s (%(kind)s) waits for its new end"),
    }
    return said[task.what] % {"number": row.pk, "kind": row.kind.name, "year": task.year}


def _apply_as(row: Application, before: User) -> Move:
    def move(actor: Actor, to: User) -> None:
        """The successor is the one who applies."""
        Application.objects.filter(pk=row.pk, applicant=before).update(applicant=to)

    return move
