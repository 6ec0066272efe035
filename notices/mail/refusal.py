"""A polite no to a mail that could not be posted: why, what can be done, and the words that came, so that nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network.text.language import direction
from notices.actions import incoming as actions
from notices.mail import outbox
from notices.mail.letter import Letter
from notices.mail.render import render
from notices.models import Incoming, Mail

if TYPE_CHECKING:
    from profiles.models import User

EVERY = timedelta(hours=1)  # one refusal an address: two machines that answer each other stop here
WORDS_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Refused:
    """To whom, in which language, why; and the subject and words that are given back to whom they belong."""

    address: str
    language: str
    sentence: str
    subject: str = ""
    words: str = ""


def wrong_sender() -> str:
    return _(
        "You wrote from an address that is not the one of this account. Write from the address with which you sign in, or reply on the platform."
    )


def expired() -> str:
    return _("The mail you answered is too old: its reply address was valid for thirty days. Please reply on the platform.")


def too_large() -> str:
    return _("Your mail is too large. Send fewer or smaller files, 25 MB each at most, or attach them on the platform.")


def empty() -> str:
    return _("We found no words of yours in it, only what you answered or a signature. Write above the text that you answer.")


@transaction.atomic
def refuse(key: str, refused: Refused, *, user: User | None) -> Incoming:
    """Remember that this mail was refused, and tell its sender, unless they were told within the hour."""
    known = Incoming.objects.filter(message_key=key).first()
    if known is not None:
        return known
    now = timezone.now()
    lately = Mail.objects.filter(kind=Mail.Kind.REFUSAL, address=refused.address, created_at__gt=now - EVERY)
    if not lately.exists():
        # The hour in the key: two doors that refuse at the same moment write one mail.
        whom = sha256(refused.address.encode()).hexdigest()[:32]
        outbox.post(
            Mail.Kind.REFUSAL,
            f"refusal:{whom}:{int(now.timestamp()) // 3600}",
            address=refused.address,
            language=refused.language,
            why=refused.sentence,
            subject=refused.subject[:200],
            words=refused.words[:WORDS_MOST].replace("\0", ""),
        )
    return actions.keep(key, Incoming.Outcome.REFUSED, sender=refused.address, user=user, why=refused.sentence)


def compose(mail: Mail) -> Letter | None:
    """The refusal as it is sent. It answers nobody's mail by its headers, and says to every machine that it is one itself."""
    about = mail.about
    words = about.get("words", "")
    context = {
        "subject": _("Your mail was not posted"),
        "why": about.get("why", ""),
        "title": about.get("subject", ""),
        "words": words,
        "way": direction(words),
    }
    html, text = render("refusal", context)
    return Letter(context["subject"], text, html, headers={"Auto-Submitted": "auto-replied"})
