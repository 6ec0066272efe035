"""Reports that nobody has answered, among what waits for a moderator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import ngettext

from moderation.models import Report
from network.permissions import can
from notices.waiting import Waiting

if TYPE_CHECKING:
    from network.spaces.actors import Actor


def reports(actor: Actor) -> list[Waiting]:
    """One line for all of them; nothing for whoever does not moderate."""
    if not can(actor, "report.view"):
        return []
    times = list(Report.objects.open().order_by("at").values_list("at", flat=True)[:100])
    if not times:
        return []
    words = ngettext("{count} report to moderators", "{count} reports to moderators", len(times))
    return [Waiting(format_html(words, count=len(times)), "/reports/", times[0])]
