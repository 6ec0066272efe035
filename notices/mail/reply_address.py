"""Addresses that say by themselves whose they are and where they lead: `reply+…` into a thread, `post+…` into a group, `bounce+…` to a mail of ours.

The sign after the `+` is base32, which survives servers that write addresses in one case; nobody who cannot sign makes one, and one that was
changed leads nowhere. It proves where a mail belongs, not who sent it: that is asked of its sender (notices.mail.incoming).
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b32decode, b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from struct import Struct

from django.conf import settings
from django.utils import timezone

REPLY_DAYS = 30

_FIRST_DAY = date(2020, 1, 1)
_PACKED = Struct(">BQQH")  # what, whose, which, last day: 19 bytes
_PROOF_BYTES = 11  # 88 bits; 30 bytes in all are 48 letters, without a bit left over that could be changed unnoticed
_LETTERS = 48
# Numbers on the wire: never given to another thing.
_NUMBERS = {"topic": 1, "conversation": 2, "space": 3, "mail": 4}
_NAMES = {number: name for name, number in _NUMBERS.items()}
_DOORS = {"topic": "reply", "conversation": "reply", "space": "post", "mail": "bounce"}


@dataclass(frozen=True, slots=True)
class Meant:
    """What an address of ours says: whose it is (0 for a bounce), and where it leads: `topic.42`, `conversation.7`, `space.3`, `mail.9`."""

    user_id: int
    thread: str
    expired: bool = False

    @property
    def noun(self) -> str:
        return self.thread.partition(".")[0]

    @property
    def number(self) -> int:
        return int(self.thread.partition(".")[2])


def reply_address(user_id: int, thread: str) -> str:
    """Where this person answers by mail in `topic.42` or `conversation.7`, for thirty days; "" when no mail is taken or it is no such thread."""
    noun, _dot, number = thread.partition(".")
    if _DOORS.get(noun) != "reply" or not number.isdecimal():
        return ""
    return _address(noun, user_id, int(number), timezone.now().date() + timedelta(days=REPLY_DAYS))


def post_address(user_id: int, space_id: int) -> str:
    """Where this person's mail opens a topic in a space, for as long as they may; "" when no mail is taken."""
    return _address("space", user_id, space_id)


def bounce_address(mail_id: int) -> str:
    """The envelope sender of one mail of ours, so that whatever comes back says which it was; "" when no mail is taken."""
    return _address("mail", 0, mail_id)


def read(address: str) -> Meant | None:
    """What an address says, by our key or an older one; None when it is none of ours or was changed. One that is too old says so."""
    local, _at, domain = address.strip().strip("<>").lower().rpartition("@")
    door, plus, sign = local.partition("+")
    if not plus or len(sign) != _LETTERS or not settings.MAIL_IN_DOMAIN or domain != settings.MAIL_IN_DOMAIN.lower():
        return None
    try:
        token = b32decode(sign.upper())
    except (binascii.Error, ValueError):
        return None
    packed, proof = token[: _PACKED.size], token[_PACKED.size :]
    if not any(hmac.compare_digest(proof, _proof(key, packed)) for key in _keys()):
        return None
    what, user_id, number, last_day = _PACKED.unpack(packed)
    noun = _NAMES.get(what, "")
    if _DOORS.get(noun) != door:
        return None
    expired = bool(last_day) and timezone.now().date() > _FIRST_DAY + timedelta(days=last_day)
    return Meant(user_id, f"{noun}.{number}", expired)


def _address(noun: str, user_id: int, number: int, until: date | None = None) -> str:
    if not settings.MAIL_IN_DOMAIN:
        return ""
    packed = _PACKED.pack(_NUMBERS[noun], user_id, number, (until - _FIRST_DAY).days if until is not None else 0)
    sign = b32encode(packed + _proof(settings.SECRET_KEY, packed)).decode().lower()
    return f"{_DOORS[noun]}+{sign}@{settings.MAIL_IN_DOMAIN}"


def _keys() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _proof(key: str, packed: bytes) -> bytes:
    """By a key of its own: a proof from here opens nothing else that SECRET_KEY signs."""
    own = sha256(b"notices.mail.reply_address:" + key.encode()).digest()
    return hmac.digest(own, packed, "sha256")[:_PROOF_BYTES]
