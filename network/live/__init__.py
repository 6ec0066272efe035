"""Live frames: publish from any thread, one hub a process hears, every open socket gets the same text.

Streams are named (`topic.42/ar`, `space.7/members`, `user.3`); this module knows no app. Nothing here is the truth: a frame may be
lost at any time, and the heartbeat's heads and `GET /live/` heal it from the database.

    publish("topic.42/ar", {"op": "append", "id": "post-9", "version": 18, "html": "…"})
    withdraw(user_id=3, space_id=7)     # that person's subscriptions are authorised again, everywhere, within a second
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping

from django.conf import settings

from network.live import bus
from network.live.hub import Ear, Hub, Packed, hub

__all__ = [
    "ALL",
    "PROTOCOL",
    "Ear",
    "Frame",
    "Hub",
    "Packed",
    "base",
    "epoch",
    "hub",
    "listened",
    "on_change",
    "pack",
    "publish",
    "publish_all",
    "withdraw",
]

logger = logging.getLogger(__name__)

Frame = Mapping[str, object]
ALL = "*"  # among the streams of a change: every kept page is stale
PROTOCOL = 1  # raised when an old script can no longer understand a frame; it then asks its reader to load the page again

_epoch = ("", float("-inf"))
_on_change: list[Callable[[Iterable[str]], None]] = []


def base(stream: str) -> str:
    """`topic.42/ar` → `topic.42`."""
    return stream.partition("/")[0]


def epoch() -> str:
    """This database's epoch, which pages carry (`data-epoch`) and frames repeat: another one means another life of the data."""
    global _epoch  # noqa: PLW0603 -- one word, kept for a heartbeat's length where no hub runs
    if hub.loop is not None and hub.epoch:
        return hub.epoch
    now = time.monotonic()
    if hub.heads is not None and now - _epoch[1] > settings.LIVE_HEARTBEAT:
        try:
            _epoch = (hub.heads({})[0], now)
        except Exception:  # the database is away: a frame still goes, with the epoch last known
            logger.warning("The epoch could not be read.", exc_info=True)
            _epoch = (_epoch[0], now)
    return _epoch[0]


def pack(frame: Frame) -> str:
    """A frame as it travels."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"), default=str)


def publish(stream: str, frame: Frame) -> None:
    """Hand one frame to everybody who hears the stream, in every process. From any thread; never raises, never waits long."""
    publish_all([(stream, frame)])


def publish_all(frames: Iterable[tuple[str, Frame]], *, changed: Iterable[str] = ()) -> None:
    """Several frames in one trip. `changed` names further streams whose kept pages are stale, though no frame travels."""
    letters: list[bus.Letter] = []
    touched = set(changed)
    for stream, frame in frames:
        whole = {"stream": base(stream), "epoch": epoch(), **frame}
        version = whole.get("version")
        letters.append(bus.Letter(stream, version if isinstance(version, int) else 0, pack(whole)))
        if not whole.get("passing"):  # typing and the like change no page
            touched.add(base(stream))
    if touched:
        _changed(touched)
        if settings.REDIS_URL:
            letters.append(bus.Letter(bus.CONTROL, 0, pack({"control": "changed", "by": bus.OURSELVES, "streams": sorted(touched)})))
    bus.post(letters)


def withdraw(user_id: int | None = None, space_id: int | None = None, stream: str | None = None) -> None:
    """Authorise again, in every process: all subscriptions of a person, of all who hear a space's streams, or of one stream.

    Call it after commit when a right may have ended: signing out, suspension, removal, a mandate's end, an audience narrowed.
    No frame reaches the subscription until it has been allowed again.
    """
    if space_id is not None and user_id is None:
        # Which kept pages show the place, nobody knows; it is narrowed seldom enough to forget them all.
        publish_all([], changed={ALL})
    bus.post([bus.Letter(bus.CONTROL, 0, pack({"control": "withdraw", "user": user_id, "space": space_id, "stream": stream}))])


def listened(streams: Iterable[str]) -> set[str]:
    """Which of these streams somebody hears, in any process. When Redis cannot say: those heard here."""
    return bus.listened(tuple(streams))


def on_change(forget: Callable[[Iterable[str]], None]) -> None:
    """Have `forget` called, from any thread, with the base names of streams on which something was published anywhere."""
    _on_change.append(forget)


def _changed(streams: Iterable[str]) -> None:
    streams = tuple(streams)
    for forget in _on_change:
        try:
            forget(streams)
        except Exception:
            logger.exception("A listener to changes failed.")


hub.on_changed = _changed
