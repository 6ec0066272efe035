"""A composed mail, ready to be sent, and the headers every mail of ours carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import formataddr, formatdate, parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from notices.mail.reply_address import bounce_address

if TYPE_CHECKING:
    from notices.models import Mail


@dataclass(frozen=True, slots=True)
class Letter:
    """What a composer gives back: words in the reader's language. `sender` stands as the name beside our own address."""

    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def message(self, mail: Mail, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
        """The message for this row, under its Message-ID. Nothing written by people can add a header: line ends become spaces."""
        name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        headers = {
            "Message-ID": mail.message_id,
            "Date": formatdate(mail.created_at.timestamp()),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "From": formataddr((_line(self.sender or name), address)),
            **{key: _line(value) for key, value in self.headers.items()},
        }
        message = EmailMultiAlternatives(
            _line(self.subject)[:250],
            self.text,
            bounce_address(mail.pk) or address,  # of the envelope: where it is told that the mail did not arrive
            [mail.address],
            headers=headers,
            reply_to=[self.reply_to] if self.reply_to else None,
            connection=connection,
        )
        if self.html:
            message.attach_alternative(self.html, "text/html")
        return message


def _line(text: str) -> str:
    return " ".join(text.split())
