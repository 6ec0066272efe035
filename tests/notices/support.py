"""The post office of the tests: a real SMTP server that answers as it is told, and the worker's turn by hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.core import mail as sent
from django.utils import timezone

from network.activity import worker
from network.activity.models import Activity, Job
from notices.mail import outbox, rounds
from notices.subscribers import notify


class Sink:
    """An SMTP server's ear. `script` holds what it answers to the next mails ("250 OK" when it is empty), or "drop" to cut the line."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.script: deque[str] = deque()
        self.recipients: deque[str] = deque()  # answers to RCPT
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.recipients.popleft() if self.recipients else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.script.popleft() if self.script else "250 OK"
        if answer.startswith("250") or answer == "drop":
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if answer == "drop":
            server.transport.abort()
        return answer


@contextmanager
def post_office(settings: Any = django_settings) -> Iterator[Sink]:
    """A real SMTP server on a free port, which our mails go to."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=0, ready_timeout=10)
    controller.port = free_port()
    controller.start()
    sink.port = controller.port
    before = {name: getattr(settings, name) for name in ("MAIL_TRANSPORT", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_TIMEOUT")}
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "127.0.0.1", controller.port, False, 2
    outbox.forget_line()
    try:
        yield sink
    finally:
        outbox.forget_line()
        for name, value in before.items():
            setattr(settings, name, value)
        controller.stop()


def tell() -> None:
    """The worker's turn of the common lane: every activity told, as often as it likes."""
    for activity in Activity.objects.order_by("pk"):
        notify(activity)


def carry(now: datetime | None = None) -> list[Any]:
    """Gather what is due by `now`, and carry all mails out; what went out by the locmem transport since the last time."""
    before = len(sent.outbox)
    rounds.gather(now)
    work()
    return sent.outbox[before:]


def work() -> None:
    """Every job of the mail lane that is due, one after the other."""
    while worker.work_one("mail"):
        pass


def hasten() -> None:
    """What was put off is due now."""
    Job.objects.filter(lane="mail").update(due_at=timezone.now())
    outbox.forget_line()


def words(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    return part.get_content() if part is not None else ""


def text_of(message: Any) -> SimpleNamespace:
    """The parts of a mail of the locmem transport."""
    return SimpleNamespace(subject=message.subject, text=message.body, html=message.alternatives[0][0] if message.alternatives else "")


def free_port() -> int:
    import socket  # noqa: PLC0415 -- only here

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
