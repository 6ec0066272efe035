"""Counting while pages are served: a visit is noted in memory for some seconds, then becomes a number and, for its day, a salted mark.

The page says its key by `X-Visit-Key` (network.http takes it off); what is noted here is all the page pays. An address is held only between
two flushes, in memory; the database never sees one. What a killed process had not yet written is lost: some seconds of visits.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import re
import threading
from collections import Counter, defaultdict, deque
from datetime import UTC, date, datetime
from time import time

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from insights import actions
from insights.bots import is_program
from network.http import Headers, Scope, address_of

logger = logging.getLogger(__name__)

PLATFORM = "platform"
KEY = re.compile(r"platform|entity\.\d{1,18}|site\.(?:\d{1,18}|[a-z-]{1,30})")  # a site is an institution's or a section's
MOST = 50_000  # visits noted and not yet written: beyond them they are not counted

# when, key, address, agent (empty: no mark is made of this visit)
Note = tuple[float, str, str, str]
_notes: deque[Note] = deque(maxlen=MOST)
_lock = threading.Lock()
_thread: threading.Thread | None = None


def saw(key: str, scope: Scope) -> None:
    """A page of this key was served to this request. Called in the event loop: it decides and notes, no more."""
    agent = lang = b""
    quiet = False
    if scope["method"] != "GET":
        return
    headers: Headers = scope["headers"]
    for name, value in headers:
        if name == b"user-agent":
            agent = value
        elif name == b"accept-language":
            lang = value
        elif name in (b"sec-purpose", b"purpose", b"x-moz"):
            if b"prefetch" in value or b"prerender" in value or b"preview" in value:
                return
        elif name == b"sec-fetch-dest":
            if value not in (b"document", b"empty"):
                return  # in somebody's frame
        elif name in (b"sec-gpc", b"dnt"):
            quiet = quiet or value == b"1"
        elif name == b"hx-request":
            return
    words = agent.decode("latin-1")
    if is_program(words):
        return
    # Whoever asks not to be followed is a page looked at and nothing else: no mark is made, not even for a day.
    _notes.append((time(), key, "" if quiet else address_of(scope), "" if quiet else words + lang.decode("latin-1")))
    if _thread is None:
        _begin()


def flush() -> int:
    """Write what was noted. How many visits; what cannot be written is dropped, for addresses are not kept waiting."""
    with _lock:
        notes = [_notes.popleft() for _ in range(len(_notes))]
    days: dict[date, list[Note]] = defaultdict(list)
    for note in notes:
        days[_day(note[0])].append(note)
    for day, those in days.items():
        salt = actions.salt_of(day)
        visits: Counter[str] = Counter()
        marks: dict[str, set[bytes]] = defaultdict(set)
        for _when, key, address, agent in those:
            for one in {key, PLATFORM} if KEY.fullmatch(key) else ():
                visits[one] += 1
                if address and salt is not None:
                    marks[one].add(mark(salt, one, address, agent))
        actions.add(day, visits, marks)
    return len(notes)


def mark(salt: bytes, key: str, address: str, agent: str) -> bytes:
    """A visitor of one place on one day. With another key or salt it is another: marks of two places cannot be laid side by side."""
    return hashlib.blake2b(f"{key}\n{address}\n{agent}".encode(), key=salt, digest_size=16).digest()


def _day(moment: float) -> date:
    return timezone.localtime(datetime.fromtimestamp(moment, UTC)).date()


def _begin() -> None:
    global _thread  # noqa: PLW0603 -- one a process
    if not settings.VISITS_FLUSH_SECONDS:
        return
    with _lock:
        if _thread is None:
            _thread = threading.Thread(target=_run, args=(settings.VISITS_FLUSH_SECONDS,), name="visits", daemon=True)
            _thread.start()
            atexit.register(_last)


def _run(seconds: int) -> None:
    while True:
        threading.Event().wait(seconds)
        if _notes:
            try:
                close_old_connections()
                flush()
            except Exception:
                logger.exception("Visits could not be written.")
            finally:
                connection.close()


def _last() -> None:
    try:
        flush()
    except Exception:
        logger.exception("The last visits could not be written.")
