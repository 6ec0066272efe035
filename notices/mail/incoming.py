"""Mail that comes in, through whichever door: a reply to a thread, a topic for a group, a report about a mail of ours. Everything else is left alone.

The address says where a mail belongs and whose it is; its sender must be that person; and then it is as if they had written on the page: the
same forms, the same rights, the same rates. What is refused goes back to its writer with the reason, never to a machine.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from email.utils import parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import translation

from network import text
from notices.actions import incoming as actions
from notices.mail import posting, refusal, reply_address
from notices.mail.quotes import own_words, unsigned
from notices.mail.reading import Letter, Unreadable, read_mail
from notices.mail.reports import Report, read_report, site_message_id
from notices.models import Incoming

if TYPE_CHECKING:
    from notices.mail.reply_address import Meant
    from profiles.models import User

MOST_PLACES = 5  # addresses of ours that one mail may be sent to
Outcome = Incoming.Outcome

_ROBOTS = re.compile(
    r"(?:mailer-daemon|mail-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|daemon|listserv|majordomo)(?:[+=._-].*)?@", re.IGNORECASE
)
_MACHINES_SAY = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponse", "list-id", "list-post", "x-loop")
_SENT_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")


def receive(raw: bytes, *, recipients: Sequence[str] = ()) -> Incoming:
    """Take one mail in, once however often it is delivered, and say what became of it. `recipients`: the envelope's, where they are known.

    Returns when all is committed. Raises only when it should be delivered again: the database is away.
    """
    try:
        letter = read_mail(raw, most_bytes=settings.MAIL_IN_MAX_BYTES)
    except Unreadable:
        return actions.keep(_key(sha256(raw).hexdigest()), Outcome.IGNORED, why="unreadable")
    sent_to = list(dict.fromkeys([*(one.strip("<> ").lower() for one in recipients), *_named(letter)]))
    identity = letter.message_id or sha256(raw).hexdigest()
    if (report := read_report(letter, sent_to)) is not None:
        return _reported(_key(identity), report)
    why = automatic(letter)
    places = [(address, meant) for address in sent_to if (meant := reply_address.read(address)) is not None and meant.noun != "mail"]
    if why or not places:
        return actions.keep(_key(identity), Outcome.IGNORED, sender=_sender(letter), why=why or "no address of ours")
    rows = [_take(letter, meant, _key(identity, meant)) for meant in dict.fromkeys(meant for _address, meant in places[:MOST_PLACES])]
    return rows[0]


def automatic(letter: Letter) -> str:
    """Why nobody wrote this mail, "" when somebody did: machines are not answered, or they would answer back."""
    return next(_signs_of_machines(letter), "")


def _signs_of_machines(letter: Letter) -> Iterator[str]:
    if (said := letter.header("auto-submitted").lower()) and not said.startswith("no"):
        yield "auto-submitted"
    if letter.header("precedence").lower() in ("bulk", "list", "junk", "auto_reply"):
        yield "precedence"
    yield from (name for name in _MACHINES_SAY if letter.header(name))
    if letter.headers("return-path") and not letter.header("return-path").strip("<> "):
        yield "return-path"
    if len(letter.senders) != 1 or len(letter.headers("from")) != 1:
        yield "from"
    elif _ROBOTS.match(letter.senders[0]) or _is_ours(letter.senders[0]):
        yield "sender"
    if site_message_id(letter.message_id):
        yield "message-id"
    if _is_forged(letter):
        yield "forged"


def _is_ours(sender: str) -> bool:
    """One of our own addresses; not everybody of our domain, where the secretariat's people have theirs."""
    return sender == parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower() or reply_address.read(sender) is not None


def _is_forged(letter: Letter) -> bool:
    """Whether the mail server that we trust (MAIL_IN_AUTHSERV) says that the sender's domain disowns the mail."""
    server = settings.MAIL_IN_AUTHSERV.lower()
    results = letter.headers("authentication-results") if server else []
    ours = next((said for said in (result.lower() for result in results) if re.split(r"[;\s]", said, maxsplit=1)[0] == server), "")
    return "dmarc=fail" in ours


# --- Reports ----------------------------------------------------------------------------------------------------------------
def _reported(key: str, report: Report) -> Incoming:
    if not report.failed or (report.mail is None and report.user is None):
        return actions.keep(key, Outcome.IGNORED, user=report.user, why=report.why or "of no mail of ours")
    if report.is_complaint:
        return actions.called_unwanted(key, report.user, report.why)
    return actions.came_back(key, report.user, report.mail, report.why, for_good=report.for_good)


# --- Words ------------------------------------------------------------------------------------------------------------------
def _take(letter: Letter, meant: Meant, key: str) -> Incoming:
    """Post a mail where its address says, as the person whose address it is; or refuse it, to whoever sent it."""
    if (known := Incoming.objects.filter(message_key=key).first()) is not None:
        return known
    user, sender = get_user_model().objects.select_related("page").filter(pk=meant.user_id).first(), _sender(letter)
    if user is None or not user.is_active:
        return actions.keep(key, Outcome.IGNORED, sender=sender, why="no such account")
    words = unsigned(letter.text) if meant.noun == "space" else own_words(letter.text)
    if not _is_of(user, sender):
        language = text.language_of(words or letter.subject, settings.LANGUAGE_CODE)
        with translation.override(language):
            # Without their words: whoever forges a sender must not make us write to them what he likes.
            return refusal.refuse(key, refusal.Refused(sender, language, refusal.wrong_sender()), user=None)
    with translation.override(user.language):
        try:
            path = _post(
                user, meant, posting.Written(words, letter.subject, letter.files, uuid.uuid5(uuid.NAMESPACE_URL, f"mail:{key}")), letter
            )
        except posting.Refused as refused:
            back = refusal.Refused(sender, user.language, str(refused), letter.subject, words or letter.text)
            return refusal.refuse(key, back, user=user)
    return actions.keep(key, Outcome.POSTED, sender=sender, user=user, path=path)


def _post(user: User, meant: Meant, mail: posting.Written, letter: Letter) -> str:
    if meant.expired:
        raise posting.Refused(refusal.expired())
    if not letter.is_whole:
        raise posting.Refused(refusal.too_large())
    if not mail.words.strip() and not mail.files:
        raise posting.Refused(refusal.empty())
    return posting.post(user, meant, mail)


def _is_of(user: User, sender: str) -> bool:
    from allauth.account.models import EmailAddress  # noqa: PLC0415 -- app ready

    return sender == user.email.lower() or EmailAddress.objects.filter(user=user, verified=True, email__iexact=sender).exists()


def _sender(letter: Letter) -> str:
    return letter.senders[0][:320] if letter.senders else ""


def _named(letter: Letter) -> list[str]:
    """The addresses of ours in the mail's own headers, for doors that know no envelope."""
    found = re.findall(
        r"(?:reply|post|bounce)\+[a-z2-7]{20,60}@[a-z0-9.-]{1,253}", " ".join(letter.header(name) for name in _SENT_TO), re.IGNORECASE
    )
    return [one.lower() for one in found[: 4 * MOST_PLACES]]


def _key(identity: str, meant: Meant | None = None) -> str:
    place = f"{meant.user_id}:{meant.thread}" if meant is not None else ""
    return sha256(f"{identity}\n{place}".encode("utf-8", "surrogateescape")).hexdigest()


__all__ = ["automatic", "receive"]
