"""What every page has at hand."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from network import live
from network.requests import Request


def house(request: Request) -> dict[str, Any]:
    """`actor`, `demo`, `notices_unread` and `chat_unread` (read when shown), `languages` (code, own name, this page in it)."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "demo": settings.DEMO,
        "notices_unread": cache(lambda: _unread(request, "notices")),  # templates call it: read once, if at all
        "chat_unread": cache(lambda: _unread(request, "chat")),
        "languages": [(code, name, _in_language(request.get_full_path(), code)) for code, name in settings.LANGUAGE_NAMES.items()],
        "live_epoch": live.epoch,
    }


def _unread(request: Request, room: str) -> int:
    if not request.user.is_authenticated:
        return 0
    return import_string(f"{room}.queries.unread_count")(request.actor)


def _in_language(path: str, code: str) -> str:
    """The same page in another language; what has no language of its own leads to the home page there."""
    here = f"/{get_language()}/"
    return f"/{code}/{path.removeprefix(here)}" if path.startswith(here) else f"/{code}/"
