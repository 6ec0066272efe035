"""`manage.py receive`: one mail from standard input, or a listener for a mail server in front (LMTP or SMTP)."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, close_old_connections

from notices.actions.incoming import receive
from notices.mail import reply_address


class Command(BaseCommand):
    help = "Take mail in: one from standard input, or, with --listen, all that a mail server in front hands over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recipients", nargs="*", help="whom the envelope names (default: the mail's own headers)")
        parser.add_argument("--listen", metavar="HOST:PORT", help="listen instead, for example 127.0.0.1:8024")
        parser.add_argument("--lmtp", action="store_true", help="speak LMTP, as Postfix's lmtp transport does, instead of SMTP")

    def handle(self, *args: object, recipients: list[str], listen: str | None, lmtp: bool, **options: object) -> None:
        if not settings.MAIL_IN_DOMAIN:
            raise CommandError("MAIL_IN_DOMAIN is empty: no mail is taken in.")
        if listen is None:
            row = receive(sys.stdin.buffer.read(settings.MAIL_IN_MAX_BYTES), recipients=recipients)
            self.stdout.write(f"{row.outcome} {row.path or row.why}")
            return
        host, colon, port = listen.rpartition(":")
        if not colon or not port.isdigit():
            raise CommandError("--listen takes HOST:PORT, such as 127.0.0.1:8024.")
        listener = listening(host or "127.0.0.1", int(port), lmtp=lmtp)
        listener.start()
        self.stdout.write(f"Taking mail for {settings.MAIL_IN_DOMAIN} on {host}:{port} ({'LMTP' if lmtp else 'SMTP'}).")
        self.stdout.flush()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
        listener.stop()


def listening(host: str, port: int, *, lmtp: bool = False) -> Controller:
    """A listener that is not started yet."""
    controller = _Lmtp if lmtp else Controller
    return controller(Door(), hostname=host, port=port, data_size_limit=settings.MAIL_IN_MAX_BYTES, ready_timeout=10, ident="Multaqa")


class Door:
    """What the listener answers: it takes a mail only for an address of ours, and says "250" only when it is kept."""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if reply_address.read(address) is None:
            return "550 5.1.1 No such address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content, recipients = envelope.content, list(envelope.rcpt_tos)
        raw = content.encode() if isinstance(content, str) else content or b""
        if envelope.mail_from == "":  # a report of a mail server: nobody answers it
            raw = b"Return-Path: <>\r\n" + raw
        try:
            await asyncio.to_thread(self._take, raw, recipients)
        except Error:
            return "451 4.3.0 Later, please"
        return "250 OK"

    def _take(self, raw: bytes, recipients: list[str]) -> None:
        close_old_connections()
        try:
            # One for each address: a mail to two threads is an answer in both.
            for recipient in recipients:
                receive(raw, recipients=[recipient])
        finally:
            close_old_connections()


class _Lmtp(Controller):
    def factory(self) -> Any:
        return LMTP(self.handler, **self.SMTP_kwargs)
