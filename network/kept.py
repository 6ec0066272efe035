"""A cache of this process alone, for strings that never change under their key: no pickling, no lock on reading."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from threading import Lock
from time import monotonic
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_STORES: dict[str, dict[Hashable, tuple[float, Any]]] = {}
_LOCK = Lock()


class KeptCache(BaseCache):
    """Django's cache interface over a dictionary. What is kept must be immutable: the very object is handed out.

    When it is full, the half that was written first goes: keys carry versions, so the oldest are the stale ones.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._store = _STORES.setdefault(name, {})

    def get(self, key: Hashable, default: Any = None, version: int | None = None) -> Any:
        kept = self._store.get(key)
        return default if kept is None or kept[0] < monotonic() else kept[1]

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        now, store = monotonic(), self._store
        return {key: kept[1] for key in keys if (kept := store.get(key)) is not None and kept[0] >= now}

    def set(self, key: Hashable, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        until = float("inf") if seconds is None else monotonic() + seconds
        with _LOCK:
            if len(self._store) >= self._max_entries:
                for old in list(self._store)[: self._max_entries // 2]:
                    self._store.pop(old, None)
            self._store[key] = (until, value)

    def set_many(self, data: Mapping[Any, Any], timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        for key, value in data.items():
            self.set(key, value, timeout)
        return []

    def add(self, key: Hashable, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if self.get(key) is not None:
            return False
        self.set(key, value, timeout)
        return True

    def delete(self, key: Hashable, version: int | None = None) -> bool:
        with _LOCK:
            return self._store.pop(key, None) is not None

    def clear(self) -> None:
        with _LOCK:
            self._store.clear()


def forget() -> None:
    """Empty every store (tests, whose databases begin again with the same numbers)."""
    for store in _STORES.values():
        store.clear()
