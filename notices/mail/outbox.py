"""Mail waits in its own rows and goes out by the queue: once a key, tried again while it cannot be delivered, its words made when it is sent.

A worker that dies between the mail server's "250" and the commit sends the mail again, under the same Message-ID: no mailbox shows it twice.
"""

from __future__ import annotations

import logging
import random
import smtplib
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from network import compiled
from network.activity.recording import later, later_all
from notices.mail.letter import Letter
from notices.models import Incoming, Mail, Preferences
from notices.models.preferences import preferences_at_hand

if TYPE_CHECKING:
    from profiles.models import User

logger = logging.getLogger(__name__)

# Who composes each kind: `compose(mail) -> Letter | None`, None when there is nothing (any more) to say.
COMPOSERS = {
    Mail.Kind.DIGEST: "notices.mail.digest.compose",
    Mail.Kind.NOTICES: "notices.mail.notices.compose",
    Mail.Kind.NEWSLETTER: "notices.mail.newsletter.compose",
    Mail.Kind.TEST: "notices.mail.digest.compose_test",
    Mail.Kind.REFUSAL: "notices.mail.refusal.compose",
    Mail.Kind.READY: "notices.mail.outbox.compose_ready",
}
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 3600.0
AWAY_SECONDS = 20.0  # after a connection that failed nobody knocks again for so long
IDLE_SECONDS = 20.0  # a connection is kept for the next mail so long


# --- Asking for a mail ------------------------------------------------------------------------------------------------------
@transaction.atomic
def post(kind: str, key: str, *, user: User | None = None, address: str = "", **about: Any) -> None:
    """Have a mail sent, once however often it is asked for under this key; in the caller's transaction. To a person, or to an address."""
    post_all([Mail(kind=kind, key=key, user=user, address=address or (user.email if user is not None else ""), about=about)])


@transaction.atomic
def post_all(mails: Sequence[Mail]) -> list[Mail]:
    """Have many mails sent; those whose key is known already are left as they are. Returns the rows that are there now."""
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
    rows = list(Mail.objects.filter(key__in=[mail.key for mail in mails], state=Mail.State.WAITING))
    queue(rows)
    return rows


def queue(mails: Iterable[Mail]) -> None:
    """Have rows that are there carried out; asked for twice is once."""
    later_all("mail.send", [(f"mail:{mail.pk}", {"mail_id": mail.pk}) for mail in mails])


class Backend(BaseEmailBackend):
    """Django's door for mail: what libraries send (sign-in codes, new addresses) waits in the outbox too, so that no page waits for SMTP."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        count = 0
        for message in email_messages:
            for address in message.recipients():
                parsed = message.message()
                html = next((str(part.content) for part in getattr(message, "alternatives", ()) if part.mimetype == "text/html"), "")
                key = f"ready:{parsed['Message-ID']}:{address}"[:120]
                post(Mail.Kind.READY, key, address=address, subject=str(message.subject), text=str(message.body), html=html)
                count += 1
        return count


def compose_ready(mail: Mail) -> Letter:
    about = mail.about
    return Letter(about["subject"], about["text"], about["html"])


def compose(mail: Mail) -> Letter | None:
    """The words of a mail as they are now, in its reader's language; None when there is nothing (any more) to say."""
    language = mail.user.language if mail.user is not None else mail.about.get("language", settings.LANGUAGE_CODE)
    composer: Callable[[Mail], Letter | None] = import_string(COMPOSERS[Mail.Kind(mail.kind)])
    with translation.override(language):
        return composer(mail)


# --- Sending ---------------------------------------------------------------------------------------------------------------
def send(mail_id: int) -> str:
    """Send one mail, if it still waits; returns its state. Called at least once: the row knows when it is done."""
    if _is_away():
        return _once_more(mail_id, _AWAY.why)
    mail = Mail.objects.select_related("user__page__country", "user__preferences").filter(pk=mail_id).first()
    if mail is None or mail.state != Mail.State.WAITING:
        return mail.state if mail is not None else ""
    # No row is held, and no write lock of SQLite, while words are made and the mail server takes its time: the job's lease keeps others away.
    if mail.user is not None and not _takes(mail.user, mail):
        return _end(mail, Mail.State.DROPPED)
    letter = compose(mail)
    if letter is None:
        return _end(mail, Mail.State.DROPPED)
    mail.subject, mail.attempts = " ".join(letter.subject.split())[:250], mail.attempts + 1
    compiled.update(mail, "subject", "attempts", "address")
    return _carry(letter, mail)


def _carry(letter: Letter, mail: Mail) -> str:
    """To the mail server, and what it says to it."""
    try:
        _hand_over(letter, mail)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        return _refused(mail, code, words)
    except smtplib.SMTPResponseException as refused:
        return _refused(mail, refused.smtp_code, refused.smtp_error)
    except (OSError, smtplib.SMTPException) as error:  # no answer, or a line that was cut
        _AWAY.since(f"{type(error).__name__}: {error}")
        return _once_more(mail.pk, _AWAY.why)
    return _end(mail, Mail.State.SENT)


