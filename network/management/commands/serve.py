"""`manage.py serve`: the whole network in one process. Pages, sockets, and (embedded) worker and clock as threads."""

import logging
import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from pathlib import Path

# Daphne installs Twisted's asyncio reactor and must come before anything that imports Twisted.
from network.daphne import Server  # isort: skip

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from network.assets import bundle_css

_HOME = ("127.0.0.1", "::1", "0.0.0.0")  # noqa: S104  # nosec B104 # compared with, not listened on

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serve the network: migrate, then pages and sockets, with worker and clock as threads unless production runs them elsewhere."
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        parser.add_argument("--bare", action="store_true", help="pages and sockets only: no migrating, no worker, no clock")

    def handle(self, *args: object, host: str, port: int, bare: bool, **options: object) -> None:
        if not bare:
            self._prepare()
        if not settings.SITE_ORIGIN:
            settings.LINK_ORIGIN = f"http://localhost:{port}"  # of the addresses in mails
        from network.asgi import application  # noqa: PLC0415 -- the tables must stand first
        from network.live import hub  # noqa: PLC0415

        stop = threading.Event()
        threads = [] if bare else self._workers(stop)
        ended: list[int] = []

        def ready() -> None:
            hub.start()
            for thread in threads:
                thread.start()
            server.loop.call_later(0.2, self._greet, server, host, port)

        server = Server(application, [f"tcp:{port}:interface={host.replace(':', chr(92) + ':')}"], ready=ready)

        def end(number: int, _frame: object) -> None:
            if ended:  # a second Ctrl-C means it
                os._exit(130)
            ended.append(number)
            stop.set()
            # Ctrl-C is someone waiting at a keyboard; SIGTERM is a restart, where what is in hand is finished.
            server.call(lambda: self._end(server, 1.0 if number == signal.SIGINT else 10.0))

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        server.run()
        stop.set()
        for thread in threads:
            if thread.is_alive():
                thread.join(1.0)
        connections.close_all()
        if server.failed:
            raise CommandError(f"Cannot listen on {host}:{port}: {server.failed}")
        self.stdout.write("Goodbye.")
        self.stdout.flush()
        # Idle pool threads are waiting for work that will not come; the interpreter would wait for them.
        sys.stderr.flush()
        os._exit(0)

    def _prepare(self) -> None:
        """Tables, styles and words as the code expects them; each step only where it is needed, so that the second start is quick."""
        connection = connections[DEFAULT_DB_ALIAS]
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
            self.stdout.write("The tables are ready.")
        bundle_css()
        call_command("translations", "compile")
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when it is not there

    def _workers(self, stop: threading.Event) -> list[threading.Thread]:
        if settings.PRODUCTION:
            return []  # their own processes: manage.py work
        from network.activity.clock import run_clock  # noqa: PLC0415 -- tables first
        from network.activity.jobs import LANES  # noqa: PLC0415
        from network.activity.worker import run_worker  # noqa: PLC0415

        lanes = [threading.Thread(target=run_worker, args=(stop, lane), name=f"run_worker {lane}", daemon=True) for lane in LANES]
        return [threading.Thread(target=run_clock, args=(stop,), name="run_clock", daemon=True), *lanes]

    def _greet(self, server: Server, host: str, port: int) -> None:
        if server.failed:
            server.stop()
            return
        address = settings.SITE_ORIGIN or f"http://{'localhost' if host in _HOME else host}:{port}"
        self.stdout.write(f"\n  Multaqa is open: {address}/")
        if getattr(settings, "DEMO", False):
            self.stdout.write(f"  Sign in as one of the demo people, with one click: {address}/ar/demo/")
            self.stdout.write(f"  Mails that would have been sent: {address}/ar/demo/mail/")
        else:
            self.stdout.write(f"  Sign in or sign up: {address}/ar/accounts/login/ (mails are shown in {settings.EMAIL_FILE_PATH})")
        self.stdout.write("  Ctrl-C ends it.\n")
        self.stdout.flush()

    def _end(self, server: Server, seconds: float) -> None:
        import asyncio  # noqa: PLC0415 -- only at the end

        from network.live import hub  # noqa: PLC0415 -- as above

        async def close() -> None:
            began = time.monotonic()
            try:
                await asyncio.wait_for(hub.stop(), 1.0)
            except Exception:
                logger.debug("The hub did not stop cleanly.", exc_info=True)
            server.drain(max(seconds - (time.monotonic() - began), 0.2))

        self._ending = asyncio.ensure_future(close(), loop=server.loop)
