"""What every page has at hand."""

from __future__ import annotations

from functools import cache, partial
from secrets import randbelow
from typing import Any

from django.conf import settings
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, get_token
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from network import live, prepared
from network.requests import Request


def house(request: Request) -> dict[str, Any]:
    """`actor`, `demo`, `notices_unread` and `chat_unread` (read when shown), `languages` (code, own name, this page in it; made when shown)."""
    actor = getattr(request, "actor", None)
    unread = cache(lambda: _unread(request))  # templates call them: read once, if at all
    return {
        "actor": actor,
        "demo": settings.DEMO,
        "notices_unread": lambda: unread()[0],
        "chat_unread": lambda: unread()[1],
        "languages": cache(lambda: [(code, name, _in_language(request, code)) for code, name in settings.LANGUAGE_NAMES.items()]),
        "live_epoch": live.epoch,
        "csrf_token": SimpleLazyObject(partial(form_token, request)),
    }


def form_token(request: Request) -> str:
    """Django's form token (`get_token`), masked anew for each page; the mask is drawn at once, not letter by letter (3 % of a page)."""
    secret = request.META.get("CSRF_COOKIE", "")
    if len(secret) != CSRF_SECRET_LENGTH:
        return get_token(request)
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    letters, drawn, mask, cipher = CSRF_ALLOWED_CHARS, randbelow(_MASKS), [], []
    for letter in secret:
        drawn, place = divmod(drawn, len(letters))
        mask.append(letters[place])
        cipher.append(letters[(letters.index(letter) + place) % len(letters)])
    return "".join(mask + cipher)


_MASKS = len(CSRF_ALLOWED_CHARS) ** CSRF_SECRET_LENGTH


_UNREAD = ("notices.queries.unread", "chat.queries.unread")  # by name: the house knows no room


def _unread(request: Request) -> list[int]:
    # A request that was refused before anybody was looked up (an unknown host) has no user.
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return [0, 0]
    return prepared.counts(request.actor, *map(import_string, _UNREAD))


def _in_language(request: Request, code: str) -> str:
    """The same page in another language; what has no language of its own leads to the home page there."""
    path, here = request.get_full_path(), f"/{get_language()}/"
    return f"/{code}/{path.removeprefix(here)}" if path.startswith(here) else f"/{code}/"
