"""`manage.py receive`: mail comes in. One from standard input (a mail server's pipe), or all that a mail server hands over (--listen)."""

import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# sysexits.h, as mail servers read them.
_NO_USER, _TRY_AGAIN = 67, 75


class Command(BaseCommand):
    help = "Take in one mail from standard input, for the RECIPIENTs of its envelope; or with --listen HOST:PORT all that a mail server brings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "recipients", nargs="*", metavar="RECIPIENT", help="to whom the envelope is addressed; without it, the mail's headers"
        )
        parser.add_argument("--listen", default="", metavar="HOST:PORT", help="listen there by SMTP, until Ctrl-C")
        parser.add_argument("--lmtp", action="store_true", help="with --listen: speak LMTP, as Postfix and Dovecot deliver")

    def handle(self, *args: Any, recipients: list[str], listen: str, lmtp: bool, **options: Any) -> None:
        if not settings.MAIL_IN_DOMAIN:
            raise CommandError("MAIL_IN_DOMAIN is not set: no mail is taken.")
        if listen:
            self._listen(listen, lmtp=lmtp)
            return
        from notices.mail.listening import is_ours, take  # noqa: PLC0415 -- the library is not needed for --help

        known = [one for one in recipients if is_ours(one)]
        if recipients and not known:
            raise SystemExit(_NO_USER)
        raw = sys.stdin.buffer.read(settings.MAIL_IN_MAX_BYTES + 1)
        if not take(raw, tuple(known)).startswith("250"):
            raise SystemExit(_TRY_AGAIN)

    def _listen(self, where: str, *, lmtp: bool) -> None:
        from notices.mail.listening import listen  # noqa: PLC0415 -- as above

        host, _colon, port = where.rpartition(":")
        if not port.isdecimal():
            raise CommandError("Say where to listen as HOST:PORT, for example 127.0.0.1:8024.")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write(f"Taking mail for {settings.MAIL_IN_DOMAIN} at {where} by {'LMTP' if lmtp else 'SMTP'}.")
        listen(host.strip("[]") or "127.0.0.1", int(port), lmtp=lmtp, stop=stop)
