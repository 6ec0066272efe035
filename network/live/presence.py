"""Who is here: kept for a minute and a quarter in the shared cache (Redis, or this process's memory), and lost with it without harm.

A person is "here" with a page of ours before their eyes, "away" with one open behind others; whoever hides their presence is in no list.
"""

from collections.abc import Iterable

from django.core.cache import cache

SECONDS = 75
HERE, AWAY, GONE = "here", "away", "gone"


def seen(user_id: int, state: str) -> None:
    """This person is here or away as of now; GONE forgets them. The cache never raises (network.resting)."""
    key = f"presence:{user_id}"
    if state == GONE:
        cache.delete(key)
    else:
        cache.set(key, state, SECONDS)


def states(user_ids: Iterable[int | None]) -> dict[int, str]:
    """HERE or AWAY for those of these people who are; one question for all."""
    keys = {f"presence:{user_id}": user_id for user_id in user_ids if user_id}
    return {keys[key]: state for key, state in cache.get_many(keys).items()} if keys else {}
