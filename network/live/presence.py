"""Who is here: kept for a minute and a quarter in the shared cache (Redis, or this process's memory), and lost with it without harm.

A person is "here" with a page of ours before their eyes, "away" with one open behind others; whoever hides their presence is in no list.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.core.cache import cache

logger = logging.getLogger(__name__)

SECONDS = 75
HERE, AWAY, GONE = "here", "away", "gone"
REST_SECONDS = 5.0  # after a failure the cache is not asked again for so long: a page never waits twice for a dead Redis

T = TypeVar("T")
_rest_until = 0.0


def seen(user_id: int, state: str) -> None:
    """This person is here or away as of now; GONE forgets them. Never raises: the cache may be away."""
    key = f"presence:{user_id}"
    _ask(lambda: cache.delete(key) if state == GONE else cache.set(key, state, SECONDS))


def states(user_ids: Iterable[int | None]) -> dict[int, str]:
    """HERE or AWAY for those of these people who are; nobody while the cache is away. One question for all."""
    keys = {f"presence:{user_id}": user_id for user_id in user_ids if user_id}
    found = _ask(lambda: cache.get_many(keys)) if keys else None
    return {keys[key]: state for key, state in (found or {}).items()}


def _ask(question: Callable[[], T]) -> T | None:
    global _rest_until  # noqa: PLW0603 -- one moment, for this process
    if time.monotonic() < _rest_until:
        return None
    try:
        return question()
    except Exception as error:
        logger.debug("Presence rests (%s).", type(error).__name__)
        _rest_until = time.monotonic() + REST_SECONDS
        return None
