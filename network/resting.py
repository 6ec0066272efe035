"""The shared cache, of which nothing depends: while Redis is away it rests, and every process counts for itself.

Django's own Redis cache raises, and its cached sessions do not expect that: each signed-in page would fail until Redis returned.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

REST_SECONDS = 2.0  # after a failure Redis is not asked again for so long: a page never waits twice
SESSION = "django.contrib.sessions"  # the database has those: a copy of our own would outlive signing out elsewhere

T = TypeVar("T")


class _State:
    """Of this process: each thread has a cache object of its own."""

    rest_until = 0.0
    owed: set[str] = set()  # what could not be deleted: a session that was ended must not come back with Redis


class RestingCache(RedisCache):
    """Redis; and, while it does not answer, this process's memory for counters, nothing for sessions."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._spare = LocMemCache("resting", {"OPTIONS": {"MAX_ENTRIES": 20_000}})  # limits that were dropped would begin anew

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        if key in _State.owed:
            return default
        return self._ask(
            key, lambda: super(RestingCache, self).get(key, default, version), lambda spare: spare.get(key, default, version), default
        )

    def set(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask(
            key,
            lambda: super(RestingCache, self).set(key, value, timeout, version),
            lambda spare: spare.set(key, value, timeout, version),
            None,
        )

    def add(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(
            key,
            lambda: super(RestingCache, self).add(key, value, timeout, version),
            lambda spare: spare.add(key, value, timeout, version),
            False,
        )

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._ask(key, lambda: super(RestingCache, self).incr(key, delta, version), lambda spare: spare.incr(key, delta, version), 0)

    def delete(self, key: str, version: int | None = None) -> bool:
        def owe(spare: LocMemCache) -> bool:
            _State.owed.add(key)
            return spare.delete(key, version)

        done = self._ask(key, lambda: super(RestingCache, self).delete(key, version), owe, None)
        if done is None:
            _State.owed.add(key)
        return bool(done)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        keys = list(keys)
        first = keys[0] if keys else ""
        return self._ask(first, lambda: super(RestingCache, self).get_many(keys, version), lambda spare: spare.get_many(keys, version), {})

    def has_key(self, key: str, version: int | None = None) -> bool:
        if key in _State.owed:
            return False
        return self._ask(key, lambda: super(RestingCache, self).has_key(key, version), lambda spare: spare.has_key(key, version), False)

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(
            key, lambda: super(RestingCache, self).touch(key, timeout, version), lambda spare: spare.touch(key, timeout, version), False
        )

    def set_many(self, data: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        for key, value in data.items():
            self.set(key, value, timeout, version)
        return []

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        for key in keys:
            self.delete(key, version)

    def clear(self) -> None:
        self._spare.clear()
        self._ask("", super().clear, lambda _spare: None, None)

    def _ask(self, key: str, question: Callable[[], T], instead: Callable[[LocMemCache], T], nothing: T) -> T:
        if time.monotonic() >= _State.rest_until:
            try:
                if _State.owed:
                    owed = tuple(_State.owed)
                    super().delete_many(owed)
                    _State.owed.difference_update(owed)
                return question()
            except (RedisError, OSError) as error:
                logger.warning("The shared cache rests (%s).", type(error).__name__)
                _State.rest_until = time.monotonic() + REST_SECONDS
        return nothing if key.startswith(SESSION) else instead(self._spare)
