"""The clock: puts what SCHEDULE says is due into the queue. Any number of clocks may run; the unique key lets one row in."""

import logging
import threading
import time

from django.conf import settings
from django.db import close_old_connections, connection

from network.activity.recording import later

logger = logging.getLogger(__name__)

TICK_SECONDS = 5.0


def run_clock(stop: threading.Event) -> None:
    """Tick until `stop` is set."""
    told: dict[str, int] = {}
    while not stop.is_set():
        try:
            close_old_connections()
            tick(told)
        except Exception:
            logger.exception("The clock could not reach the queue.")
        stop.wait(TICK_SECONDS)
    connection.close()


def tick(told: dict[str, int], now: float | None = None) -> None:
    """Queue each scheduled job once a period. `told` remembers this clock's last period of each, to spare the database.

    A job still waiting from an earlier period is not queued twice: one late run is enough.
    """
    now = time.time() if now is None else now
    for name, seconds in settings.SCHEDULE:
        period = int(now // seconds)
        if told.get(name) == period:
            continue
        later(name, unique_key=f"clock:{name}")
        told[name] = period
