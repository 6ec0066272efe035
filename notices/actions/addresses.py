"""An address that does not work: it is paused, and its owner and the officers of their institution are told inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from network.activity.recording import record
from network.content import Audience
from network.spaces.actors import Actor
from notices.actions.preferences import preferences_of
from notices.models import Preferences

if TYPE_CHECKING:
    from profiles.models import User

MOST_BOUNCES = 5  # passing ones, one after the other, with nothing delivered between


@transaction.atomic
def bounced(user: User, why: str, *, for_good: bool) -> bool:
    """A mail did not arrive. For good (no such address), or often in a row, pauses the address; says whether it did. Twice is quiet."""
    preferences_of(user)
    row = Preferences.objects.select_for_update().get(user=user)
    row.bounces = min(row.bounces + 1, 1_000)
    pauses = row.paused_at is None and (for_good or row.bounces >= MOST_BOUNCES)
    if pauses:
        row.paused_at, row.paused_because = timezone.now(), why[:200]
        record(Actor.of(user), "mail_paused", user.page, space=user.page, reach=Audience.MANAGERS)
    row.save(update_fields=["bounces", "paused_at", "paused_because"])
    return pauses


def complained(user: User) -> bool:
    """They called our mail unwanted: none comes any more until they say so."""
    return bounced(user, "complaint", for_good=True)
