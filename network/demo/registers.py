"""How the institutions of the demo world stand in the register: whose data was confirmed when, and a status that changed and changed back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from network.demo.circles import speakers
from network.demo.reading import read
from network.demo.story import Happening
from network.entities import actions
from network.entities.models import Entity, StatusChange
from network.spaces.actors import Actor

# Days ago, and how many days before that it was really confirmed: two come from a register that was kept before this one, and are due.
CONFIRMED = (("school-bh-lulu", 8, 0), ("school-tn-nakhil", 15, 0), ("school-lb-arz", 20, 390), ("school-km-ylang", 22, 410))
LATE, BACK = 34, 27
WHY_LATE = "تأخّر تحديث بيانات المنسّق سنةً كاملة (تجريبي)."
WHY_BACK = "وصلت البيانات المحدَّثة وراجعناها (تجريبي)."


def standings(manager: str) -> Iterator[Happening]:
    """What is missing of it; `manager` acts for the secretariat."""
    confirmed = set(Entity.objects.exclude(confirmed_at=None).values_list("handle", flat=True))
    for code, days, before in CONFIRMED:
        if code in speakers() and code not in confirmed:
            yield Happening(days, speakers()[code], partial(_confirm, code, before))
    # One that nobody speaks for: what others do in its name is not held up.
    silent = next((row["code"] for row in read("fictional")["entities"] if row["code"] not in speakers()), "")
    if silent and not StatusChange.objects.filter(entity__handle=silent).exclude(was="").exists():
        yield Happening(LATE, manager, partial(_set_status, silent, "suspended", WHY_LATE))
        yield Happening(BACK, manager, partial(_set_status, silent, "active", WHY_BACK))


def _confirm(code: str, before: int, actor: Actor, when: datetime) -> None:
    entity = actions.confirm(actor, Entity.objects.get(handle=code))
    Entity.objects.filter(pk=entity.pk).update(confirmed_at=when - timedelta(days=before))


def _set_status(code: str, status: str, reason: str, actor: Actor, when: datetime) -> None:
    entity = actions.set_status(actor, Entity.objects.get(handle=code), status, reason=reason)
    change = StatusChange.objects.filter(entity=entity).exclude(was="").latest("pk")
    StatusChange.objects.filter(pk=change.pk).update(at=when)
