"""Addresses that mean a person and a thing, signed: whoever knows one may do no more with it than write there as that person.

A local part is at most 64 characters long, and mail programs change its case: small letters and digits only.
"""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings

REPLY, POST, BOUNCE = "reply", "post", "bounce"
DAYS = 30  # how long one may answer a mail
_THREADS = ("topic", "conversation")
_FORMAT = ">BIQH"  # kind, person, thing, last day
_MAC = 10  # 80 bits


@dataclass(frozen=True, slots=True)
class Meant:
    """What an address of ours means: `purpose`, the person, and the thread (`topic.42`), the space or the mail."""

    purpose: str
    user_id: int
    number: int
    thread: str = ""
    is_over: bool = False  # it was ours, and its time has gone by


def reply_address(user_id: int, thread: str) -> str:
    """Where this person answers this thread by mail for 30 days; nothing when no mail is taken, or the thread has no answers."""
    kind, _dot, number = thread.partition(".")
    if not settings.MAIL_IN_DOMAIN or kind not in _THREADS:
        return ""
    return _address(REPLY, _THREADS.index(kind), user_id, int(number), _today() + DAYS)


def post_address(user_id: int, space_id: int) -> str:
    """Where a mail of this person opens a topic in a space. It does not expire: whether they may is asked when it comes."""
    return _address(POST, 0, user_id, space_id, 0) if settings.MAIL_IN_DOMAIN else ""


def bounce_address(mail_id: int) -> str:
    """Where the news that this mail did not arrive is sent."""
    return _address(BOUNCE, 0, 0, mail_id, 0) if settings.MAIL_IN_DOMAIN else ""


def read(address: str) -> Meant | None:
    """What an address means; None for one that is not ours or was tampered with."""
    local, _at, domain = address.strip().strip("<>").lower().rpartition("@")
    purpose, plus, token = local.partition("+")
    if not plus or purpose not in (REPLY, POST, BOUNCE) or domain != settings.MAIL_IN_DOMAIN.lower():
        return None
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        kind, user_id, number, day = struct.unpack(_FORMAT, raw[:-_MAC])
    except (ValueError, struct.error):
        return None
    if not any(hmac.compare_digest(_mac(key, purpose, raw[:-_MAC]), raw[-_MAC:]) for key in _keys()):
        return None
    thread = f"{_THREADS[kind]}.{number}" if purpose == REPLY and kind < len(_THREADS) else ""
    return Meant(purpose, user_id, number, thread, is_over=bool(day) and day < _today())


def _address(purpose: str, kind: int, user_id: int, number: int, day: int) -> str:
    raw = struct.pack(_FORMAT, kind, user_id, number, day)
    token = base64.b32encode(raw + _mac(settings.SECRET_KEY, purpose, raw)).decode().rstrip("=").lower()
    return f"{purpose}+{token}@{settings.MAIL_IN_DOMAIN}"


def _mac(key: str, purpose: str, raw: bytes) -> bytes:
    # The purpose is signed too: an address to answer a topic must not be turned into one that opens topics.
    return hmac.new(f"notices.mail.reply:{key}".encode(), f"{purpose}:".encode() + raw, sha256).digest()[:_MAC]


def _keys() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _today() -> int:
    return int(time.time() // 86_400)
