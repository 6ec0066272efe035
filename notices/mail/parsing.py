"""A mail that came in, read: who sent it, what it says, what hangs on it, and whether a machine wrote it. Whatever is wrong with it, it is read."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.utils import getaddresses
from hashlib import sha256

from django.conf import settings

from network.text.plain import to_plain
from notices.mail.stripping import answer_of

MOST_PARTS, DEEPEST = 200, 20
MOST_FILES = 10
SMALL_PICTURE = 20_000  # bytes: a picture of a signature, set inside the text
_ADDRESS = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+")
_SUBJECT = re.compile(r"^\s*(?:(?:re|fwd?|tr|rép|رد|ردّ|إعادة توجيه|إحالة)\s*[:：]\s*)+", re.IGNORECASE)
_MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|noreply|do-not-reply|bounces?|majordomo|listserv)(?:[+@-]|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content_type: str
    data: bytes


@dataclass(slots=True)
class Arrived:
    """One mail, as far as it could be read."""

    key: str  # the same mail delivered twice has the same
    sender: str
    recipients: list[str]
    subject: str
    text: str  # the answer, without quotes and signature
    files: list[File] = field(default_factory=list)
    is_automatic: bool = False
    bounce: tuple[str, str] | None = None  # status ("5.1.1") and words, of a report that a mail did not arrive
    is_complaint: bool = False


def read(raw: bytes, recipients: Sequence[str] = ()) -> Arrived:
    """Read a mail. `recipients` are those of the envelope; without them the headers say."""
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 -- the policy makes them
    parts = list(_parts(message))
    named = [value for name in ("Delivered-To", "X-Original-To", "To", "Cc") if (value := _header(message, name))]
    to = [address for address in recipients if address] or [address for _name, address in getaddresses(named) if address]
    sender = next((address.lower() for _name, address in getaddresses([_header(message, "From")]) if _ADDRESS.fullmatch(address)), "")
    message_id = _header(message, "Message-ID").strip()
    plain, html = _words(parts)
    arrived = Arrived(
        key=sha256(message_id.encode() if message_id else raw).hexdigest(),
        sender=sender[:320],
        recipients=to[:50],
        subject=_SUBJECT.sub("", " ".join(_header(message, "Subject").split()))[:200],
        text=answer_of(plain) if plain else answer_of(to_plain(_clean(html))) if html else "",
        files=list(_files(parts))[:MOST_FILES],
        is_automatic=_is_automatic(message, sender),
    )
    _report(parts, arrived)
    return arrived


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The leaves, as many as a person could mean: not ten thousand, not a thousand deep."""
    waiting, count = [(message, 0)], 0
    while waiting and count < MOST_PARTS:
        part, depth = waiting.pop(0)
        count += 1
        inside = part.get_payload() if part.is_multipart() else None
        if part.get_content_maintype() == "message" or not isinstance(inside, list):
            yield part
        elif depth < DEEPEST:
            waiting[:0] = [(one, depth + 1) for one in inside[:MOST_PARTS] if isinstance(one, EmailMessage)]


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, "") or "")
    except Exception:  # a header that the parser itself chokes on says nothing
        return ""


def _words(parts: Sequence[EmailMessage]) -> tuple[str, str]:
    plain, html = [], []
    for part in parts:
        if part.get_content_disposition() == "attachment" or part.get_filename():
            continue
        if part.get_content_type() == "text/plain":
            plain.append(_decoded(part))
        elif part.get_content_type() == "text/html":
            html.append(_decoded(part))
    return "\n".join(plain).strip(), "\n".join(html).strip()


def _decoded(part: EmailMessage) -> str:
    data = _bytes(part)
    charset = (part.get_content_charset() or "utf-8").lower()
    for name in (charset, "utf-8", "windows-1256"):
        try:
            text = data.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
        return _unflowed(text) if str(part.get_param("format", "")).lower() == "flowed" else text
    return data.decode("utf-8", "replace")


def _bytes(part: EmailMessage) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except Exception:  # a transfer encoding that is none
        return b""
    return data if isinstance(data, bytes) else b""


def _unflowed(text: str) -> str:
    """format=flowed (RFC 3676): a line that ends in a space goes on in the next."""
    return re.sub(r"(?<!^--)(?<!\n--) \r?\n(?!>)", " ", text)


def _clean(html: str) -> str:
    from network.text import clean_html  # noqa: PLC0415 -- only for mails without plain text

    try:
        return clean_html(re.sub(r"(?is)<(style|script|head)\b.*?</\1>", "", html[:500_000])).html
    except Exception:  # too deep, too long: what nobody can read is nothing
        return ""


def _files(parts: Sequence[EmailMessage]) -> Iterator[File]:
    for part in parts:
        name = part.get_filename()
        if not name or part.get_content_type() in ("text/calendar", "application/pkcs7-signature", "application/pgp-signature"):
            continue
        data = _bytes(part)
        inside = part.get_content_disposition() == "inline" or _header(part, "Content-ID")
        if not data or (inside and part.get_content_maintype() == "image" and len(data) < SMALL_PICTURE):
            continue
        yield File(" ".join(str(name).split())[:200], part.get_content_type(), data)


def _is_automatic(message: EmailMessage, sender: str) -> bool:
    """Whether a machine wrote it: such a mail is never answered, or two machines write to each other for ever."""
    auto = _header(message, "Auto-Submitted").strip().lower()
    precedence = _header(message, "Precedence").strip().lower()
    return (
        (bool(auto) and not auto.startswith("no"))
        or precedence in ("bulk", "list", "junk", "auto_reply")
        or any(message.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "List-Id", "List-Unsubscribe"))
        or _header(message, "Return-Path").strip() == "<>"
        or not sender
        or _MACHINES.match(sender) is not None
        or sender.rpartition("@")[2] in (settings.MAIL_IN_DOMAIN.lower(), settings.MAIL_DOMAIN.lower())
    )


def _report(parts: Sequence[EmailMessage], arrived: Arrived) -> None:
    """What a mail server reports: a mail that did not arrive (RFC 3464), or that somebody called unwanted (RFC 5965)."""
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/feedback-report"):
            words = "\n".join(str(one) for one in part.get_payload()) if part.is_multipart() else _decoded(part)
            arrived.is_automatic = True
            if kind == "message/feedback-report":
                arrived.is_complaint = True
            elif (status := re.search(r"(?im)^Status:\s*([245]\.\d{1,3}\.\d{1,3})", words)) is not None:
                said = re.search(r"(?im)^Diagnostic-Code:\s*(.+)$", words)
                arrived.bounce = status[1], " ".join((said[1] if said else "").split())[:200]
