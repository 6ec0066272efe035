"""What happens at the doors of an account. Signals are the only way in that Django and allauth leave; the house has no others."""

from __future__ import annotations

from functools import partial
from typing import Any

from allauth.account import signals as account
from django.conf import settings
from django.contrib.auth import signals as django_auth
from django.db import transaction
from django.utils.module_loading import import_string

from network import live
from network.middleware import start_session_clock
from network.requests import Request
from profiles.actions import sessions_ended


def connect() -> None:
    """Called once, when the app is ready."""
    django_auth.user_logged_in.connect(start_session_clock, dispatch_uid="profiles.session_clock")
    django_auth.user_logged_in.connect(move, dispatch_uid="profiles.session_moved")
    django_auth.user_logged_out.connect(sign_out, dispatch_uid="profiles.signed_out")
    for door in (account.password_changed, account.password_set, account.password_reset):
        door.connect(close_sockets, dispatch_uid="profiles.password")
        door.connect(renew, dispatch_uid="profiles.sessions_renewed")


def sign_out(sender: Any, request: Request | None = None, user: Any = None, **kwargs: Any) -> None:
    """Signing out is heard by the sockets within a second."""
    if request is not None and hasattr(request, "session"):
        # Django tells first and ends the session after; a socket that asks in between would be let in again.
        if user is not None and user.pk and request.session.session_key:
            sessions_ended(user.pk, [request.session.session_key])
        request.session.flush()
    close_sockets(sender, user=user)


def move(sender: Any, request: Request, user: Any, **kwargs: Any) -> None:
    """Signing in gives the browser another session: what it kept for the one before is this person's now, or nobody's."""
    before, now = request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), request.session.session_key or ""
    if before and before != now:
        for name in settings.SESSION_MOVED:
            import_string(name)(user.pk, before, now)


def renew(sender: Any, request: Request, user: Any, **kwargs: Any) -> None:
    """A new password ends what all other browsers kept; the one it was chosen in goes on under a new session."""
    if request.user.is_authenticated and request.user.pk == user.pk:
        move(sender, request, user)
        sessions_ended(user.pk, but=request.session.session_key or "")
    else:
        sessions_ended(user.pk)


def close_sockets(sender: Any, user: Any = None, **kwargs: Any) -> None:
    """Every socket of this person asks anew who it is: those of ended sessions close."""
    if user is not None and user.pk:
        transaction.on_commit(partial(live.withdraw, user.pk), robust=True)
