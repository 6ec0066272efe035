"""Devices that agree to show notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notices.actions.preferences import preferences_of
from notices.models import Device
from notices.push import hosts

if TYPE_CHECKING:
    from network.spaces.actors import Actor

MOST_DEVICES = 20


@transaction.atomic
def subscribe(actor: Actor, *, endpoint: str, p256dh: str, auth: str, session: str, label: str = "") -> Device:
    """Show this person's notices on this device, for as long as they are signed in there. ValidationError for what no push service gives."""
    if not (hosts.is_known(endpoint) and hosts.is_point(p256dh) and hosts.is_secret(auth) and session):
        raise ValidationError(_("This browser's push service is not known here."))
    preferences_of(actor.person)  # whoever is told is looked up there
    fields = {"user": actor.person, "p256dh": p256dh, "auth": auth, "session": session, "label": label[:120], "failures": 0}
    device, _made = Device.objects.update_or_create(endpoint=endpoint, defaults=fields)
    extra = Device.objects.filter(user=actor.person).order_by("-since", "-pk").values_list("pk", flat=True)[MOST_DEVICES:]
    Device.objects.filter(pk__in=list(extra)).delete()
    return device


def unsubscribe(actor: Actor, device: Device) -> None:
    """No more notices on this device; twice is quiet."""
    Device.objects.filter(pk=device.pk, user=actor.user_id).delete()


def forget(actor: Actor, endpoint: str) -> None:
    """The device says itself that it shows no more."""
    Device.objects.filter(user=actor.user_id, endpoint=endpoint).delete()
