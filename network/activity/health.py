"""How the queue stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.activity.jobs import LANES
from network.activity.models import Job
from network.health import BAD, OK, WARN, Measure, of_age

NAMES = {"": _("Queue: what happened is told"), "mail": _("Queue: mail"), "push": _("Queue: devices")}
ADVICE = _("No worker takes this work: look whether `manage.py work --worker` runs.")


def queue() -> list[Measure]:
    """For each lane, how much is due, how long the oldest of it has waited, and how much is being done; and what was given up."""
    now = timezone.now()
    running = Q(parked_at=None, leased_until__gt=now)
    due = Q(parked_at=None, due_at__lte=now) & ~running
    rows = Job.objects.values("lane").order_by("lane")
    rows = rows.annotate(oldest=Min("due_at", filter=due), due=Count("pk", filter=due), running=Count("pk", filter=running))
    lanes: dict[str, dict[str, Any]] = {row["lane"]: dict(row) for row in rows}
    found = []
    for lane in LANES:
        row = lanes.get(lane, {"oldest": None, "due": 0, "running": 0})
        words, state = of_age(row["oldest"], warn=timedelta(minutes=5), bad=timedelta(minutes=30))
        being_done = [_("%(count)s being done") % {"count": row["running"]}] if row["running"] else []
        found.append(Measure(NAMES[lane], " · ".join([str(row["due"]), words, *being_done]), state, ADVICE if state != OK else ""))
    return [*found, _given_up()]


def _given_up() -> Measure:
    parked = Job.objects.exclude(parked_at=None).order_by("-parked_at")
    count, rows = parked.count(), list(parked.values_list("name", "last_error")[:50])
    if not count:
        return Measure(_("Jobs given up"), "0")
    names = ", ".join(sorted({name for name, _error in rows}))
    last = (rows[0][1].strip().splitlines() or [""])[-1][:200]  # of a traceback, the sentence
    advice = _("Look at the last error of these jobs, and ask for them again: %(names)s") % {"names": names}
    return Measure(_("Jobs given up"), str(count), BAD if count > 20 else WARN, f"{advice} – {last}" if last else advice)
