"""Who is here: kept for a minute and a quarter in the shared cache (Redis, or this process's memory), and lost with it without harm.

A person is "here" with a page of ours before their eyes, "away" with one open behind others; whoever hides their presence is in no list.
"""

import logging
from collections.abc import Iterable

from django.core.cache import cache

logger = logging.getLogger(__name__)

SECONDS = 75
HERE, AWAY, GONE = "here", "away", "gone"


def seen(user_id: int, state: str) -> None:
    """This person is here or away as of now; GONE forgets them. Never raises: the cache may be away."""
    try:
        if state == GONE:
            cache.delete(f"presence:{user_id}")
        else:
            cache.set(f"presence:{user_id}", state, SECONDS)
    except Exception as error:
        logger.debug("Presence could not be kept (%s).", type(error).__name__)


def states(user_ids: Iterable[int | None]) -> dict[int, str]:
    """HERE or AWAY for those of these people who are; nobody while the cache is away. One question for all."""
    keys = {f"presence:{user_id}": user_id for user_id in user_ids if user_id}
    if not keys:
        return {}
    try:
        found = cache.get_many(keys)
    except Exception as error:
        logger.debug("Presence could not be read (%s).", type(error).__name__)
        return {}
    return {keys[key]: state for key, state in found.items()}
