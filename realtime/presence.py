"""Who is here: which people have a stream before their eyes, in this process. Lost with it, and no harm done."""

import threading
import time

SECONDS = 60.0

_here: dict[str, dict[tuple[int, int], float]] = {}
_lock = threading.Lock()


def here(stream: str, user_id: int, socket: int, *, visible: bool) -> None:
    """This person's tab shows (or no longer shows) the stream."""
    with _lock:
        people = _here.setdefault(stream, {})
        if visible:
            people[user_id, socket] = time.monotonic() + SECONDS
        else:
            people.pop((user_id, socket), None)
        if not people:
            _here.pop(stream, None)


def gone(user_id: int, socket: int) -> None:
    """A tab has closed."""
    with _lock:
        for stream in [stream for stream, people in _here.items() if (user_id, socket) in people]:
            here_now = _here[stream]
            del here_now[user_id, socket]
            if not here_now:
                del _here[stream]


def people(stream: str) -> set[int]:
    """The numbers of the people who have the stream before them now. The caller asks the door before showing them."""
    now = time.monotonic()
    with _lock:
        return {user_id for (user_id, _socket), until in _here.get(stream, {}).items() if until > now}
