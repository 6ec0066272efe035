"""What happens at the doors of an account. Signals are the only way in that Django and allauth leave; the house has no others."""

from __future__ import annotations

from functools import partial
from typing import Any

from allauth.account import signals as account
from django.contrib.auth import signals as django_auth
from django.db import transaction

from network import live
from network.middleware import start_session_clock
from network.requests import Request


def connect() -> None:
    """Called once, when the app is ready."""
    django_auth.user_logged_in.connect(start_session_clock, dispatch_uid="profiles.session_clock")
    django_auth.user_logged_out.connect(sign_out, dispatch_uid="profiles.signed_out")
    for door in (account.password_changed, account.password_set, account.password_reset):
        door.connect(close_sockets, dispatch_uid="profiles.password")


def sign_out(sender: Any, request: Request | None = None, user: Any = None, **kwargs: Any) -> None:
    """Signing out is heard by the sockets within a second."""
    if request is not None and hasattr(request, "session"):
        # Django tells first and ends the session after; a socket that asks in between would be let in again.
        request.session.flush()
    close_sockets(sender, user=user)


def close_sockets(sender: Any, user: Any = None, **kwargs: Any) -> None:
    """Every socket of this person asks anew who it is: those of ended sessions close."""
    if user is not None and user.pk:
        transaction.on_commit(partial(live.withdraw, user.pk), robust=True)
