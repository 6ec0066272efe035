"""What mail servers report of mails of ours: one did not arrive (RFC 3464, and the older words of some), or was called unwanted (RFC 5965).

A report is believed only where it knows a secret of the mail: the address of its envelope, or the Message-ID that nobody could guess.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import Message
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from notices.mail import reply_address
from notices.mail.reading import LONGEST_HEADER, addresses, decoded_text, payload
from notices.models import Mail

if TYPE_CHECKING:
    from notices.mail.reading import Letter
    from profiles.models import User

KEPT_DAYS = 40  # mails of ours are kept a month; nothing older is looked for
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ADDRESS = re.compile(r"(?:reply|post|bounce)\+[a-z2-7]{20,60}@[a-z0-9.-]{1,253}", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[^<>\s]{1,253}>")
# 5.x.x, but not because of the address: the box is full, the mail too large, or its words or its sender displeased a filter.
_PASSING = re.compile(r"5\.(?:2\.[234]|3\.4|7\.\d+)")


@dataclass(frozen=True, slots=True)
class Report:
    """`mail` is known where the report proves that it saw it; without one it speaks of nothing of ours."""

    is_complaint: bool
    mail: Mail | None
    user: User | None
    why: str = ""
    failed: bool = True  # not a delay, nor a success
    for_good: bool = False


def read_report(letter: Letter, recipients: Sequence[str]) -> Report | None:
    """What a mail reports, or None when it is no report."""
    kinds = {part.get_content_type() for part in letter.parts}
    if "message/feedback-report" in kinds:
        return _complaint(letter, recipients)
    if "message/delivery-status" in kinds:
        return _failure(letter, recipients)
    return _old_failure(letter, recipients)


def _complaint(letter: Letter, recipients: Sequence[str]) -> Report:
    said = _fields(letter, "message/feedback-report")
    kind = next((value.strip().lower() for name, value in said if name == "feedback-type"), "abuse")
    mail, user = _meant(letter, recipients)
    # "not-spam" takes a complaint back; an authentication failure is the mail server's talk.
    return Report(True, mail, user, kind[:60], failed=kind not in ("not-spam", "auth-failure"))


def _failure(letter: Letter, recipients: Sequence[str]) -> Report:
    said = _fields(letter, "message/delivery-status")
    action = [value.strip().lower() for name, value in said if name == "action"]
    status = next((found.group() for name, value in said if name == "status" and (found := _STATUS.search(value))), "")
    words = next((value for name, value in said if name == "diagnostic-code"), "")
    mail, user = _meant(letter, recipients)
    failed = "failed" in action or (not action and status.startswith(("4", "5")))
    return Report(False, mail, user, f"{status} {words}".strip()[:300], failed, _is_for_good(status))


def _old_failure(letter: Letter, recipients: Sequence[str]) -> Report | None:
    """Servers that write their bounces as prose, to the envelope's address. A person's "I am away" goes there too and says no status."""
    if not any(meant is not None and meant.noun == "mail" for meant in map(reply_address.read, recipients)):
        return None
    sender = letter.senders[0].partition("@")[0] if letter.senders else ""
    found = _STATUS.search(letter.text[:20_000])
    mail, user = _meant(letter, recipients)
    if sender not in ("mailer-daemon", "postmaster", "mail-daemon") or found is None:
        return Report(False, mail, user, "automatic", failed=False)
    return Report(False, mail, user, found.group(), found.group(1) in "45", _is_for_good(found.group()) and found.group(2) == "1")


def _is_for_good(status: str) -> bool:
    return status.startswith("5") and _PASSING.fullmatch(status) is None


# --- Which mail it was ------------------------------------------------------------------------------------------------------
def _meant(letter: Letter, recipients: Sequence[str]) -> tuple[Mail | None, User | None]:
    """The mail, and whose; of a complaint that hides the mail, at least whose it was, by another signed address in it."""
    returned = "\n".join(_returned(letter))[:200_000]
    signed = [reply_address.read(one) for one in (*recipients, *_ADDRESS.findall(returned))]
    for meant in signed:
        if meant is not None and meant.noun == "mail":
            mail = Mail.objects.select_related("user").filter(pk=meant.number).first()
            if mail is not None:
                return mail, _owner(mail)
    if (mail := _by_message_id(returned)) is not None:
        return mail, _owner(mail)
    owners = {meant.user_id for meant in signed if meant is not None and meant.user_id}
    return None, get_user_model().objects.filter(pk__in=owners).first() if len(owners) == 1 else None


def _by_message_id(returned: str) -> Mail | None:
    """Our Message-ID is made of the row and a secret, and kept nowhere: it is asked of the mails to the addresses that the report names."""
    ids = set(_MESSAGE_ID.findall(returned))
    named = {address for line in returned.splitlines() for address in addresses(line.rpartition(";")[2].rpartition(": ")[2])}
    if not ids or not named:
        return None
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    mails = Mail.objects.select_related("user").filter(address__in=sorted(named)[:20], created_at__gt=since).order_by("-pk")[:500]
    return next((mail for mail in mails if any(hmac.compare_digest(mail.message_id, one) for one in ids)), None)


def _owner(mail: Mail) -> User | None:
    return mail.user or get_user_model().objects.filter(email__iexact=mail.address).first()


def _returned(letter: Letter) -> Iterator[str]:
    """Every line of the report's own fields and of the headers it gives back."""
    for part in letter.parts:
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            yield from _lines(message_from_bytes(payload(part)[:64_000], policy=policy.compat32))
        elif kind.startswith("message/"):
            yield from (line for block in _blocks(part) for line in _lines(block))
    if all(part.get_content_maintype() == "text" for part in letter.parts):
        yield from (line for part in letter.parts for line in decoded_text(part)[:64_000].splitlines())


def _fields(letter: Letter, kind: str) -> list[tuple[str, str]]:
    parts = [part for part in letter.parts if part.get_content_type() == kind]
    return [
        (str(name).lower(), " ".join(str(value)[:LONGEST_HEADER].split()))
        for part in parts
        for block in _blocks(part)
        for name, value in block.raw_items()
    ]


def _blocks(part: Message) -> list[Message]:
    inside = part.get_payload()
    return [block for block in inside if isinstance(block, Message)][:50] if isinstance(inside, list) else []


def _lines(message: Message) -> Iterator[str]:
    for name, value in message.raw_items():
        yield f"{name}: {' '.join(str(value)[:LONGEST_HEADER].split())}"


def site_message_id(message_id: str) -> bool:
    """Whether a Message-ID is of our own making; colleagues may write from the same domain."""
    return (
        _MESSAGE_ID.fullmatch(message_id) is not None and message_id.rpartition("@")[2].rstrip(">").lower() == settings.MAIL_DOMAIN.lower()
    )