def _takes(user: User, mail: Mail) -> bool:
    """Whether the person still gets mail: not after their account was closed, nor at an address that does not work."""
    if not user.is_active:
        return False
    if mail.kind == Mail.Kind.READY:
        return True
    mail.address = user.email  # they may have changed it since
    preferences = preferences_at_hand(user)
    return preferences is None or preferences.paused_at is None


def _end(mail: Mail, state: str) -> str:
    # What a sign-in mail said, and the words given back with a refusal, are nobody's after they were sent.
    mail.state, mail.sent_at = state, timezone.now() if state == Mail.State.SENT else None
    if mail.kind in (Mail.Kind.READY, Mail.Kind.REFUSAL):
        mail.about = {}
    compiled.update(mail, "state", "sent_at", "about")
    if mail.sent_at is not None and mail.user is not None and (kept := preferences_at_hand(mail.user)) is not None and kept.bounces:
        Preferences.objects.filter(pk=kept.pk).update(bounces=0)
    return state


def _refused(mail: Mail, code: int, words: bytes | str) -> str:
    """4xx: later. 5xx: never, and for an address that does not exist the person is asked for another one."""
    from notices.actions.addresses import bounced  # noqa: PLC0415 -- it tells by notices, which are mailed by this

    said = f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"[:500]
    if 400 <= code < 500:
        return _once_more(mail.pk, said)
    with transaction.atomic():
        Mail.objects.filter(pk=mail.pk).update(last_error=said)
        _end(mail, Mail.State.STOPPED)
        if mail.user is not None:
            bounced(mail.user, said, for_good=True)
    return Mail.State.STOPPED


@transaction.atomic
def _once_more(mail_id: int, why: str) -> str:
    """Later, a little later each time; after MAIL_PATIENCE_DAYS not at all."""
    mail = Mail.objects.select_for_update().get(pk=mail_id)
    if mail.state != Mail.State.WAITING:
        return mail.state
    if timezone.now() - mail.created_at > timedelta(days=settings.MAIL_PATIENCE_DAYS):
        Mail.objects.filter(pk=mail_id).update(last_error=why)
        return _end(mail, Mail.State.STOPPED)
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempts, 10), LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311  # nosec B311 # jitter
    Mail.objects.filter(pk=mail_id).update(last_error=why[:500])
    later("mail.send", due_at=timezone.now() + timedelta(seconds=pause), mail_id=mail_id)
    return Mail.State.WAITING


def sweep(*, keep_days: int = 30) -> int:
    """What was sent, dropped or stopped a month ago is forgotten; a digest that had nothing to say, after three days. What came in, after three months."""
    now = timezone.now()
    done = Mail.objects.exclude(state=Mail.State.WAITING)
    gone = done.filter(created_at__lt=now - timedelta(days=keep_days)).delete()[0]
    Incoming.objects.filter(received_at__lt=now - timedelta(days=3 * keep_days)).delete()
    return gone + done.filter(state=Mail.State.DROPPED, created_at__lt=now - timedelta(days=3)).delete()[0]


# --- The line to the mail server ---------------------------------------------------------------------------------------------
class _Away:
    """The mail server did not answer: nobody waits for its time-out again before a while is over."""

    until, why = 0.0, ""

    def since(self, why: str) -> None:
        self.until, self.why = monotonic() + AWAY_SECONDS, why


_AWAY, _LINE = _Away(), threading.local()


def _is_away() -> bool:
    return monotonic() < _AWAY.until


def _hand_over(letter: Letter, mail: Mail) -> None:
    kept: tuple[BaseEmailBackend, float, str] | None = getattr(_LINE, "kept", None)
    if kept is not None and (kept[1] < monotonic() or kept[2] != settings.MAIL_TRANSPORT):
        _close(kept[0])
        kept = None
    line = kept[0] if kept is not None else get_connection(settings.MAIL_TRANSPORT)
    _LINE.kept = None
    message = letter.message(mail, line)
    try:
        if kept is None:
            line.open()
        line.send_messages([message])
    except smtplib.SMTPServerDisconnected:
        _close(line)
        if kept is None:
            raise
        # A kept line that the server has closed meanwhile is no failure: a new one.
        line = get_connection(settings.MAIL_TRANSPORT)
        line.open()
        line.send_messages([letter.message(mail, line)])
    except Exception:
        _close(line)
        raise
    _LINE.kept = (line, monotonic() + IDLE_SECONDS, settings.MAIL_TRANSPORT)


def _close(line: BaseEmailBackend) -> None:
    try:
        line.close()
    except Exception:
        logger.debug("The line to the mail server did not close cleanly.", exc_info=True)


def forget_line() -> None:
    """Close this thread's line, and believe the mail server back (tests, and a changed setting)."""
    if (kept := getattr(_LINE, "kept", None)) is not None:
        _close(kept[0])
        _LINE.kept = None
    _AWAY.until = 0.0
