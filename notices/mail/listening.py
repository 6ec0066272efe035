"""The SMTP and LMTP door (aiosmtpd): mail for addresses of ours comes in, "250" is said when it is committed, and nothing is relayed anywhere."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from notices.mail import reply_address
from notices.mail.incoming import receive

logger = logging.getLogger(__name__)

RECIPIENTS_MOST = 20
IDLE_SECONDS = 60.0  # a line on which nothing comes is cut
_OK, _LATER = "250 2.0.0 Taken", "451 4.3.0 Not now, please try again"


class Door:
    """What is said to a mail server. Every mail is taken in by a thread of the pool: a few at a time, the others wait on their lines."""

    def __init__(self, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="mail-in")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS_MOST:
            return "452 4.5.3 Too many recipients"
        if not is_ours(address):
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        if not envelope.mail_from:
            raw = b"Return-Path: <>\r\n" + raw  # the envelope says that a machine wrote it; no header of theirs says otherwise
        answer = await asyncio.get_running_loop().run_in_executor(self._pool, _take_in_thread, raw, tuple(envelope.rcpt_tos))
        # LMTP is answered once a recipient.
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if isinstance(server, LMTP) else answer

    def close(self) -> None:
        self._pool.shutdown(wait=True)


def is_ours(address: str) -> bool:
    """Whether mail to this address is for us: one that we signed, or the one our mails come from, to which bounces go."""
    return reply_address.read(address) is not None or address.strip("<> ").lower() == parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()


def take(raw: bytes, recipients: tuple[str, ...]) -> str:
    """Take one mail in and answer for it: 250 when it is committed, 451 while it cannot be."""
    try:
        close_old_connections()
        receive(raw, recipients=recipients)
    except (OperationalError, InterfaceError):
        logger.warning("A mail came in while the database was away; it will come again.")
        return _LATER
    except Exception:
        logger.exception("A mail could not be taken in; it will come again.")
        return _LATER
    finally:
        close_old_connections()
    return _OK


def _take_in_thread(raw: bytes, recipients: tuple[str, ...]) -> str:
    """As `take`; the thread's connection ends with the mail, for nobody would close it when the listener stops."""
    try:
        return take(raw, recipients)
    finally:
        connections.close_all()


class Listener(Controller):
    """Listens in a thread of its own, from `start()` to `stop()`."""

    def __init__(self, host: str, port: int, *, lmtp: bool = False) -> None:
        self.door, self._protocol = Door(), LMTP if lmtp else SMTP
        super().__init__(self.door, hostname=host, port=port)

    def factory(self) -> SMTP:
        options: dict[str, Any] = {
            "data_size_limit": settings.MAIL_IN_MAX_BYTES,
            "timeout": IDLE_SECONDS,
            "hostname": settings.MAIL_IN_DOMAIN or "localhost",
            "ident": "Multaqa",
            "enable_SMTPUTF8": True,
        }
        return self._protocol(self.door, **options)

    def stop(self, no_assert: bool = False) -> None:
        super().stop(no_assert)
        self.door.close()


def listen(host: str, port: int, *, lmtp: bool, stop: threading.Event) -> None:
    """Listen until `stop` is set; what is in hand is finished."""
    listener = Listener(host, port, lmtp=lmtp)
    listener.start()
    try:
        while not stop.wait(3600):
            pass
    finally:
        listener.stop()
