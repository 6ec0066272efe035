"""The only writer of reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat import actions as chat
from chat.models import Message
from moderation.models import Report
from network.permissions import check

if TYPE_CHECKING:
    from network.spaces.actors import Actor


@transaction.atomic
def report(actor: Actor, message: Message, *, reason: str) -> Report:
    """Show a message to moderators; reporting it twice is quiet. What they have left is looked at again, as it stands now."""
    message = chat.flag(actor, message)
    said = {"html": message.html, "files": message.files, "reason": reason.replace("\0", "")[:500]}
    made, new = Report.objects.get_or_create(message=message, by=actor.person, defaults=said)
    if not new and made.settled_at is not None:
        asked_again = {**said, "at": timezone.now(), "settled_at": None, "settled_by": None, "outcome": ""}
        Report.objects.filter(pk=made.pk).update(**asked_again)
        made.refresh_from_db()
    return made


@transaction.atomic
def settle(actor: Actor, report: Report, *, outcome: str) -> Report:
    """Answer a report: the message is removed, or left. All open reports of the message are answered with it; answering twice is quiet."""
    check(actor, "report.view", report)
    if outcome not in Report.Outcome.values:
        raise ValidationError(_("Say what becomes of the message."))
    message = chat.hold(report.message)  # first of all: a report that comes meanwhile waits, and is open afterwards
    held = Report.objects.get(pk=report.pk)
    if held.settled_at is not None:
        return held
    if outcome == Report.Outcome.REMOVED:
        chat.delete(actor, message)
    Report.objects.filter(message=message, settled_at=None).update(settled_at=timezone.now(), settled_by=actor.person, outcome=outcome)
    chat.unflag(message)
    held.refresh_from_db()
    return held
