"""The queue: work waits in one table, is leased, tried again, given up, and survives the death of its worker."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from network.activity import clock, jobs, worker
from network.activity.models import Job
from network.activity.recording import later

DONE: list[str] = []


@jobs.job("test.note")
def note(word: str) -> None:
    DONE.append(word)


@jobs.job("test.fail")
def fail() -> None:
    raise RuntimeError("not today")


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    DONE.clear()


@pytest.mark.django_db
def test_a_job_is_done_once_and_its_row_goes() -> None:
    later("test.note", word="one")
    assert worker.work_one() is True
    assert worker.work_one() is False
    assert DONE == ["one"]
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_unique_key_lets_one_row_in() -> None:
    later("test.note", unique_key="k", word="one")
    later("test.note", unique_key="k", word="two")
    assert list(Job.objects.values_list("args", flat=True)) == [{"word": "one"}]


@pytest.mark.django_db
def test_a_failing_job_is_tried_later_each_time_and_then_parked() -> None:
    later("test.fail", unique_key="key")
    pauses = []
    for _ in range(worker.MOST_ATTEMPTS):
        Job.objects.update(due_at=timezone.now())
        assert worker.work_one()
        job = Job.objects.get()
        pauses.append((job.due_at - timezone.now()).total_seconds())
    assert 1 < pauses[0] < 3
    assert pauses[5] > 40
    job.refresh_from_db()
    assert job.parked_at is not None
    assert job.unique_key is None
    assert "not today" in job.last_error
    assert worker.work_one() is False


@pytest.mark.django_db
def test_an_unknown_job_waits_for_a_newer_worker() -> None:
    later("test.from_tomorrow")
    assert worker.work_one()
    job = Job.objects.get()
    assert job.attempts == 1
    assert "test.from_tomorrow" in job.last_error


@pytest.mark.django_db
def test_a_leased_job_is_left_alone_until_its_lease_runs_out() -> None:
    later("test.note", word="one")
    held = worker.claim()
    assert held is not None
    assert worker.claim() is None
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    again = worker.claim()
    assert again is not None
    assert again.attempts == 2


@pytest.mark.django_db
def test_a_done_job_goes_with_the_lease_of_the_next_one() -> None:
    later("test.note", word="one")
    later("test.note", word="two")
    first = worker.claim()
    second = worker.claim(done=first)
    assert first is not None
    assert second is not None
    assert second.args == {"word": "two"}
    assert list(Job.objects.values_list("pk", flat=True)) == [second.pk]
    assert worker.claim(done=second) is None
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_done_job_that_is_in_other_hands_meanwhile_stays_theirs() -> None:
    later("test.note", word="one")
    ours = worker.claim()
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    theirs = worker.claim()
    assert theirs is not None
    assert worker.claim(done=ours) is None
    assert Job.objects.get().leased_until == theirs.leased_until


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_stopped_leaves_no_done_job_behind() -> None:
    later("test.note", word="one")
    stop = threading.Event()
    thread = threading.Thread(target=worker.run_worker, args=(stop,))
    thread.start()
    for _ in range(200):
        if DONE:
            break
        time.sleep(0.02)
    stop.set()
    thread.join(10)
    assert DONE == ["one"]
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_job_that_kills_its_worker_each_time_is_given_up() -> None:
    later("test.note", word="poison")
    for _ in range(worker.MOST_ATTEMPTS):
        assert worker.claim() is not None
        Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert worker.claim() is None
    assert Job.objects.get().parked_at is not None


@pytest.mark.django_db
def test_the_clock_queues_each_period_once() -> None:
    told: dict[str, int] = {}
    clock.tick(told, now=1_000_000.0)
    clock.tick(told, now=1_000_001.0)
    clock.tick({}, now=1_000_001.0)  # a second clock
    assert sorted(Job.objects.values_list("name", flat=True)) == sorted(name for name, _seconds in settings.SCHEDULE)


@pytest.mark.django_db
def test_every_scheduled_job_has_a_handler() -> None:
    for name, _seconds in settings.SCHEDULE:
        assert callable(jobs.handler_of(name))


@pytest.mark.django_db(transaction=True)
def test_eight_workers_do_each_job_once() -> None:
    for number in range(60):
        later("test.note", word=str(number))

    def work() -> None:
        while worker.work_one() or Job.objects.exists():
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(DONE, key=int) == [str(number) for number in range(60)]


WORKER = """
import django, os, sys, time
django.setup()
from network.activity import jobs, worker
@jobs.job("test.slow")
def slow(path, seconds):
    open(path, "a").write("begun ")
    time.sleep(seconds)
    open(path, "a").write("done ")
worker.work_one()
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_s_job_comes_back(tmp_path: Path) -> None:
    said = tmp_path / "said"
    later("test.slow", path=str(said), seconds=30)
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environ = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "network.settings"}
    child = subprocess.Popen([sys.executable, "-c", WORKER], env=environ, cwd=settings.BASE_DIR)
    deadline = time.monotonic() + 20
    while not said.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert said.read_text() == "begun "
    assert worker.claim() is None  # still leased
    # A minute later: the lease has run out.
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1), args={"path": str(said), "seconds": 0})
    child = subprocess.Popen([sys.executable, "-c", WORKER], env=environ, cwd=settings.BASE_DIR)
    assert child.wait(30) == 0
    assert said.read_text() == "begun begun done "
    assert not Job.objects.exists()
