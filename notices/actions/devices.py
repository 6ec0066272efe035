"""Devices that agree to show notices."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notices.actions.preferences import preferences_of
from notices.models import Device

if TYPE_CHECKING:
    from network.spaces.actors import Actor

MOST_DEVICES = 20


@transaction.atomic
def subscribe(actor: Actor, *, endpoint: str, p256dh: str, auth: str, session: str, label: str = "") -> Device:
    """Show this person's notices on this device, for as long as they are signed in there. ValidationError for what no push service gives."""
    if not _is_push_service(endpoint) or not _is_key(p256dh, 65) or not _is_key(auth, 16) or not session:
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


def _is_push_service(endpoint: str) -> bool:
    """Only the push services of browsers: else anybody could have our server knock at any door of its own network."""
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if len(endpoint) > 600 or parts.scheme != "https" or parts.username or port not in (None, 443):
        return endpoint.startswith(tuple(settings.PUSH_TRIAL_ORIGINS)) if settings.PUSH_TRIAL_ORIGINS else False
    return any(host == known or (known.startswith(".") and host.endswith(known)) for known in settings.PUSH_HOSTS)


def _is_key(text: str, length: int) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == length
    except (binascii.Error, ValueError):
        return False
