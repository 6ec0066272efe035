"""Mail as people send it, for the tests of what comes in."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import pytest


@pytest.fixture
def takes_mail(settings: Any) -> None:
    """The site takes mail at in.multaqa.example; the worker's own lines and mails are of another domain."""
    settings.MAIL_IN_DOMAIN = "in.multaqa.example"
    settings.MAIL_DOMAIN, settings.DEFAULT_FROM_EMAIL = "multaqa.example", "Multaqa <multaqa@multaqa.example>"


def mail(to: str, body: str = "Yes.", *, by: str = "ezz@example.org", subject: str = "Re: سؤال", **headers: str) -> EmailMessage:
    """A mail as a mail program makes it; headers by their names with _ for -."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = by, to, subject
    message["Message-ID"] = make_msgid(domain="example.org")
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message
