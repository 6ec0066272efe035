"""Health of a process that serves no page: `python deploy/healthy.py worker` or `clock`. Exit 0 is well.

A worker is well while the queue moves; a clock while it can reach the queue.
"""

import os
import sys

import psycopg

STUCK = """
    SELECT count(*) FROM activity_job
    WHERE parked_at IS NULL AND due_at < now() - interval '10 minutes' AND (leased_until IS NULL OR leased_until < now())
"""


def main(role: str) -> int:
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3) as connection:
        row = connection.execute(STUCK).fetchone()
    return int(role == "worker" and row is not None and row[0] > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
