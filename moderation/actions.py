"""The only writer of reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat import actions as chat
from chat.models import Message
from moderation.models import Report
from network.permissions import check
from network.ties import actions as ties
from network.ties.models import Offer

if TYPE_CHECKING:
    from network.spaces.actors import Actor


@transaction.atomic
def report(actor: Actor, message: Message, *, reason: str) -> Report:
    """Show a message to moderators; reporting it twice is quiet. What they have left is looked at again, as it stands now."""
    message = chat.flag(actor, message)
    return _keep(actor, {"html": message.html, "files": message.files, "reason": reason}, {"message": message})


@transaction.atomic
def report_offer(actor: Actor, offer: Offer, *, reason: str) -> Report:
    """Show moderators an offer or request of the board, as it stands; twice is quiet."""
    offer = offer.locked()
    check(actor, "offer.report", offer)
    return _keep(actor, {"html": offer.html, "reason": reason}, {"offer": offer})


def _keep(actor: Actor, said: dict[str, Any], what: dict[str, Any]) -> Report:
    said["reason"] = said["reason"].replace("\0", "")[:500]
    made, new = Report.objects.get_or_create(**what, by=actor.person, defaults=said)
    if not new and made.settled_at is not None:
        asked_again = {**said, "at": timezone.now(), "settled_at": None, "settled_by": None, "outcome": ""}
        Report.objects.filter(pk=made.pk).update(**asked_again)
        made.refresh_from_db()
    return made


@transaction.atomic
def settle(actor: Actor, report: Report, *, outcome: str) -> Report:
    """Answer a report: what was reported is removed, or left. All open reports of it are answered with it; answering twice is quiet."""
    check(actor, "report.view", report)
    if outcome not in Report.Outcome.values:
        raise ValidationError(_("Say what becomes of it."))
    # Held first of all: a report that comes meanwhile waits, and is open afterwards.
    message, offer = report.message and chat.hold(report.message), report.offer and report.offer.locked()
    held = Report.objects.get(pk=report.pk)
    if held.settled_at is not None:
        return held
    if outcome == Report.Outcome.REMOVED and message is not None:
        chat.delete(actor, message)
    if outcome == Report.Outcome.REMOVED and offer is not None:
        ties.remove(actor, offer)
    Report.objects.filter(message=message, offer=offer, settled_at=None).update(
        settled_at=timezone.now(), settled_by=actor.person, outcome=outcome
    )
    if message is not None:
        chat.unflag(message)
    held.refresh_from_db()
    return held
