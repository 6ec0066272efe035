"""The IMAP door: a mailbox is asked every minute. What was taken in is moved to Multaqa/done, or, where that may not be, marked as read."""

from __future__ import annotations

import logging
from time import monotonic

from django.conf import settings
from django.db import InterfaceError, OperationalError
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from notices.mail.incoming import receive

logger = logging.getLogger(__name__)

DONE = "Multaqa/done"
AT_ONCE = 50
SECONDS = 30.0  # the job's lease is a minute
_TIMEOUT = 10.0


def fetch() -> int:
    """Take in what is new in the mailbox, and say how many. A mail that cannot be taken in now stays for the next time."""
    if not settings.IMAP_HOST:
        return 0
    until, count = monotonic() + SECONDS, 0
    with _open().login(settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_FOLDER) as box:
        for uid in box.uids("UNSEEN")[:AT_ONCE]:
            if monotonic() > until:
                break
            count += _take(box, uid)
    return count


def _open() -> BaseMailBox:
    if not settings.IMAP_TLS:
        return MailBoxUnencrypted(settings.IMAP_HOST, settings.IMAP_PORT, timeout=_TIMEOUT)
    kind = MailBox if settings.IMAP_PORT != 143 else MailBoxStartTls
    return kind(settings.IMAP_HOST, settings.IMAP_PORT, timeout=_TIMEOUT)


def _take(box: BaseMailBox, uid: str) -> bool:
    raw = _read(box, uid)
    try:
        if raw is not None:
            receive(raw)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the job comes again, and so does the mail
    except Exception:
        # One that we fail at must not stand in the way of all others: somebody looks at it.
        logger.exception("Mail %s could not be taken in; it is flagged in the mailbox.", uid)
        box.flag(uid, ("\\Seen", "\\Flagged"), True)
        return False
    _put_away(box, uid)
    return raw is not None


def _read(box: BaseMailBox, uid: str) -> bytes | None:
    """The mail as it came, without marking it as read; of one too large its head, which is enough to say no."""
    size = _answer(box.client.uid("FETCH", uid, "(RFC822.SIZE)"))
    number = int(digits) if (digits := "".join(filter(str.isdigit, size.decode("ascii", "replace").partition("SIZE")[2]))) else 0
    if number > settings.MAIL_IN_MAX_BYTES:
        logger.warning("Mail %s is larger than MAIL_IN_MAX_BYTES and was left in the mailbox.", uid)
        return None
    return _answer(box.client.uid("FETCH", uid, "(BODY.PEEK[])")) or None


def _answer(found: tuple[str, list[object]]) -> bytes:
    """The longest thing in an answer: the mail, or the line."""
    parts = [one for part in found[1] for one in (part if isinstance(part, tuple) else (part,)) if isinstance(one, bytes)]
    return max(parts, key=len, default=b"")


def _put_away(box: BaseMailBox, uid: str) -> None:
    try:
        if not box.folder.exists(DONE):
            box.folder.create(DONE)
        box.flag(uid, "\\Seen", True)
        box.move(uid, DONE)
    except ImapToolsError:
        logger.info("The mailbox has no folder %s; mail %s stays where it is, marked as read.", DONE, uid)
        box.flag(uid, "\\Seen", True)
