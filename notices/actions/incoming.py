"""What came in by mail: a row for each, and what it says about an address of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from notices.actions.addresses import bounced, complained
from notices.models import Incoming, Mail

if TYPE_CHECKING:
    from profiles.models import User


@transaction.atomic
def keep(key: str, outcome: str, *, sender: str = "", user: User | None = None, why: str = "", path: str = "") -> Incoming:
    """Remember a mail that came in, once: the same key again answers with the first row."""
    row, _made = Incoming.objects.get_or_create(
        message_key=key,
        defaults={"outcome": outcome, "sender": sender[:320], "user": user, "why": why[:300].replace("\0", ""), "path": path[:200]},
    )
    return row


@transaction.atomic
def came_back(key: str, user: User | None, mail: Mail | None, why: str, *, for_good: bool) -> Incoming:
    """A mail of ours did not arrive: its address is paused when that is for good, or too often. The same report again is quiet."""
    if (known := Incoming.objects.filter(message_key=key).first()) is not None:
        return known
    if mail is not None:
        Mail.objects.filter(pk=mail.pk).update(last_error=why[:500])
    # Not of an address that the person has left behind meanwhile.
    if user is not None and (mail is None or mail.address.lower() == user.email.lower()):
        bounced(user, why, for_good=for_good)
    return keep(key, Incoming.Outcome.BOUNCE, user=user, why=why)


@transaction.atomic
def called_unwanted(key: str, user: User | None, why: str) -> Incoming:
    """Somebody pressed "this is spam" on a mail of ours: none comes any more until they say so."""
    if (known := Incoming.objects.filter(message_key=key).first()) is not None:
        return known
    if user is not None:
        complained(user)
    return keep(key, Incoming.Outcome.COMPLAINT, user=user, why=why)
