"""What a mail service tells by webhook, as django-anymail hands it on. Its two signals are the one exception: the house has none of its own."""

from __future__ import annotations

from typing import Any

from anymail.signals import inbound, tracking

from notices.actions.incoming import receive, undelivered

_FAILED = ("bounced", "rejected", "failed")


def listen() -> None:
    """Hear what came in, and what did not arrive."""
    inbound.connect(came_in, dispatch_uid="notices.came_in")
    tracking.connect(told, dispatch_uid="notices.told")


def came_in(sender: Any, event: Any, **more: Any) -> None:
    message = event.message
    recipient = message.envelope_recipient
    raw = message.as_bytes()
    if message.envelope_sender == "":  # a report of a mail server, or a machine: nobody answers it
        raw = b"Return-Path: <>\r\n" + raw
    receive(raw, recipients=[recipient] if recipient else ())


def told(sender: Any, event: Any, **more: Any) -> None:
    if event.event_type == "complained":
        undelivered(event.recipient, "complaint", for_good=True, complaint=True)
    elif event.event_type in _FAILED:
        # A service calls it bounced when it has given up; what it will try again it calls deferred, and that is its own matter.
        why = " ".join(str(event.description or event.reject_reason or event.event_type).split())
        undelivered(event.recipient, why, for_good=event.reject_reason in ("invalid", "bounced", None))
