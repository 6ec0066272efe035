"""What a client may send: four frames, each with exactly its fields. Everything else is refused with a word, and harms nobody."""

import json
from typing import Any

DEPTH = 5
MOST_NAMES = 50


class FrameError(ValueError):
    """The frame is refused; the text is the code that the client is told."""


def read_frame(text: str | None) -> dict[str, Any]:
    """The frame, checked field by field. Raises FrameError with a code: malformed, too-deep, unknown-type, bad-fields."""
    if text is None:
        raise FrameError("malformed")
    try:
        frame = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_small)
    except FrameError:
        raise
    except (ValueError, RecursionError):
        raise FrameError("malformed") from None
    if not isinstance(frame, dict):
        raise FrameError("malformed")
    if _deeper(frame, DEPTH):
        raise FrameError("too-deep")
    kind = frame.get("type")
    fields = _FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        raise FrameError("unknown-type")
    if frame.keys() != {"type", *fields} or not all(allowed(frame[name]) for name, allowed in fields.items()):
        raise FrameError("bad-fields")
    return frame


def _name(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= 40


def _names(value: Any) -> bool:
    return type(value) is list and 0 < len(value) <= MOST_NAMES and all(map(_name, value))


def _flag(value: Any) -> bool:
    return type(value) is bool


_FIELDS: dict[str, dict[str, Any]] = {
    "subscribe": {"streams": _names},
    "unsubscribe": {"streams": _names},
    "typing": {"stream": _name},
    "here": {"stream": _name, "visible": _flag},
}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FrameError("malformed")  # two fields of one name: whoever reads the other one is deceived
    return found


def _no_constant(word: str) -> Any:
    raise FrameError("malformed")


def _small(digits: str) -> int:
    if len(digits) > 20:
        raise FrameError("malformed")
    return int(digits)


def _deeper(value: Any, left: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if left == 0:
        return True
    return any(_deeper(item, left - 1) for item in (value.values() if isinstance(value, dict) else value))
