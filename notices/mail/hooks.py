"""The door of mail services (anymail): what they post to /anymail/… with our secret becomes a mail that came in, or a word about one of ours.

anymail speaks by Django signals, which this house does not use elsewhere; notices.apps connects them where the door is open.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model

from notices.actions import incoming as actions
from notices.mail.incoming import receive

# What says that an address is none, and not that a filter or a full box stood in the way.
_FOR_GOOD = ("invalid", "bounced")


def connect() -> None:
    from anymail.signals import inbound, tracking  # noqa: PLC0415 -- only where a mail service is used

    inbound.connect(came_in, dispatch_uid="notices.mail.hooks")
    tracking.connect(was_told, dispatch_uid="notices.mail.hooks")


def came_in(sender: Any, event: Any, **kwargs: Any) -> None:
    """A mail, through the same function as every other. An error becomes a 500, and the service brings it again."""
    message = event.message
    if event.event_type == "inbound" and message is not None:
        # An empty envelope says that a machine wrote it, as at the SMTP door.
        machine = b"Return-Path: <>\r\n" if message.envelope_sender == "" else b""
        receive(machine + message.as_bytes(), recipients=[message.envelope_recipient] if message.envelope_recipient else [])


def was_told(sender: Any, event: Any, esp_name: str = "", **kwargs: Any) -> None:
    """What the service knows of a mail of ours; only what ends in no delivery, or in a complaint, matters here."""
    if event.event_type not in ("bounced", "rejected", "failed", "complained") or not event.recipient:
        return
    user = get_user_model().objects.filter(email__iexact=event.recipient).first()
    if user is None:
        return
    key = sha256(f"{esp_name}:{event.event_id or event.message_id}:{event.event_type}:{event.recipient}".encode()).hexdigest()
    if event.event_type == "complained":
        actions.called_unwanted(key, user, f"complaint ({esp_name})")
    else:
        why = str(event.mta_response or event.description or event.reject_reason or event.event_type)
        actions.came_back(key, user, None, why[:300], for_good=event.event_type == "bounced" and event.reject_reason in _FOR_GOOD)
