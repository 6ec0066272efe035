"""How often one may do a thing: counted in the shared cache, in this process's memory when that is away. Never open by failure."""

from __future__ import annotations

import time
from threading import Lock

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext


class TooMany(Exception):
    """Refused for now: 429 with Retry-After (network.middleware answers it)."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            ngettext(
                "That was too often. Your text is kept; try again in %(seconds)d second.",
                "That was too often. Your text is kept; try again in %(seconds)d seconds.",
                seconds,
            )
            % {"seconds": seconds}
        )


_LOCAL: dict[str, int] = {}
_LOCK = Lock()


def spend(action: str, who: str | int, times: int = 1) -> None:
    """Count an `action` of `who` (a person's number or an address), or several; raise TooMany over the limit of settings.RATES."""
    most, seconds = settings.RATES[action]
    window = int(time.time()) // seconds
    key = f"rate:{action}:{who}:{window}"
    try:
        cache.add(key, 0, seconds)
        count = cache.incr(key, times)
    except Exception:
        with _LOCK:
            if len(_LOCAL) > 10_000:
                _LOCAL.clear()
            count = _LOCAL[key] = _LOCAL.get(key, 0) + times
    if count > most:
        raise TooMany(seconds - int(time.time()) % seconds)


def address_of(request: HttpRequest) -> str:
    """The client's address."""
    return believed(request.headers.get("X-Forwarded-For", ""), request.META.get("REMOTE_ADDR", "") or "unknown")


def believed(forwarded: str, peer: str) -> str:
    """Whose request it is: X-Forwarded-For is believed only as far as the trusted proxies reach, by default not at all."""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()] if settings.TRUSTED_PROXIES else []
    return hops[-settings.TRUSTED_PROXIES] if hops and len(hops) >= settings.TRUSTED_PROXIES else peer
