"""How the queue stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.activity.jobs import LANES
from network.activity.models import Job
from network.health import BAD, OK, WARN, Measure, of_age

NAMES = {"": _("Queue: what happened is told"), "mail": _("Queue: mail"), "push": _("Queue: devices")}
ADVICE = _("No worker takes this work: look whether `manage.py work --worker` runs.")


def queue() -> list[Measure]:
    """For each lane, how long the oldest work that is due has waited; and what was given up."""
    now = timezone.now()
    due = Q(parked_at=None, due_at__lte=now)
    rows = Job.objects.values("lane").order_by("lane").annotate(oldest=Min("due_at", filter=due), waiting=Count("pk", filter=due))
    lanes: dict[str, tuple[datetime | None, int]] = {row["lane"]: (row["oldest"], row["waiting"]) for row in rows}
    found = []
    for lane in LANES:
        oldest, waiting = lanes.get(lane, (None, 0))
        words, state = of_age(oldest, warn=timedelta(minutes=5), bad=timedelta(minutes=30))
        found.append(Measure(NAMES[lane], f"{waiting} · {words}", state, ADVICE if state != OK else ""))
    parked = Job.objects.exclude(parked_at=None)
    count, names = parked.count(), sorted(set(parked.values_list("name", flat=True)[:50]))
    advice = _("Look at the last error of these jobs, and ask for them again: %(names)s") % {"names": ", ".join(names)} if count else ""
    found.append(Measure(_("Jobs given up"), str(count), BAD if count > 20 else WARN if count else OK, advice))
    return found
