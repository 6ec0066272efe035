"""`manage.py seed`: the reference data, and, where DEMO=1, the demo world. Twice is the same as once."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from network.demo import larger, reference, world
from network.demo.bench import build


class Command(BaseCommand):
    help = "Put in the states, kinds and institutions of the register and, with DEMO=1, the invented world that lives on them. Twice is the same as once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only", choices=["reference"], help="reference: real states, kinds and institutions, nothing invented (production starts so)"
        )
        parser.add_argument("--manager", metavar="EMAIL", help="let this account head the secretariat, when nobody speaks for it yet")
        parser.add_argument("--size", type=int, default=1, metavar="N", help="the same world N times larger, for measuring")
        parser.add_argument(
            "--bench", action="store_true", help="instead, the world of the benchmarks: 500 people, 50 boards, 2,000 topics, 40,000 posts"
        )

    def handle(self, *args: Any, only: str | None, manager: str | None, size: int, bench: bool, **options: Any) -> None:
        self.began = time.monotonic()
        if size < 1:
            raise CommandError("--size is 1 or more.")
        added = reference.sow()
        self._say(f"Register: {added} rows added." if added else "Register: complete.")
        if manager:
            self._say(reference.appoint(manager))
        if only:
            return
        if settings.PRODUCTION:
            raise CommandError("The demo world never enters production. Use: manage.py seed --only reference")
        if bench:
            self._say(build())
            return
        # Every page of an invented world carries its banner, and DEMO is what shows it.
        if not settings.DEMO:
            raise CommandError("Set DEMO=1: every page of the demo world must say that its data are invented.")
        self._say(world.come_alive())
        if size > 1:
            self._say(larger.grow(size))

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"{sentence}  ({time.monotonic() - self.began:.1f} s)")
