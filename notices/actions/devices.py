"""Devices that agree to show notices."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.activity.recording import later
from notices.actions.preferences import preferences_of
from notices.models import Device
from notices.push import hosts

if TYPE_CHECKING:
    from network.spaces.actors import Actor

MOST_DEVICES = 20
MOST_FAILURES = 5  # one after the other, and for a day at least: a push service that is away for an hour costs nobody a device


@transaction.atomic
def subscribe(actor: Actor, *, endpoint: str, p256dh: str, auth: str, session: str, label: str = "") -> Device:
    """Show this person's notices on this device, for as long as they are signed in there. ValidationError for what no push service gives.

    A browser has one address: whoever had it, or whatever this session had before, has it no more.
    """
    _check(endpoint, p256dh, auth, session)
    preferences_of(actor.person)  # whoever is told is looked up there
    Device.objects.filter(user=actor.person, session=session).exclude(endpoint=endpoint).delete()
    fields = {"user": actor.person, "p256dh": p256dh, "auth": auth, "session": session, "label": label[:120], "failures": 0}
    device, _made = Device.objects.update_or_create(endpoint=endpoint, defaults={**fields, "since": timezone.now()})
    extra = Device.objects.filter(user=actor.person).order_by("-since", "-pk").values_list("pk", flat=True)[MOST_DEVICES:]
    Device.objects.filter(pk__in=list(extra)).delete()
    return device


@transaction.atomic
def go_on(actor: Actor, before: str, *, endpoint: str, p256dh: str, auth: str, session: str) -> Device | None:
    """The same browser under another session, or at another address of its push service (`before` is the one it had).

    None when it shows nothing to this person any more: they turned it off, here or from another device, and it must not come back by itself.
    """
    _check(endpoint, p256dh, auth, session)
    held = Device.objects.select_for_update().filter(user=actor.person, endpoint__in=[before, endpoint]).order_by("pk").first()
    if held is None:
        return None
    Device.objects.filter(endpoint=endpoint).exclude(pk=held.pk).delete()
    held.endpoint, held.p256dh, held.auth, held.session = endpoint, p256dh, auth, session
    held.save(update_fields=["endpoint", "p256dh", "auth", "session"])
    return held


def unsubscribe(actor: Actor, device: Device) -> None:
    """No more notices on this device; twice is quiet."""
    Device.objects.filter(pk=device.pk, user=actor.user_id).delete()


def session_moved(user_id: int, before: str, now: str) -> None:
    """Somebody signed in where the session `before` was: their own device goes on, another person's is forgotten."""
    Device.objects.filter(session=before).exclude(user=user_id).delete()
    Device.objects.filter(session=before).update(session=now)


def sessions_ended(user_id: int, keys: list[str] | None, *, but: str = "") -> None:
    """Somebody signed out: of these sessions, or of all (but one). What was shown there is shown there no more."""
    held = Device.objects.filter(user=user_id)
    (held.filter(session__in=keys) if keys is not None else held.exclude(session=but)).delete()


def sweep(*, keep_days: int = 60) -> int:
    """Devices where nobody has been signed in for so long are forgotten; returns how many."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    asleep = Device.objects.exclude(session__in=alive).annotate(seen=Coalesce("told_at", "since"))
    return asleep.filter(seen__lt=timezone.now() - timedelta(days=keep_days)).delete()[0]


def try_out(actor: Actor, device: Device) -> None:
    """Have a trial notice sent to one's own device: by the queue, since no page waits for a push service."""
    if device.user_id == actor.user_id:
        later("push.trial", device_id=device.pk)


@transaction.atomic
def answered(*, told: list[int], gone: list[int], failed: list[int]) -> None:
    """What push services said of these devices: who was told is well, who is gone is forgotten, who fails for long too."""
    now = timezone.now()
    Device.objects.filter(pk__in=gone).delete()
    Device.objects.filter(pk__in=told).update(told_at=now, failures=0)
    Device.objects.filter(pk__in=failed, failures__lt=1_000).update(failures=F("failures") + 1)
    lost = Device.objects.filter(pk__in=failed, failures__gte=MOST_FAILURES)
    lost.annotate(well=Coalesce("told_at", "since")).filter(well__lt=now - timedelta(days=1)).delete()


def _check(endpoint: str, p256dh: str, auth: str, session: str) -> None:
    if not (hosts.is_known(endpoint) and hosts.is_point(p256dh) and hosts.is_secret(auth) and session):
        raise ValidationError(_("This browser's push service is not known here."))
