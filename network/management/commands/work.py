"""`manage.py work --worker` and `manage.py work --clock`: the production shape's processes, any number of each."""

import signal
import threading
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from network.activity.clock import run_clock
from network.activity.jobs import LANES
from network.activity.worker import run_worker


class Command(BaseCommand):
    help = "Do the work that waits in the queue (--worker), or put there what is due (--clock)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--worker", action="store_true", help="do what is due in the queue")
        parser.add_argument("--clock", action="store_true", help="put into the queue what the schedule says")

    def handle(self, *args: object, worker: bool, clock: bool, **options: object) -> None:
        if not (worker or clock):
            raise CommandError("Say --worker or --clock (or both).")
        stop = threading.Event()
        threads = (
            [threading.Thread(target=run_worker, args=(stop, lane), name=f"worker {lane}".strip()) for lane in LANES] if worker else []
        )
        if clock:
            threads.append(threading.Thread(target=run_clock, args=(stop,), name="clock"))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        for thread in threads:
            thread.start()
        self.stdout.write(f"Working: {', '.join(thread.name for thread in threads)}.")
        while not stop.wait(3600):
            pass
        for thread in threads:
            thread.join()
