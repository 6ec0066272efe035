"""Digests while workers are killed: python -m tests.faults.mail [--digests 10000] [--kills 20] [--size 12].

A seeded world on a PostgreSQL of our own, a real SMTP server that now and then says "later" or cuts the line, two worker processes that are
killed with SIGKILL at chance moments. Then it is counted: no digest is lost, none comes twice but in the window between the server's "250" and
the commit, and then under the same Message-ID; and every line of every mail is opened as its reader.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from tests import services
from tests.house.tracked import ROOT

_LINK = re.compile(r"http://localhost:8000(/\S+)")
_SETTINGS = ("/mail/", "/ar/settings/", "/fr/settings/", "/en/settings/")


@dataclass
class Figures:
    sent: int = 0
    dropped: int = 0
    kills: int = 0
    cut: int = 0  # lines that the server cut after it had the mail
    doubles: int = 0
    opened: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.sent} digests sent, {self.dropped} had nothing to say; {self.kills} kills, {self.cut} lines cut after DATA, "
            f"{self.doubles} doubles, {self.opened} lines opened; {self.seconds:.0f} s; violations {len(self.wrong)}"
        )


class Office:
    """The mail server: it keeps what it took, and is in a mood."""

    def __init__(self, chance: random.Random) -> None:
        self.taken: list[tuple[str, str, str]] = []  # Message-ID, to, text
        self.cut = 0
        self.chance = chance

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mood = self.chance.random()
        if mood < 0.01:
            return "451 later please"
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))  # type: ignore[attr-defined]
        self.taken.append((message["Message-ID"], envelope.rcpt_tos[0], body.get_content()))
        if mood < 0.012:
            self.cut += 1
            server.transport.abort()
        return "250 OK"


class Workers:
    """Two processes, killed and started again."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment, self.folder = environment, folder
        self.running: list[subprocess.Popen[bytes]] = [self._start(), self._start()]

    def _start(self) -> subprocess.Popen[bytes]:
        with (self.folder / "worker.log").open("ab") as log:
            command = [*services._become(None, deathsig="KILL"), sys.executable, "manage.py", "work", "--worker"]
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)

    def kill(self, place: int, *, again: bool = True) -> None:
        os.killpg(self.running[place].pid, signal.SIGKILL)
        self.running[place].wait()
        if again:
            self.running[place] = self._start()

    def hold(self, *, still: bool) -> None:
        for process in self.running:
            os.killpg(process.pid, signal.SIGSTOP if still else signal.SIGCONT)

    def stop(self) -> None:
        for place in range(len(self.running)):
            self.kill(place, again=False)


def run(digests: int, kills: int, size: int, *, seed: int = 7, patient: bool = True) -> Figures:
    """`patient` waits for the leases of killed workers to run out by themselves."""
    from aiosmtpd.controller import Controller  # noqa: PLC0415 -- the lab only

    from tests.faults.lab import Postgres  # noqa: PLC0415 -- as above

    chance, began = random.Random(seed), time.monotonic()
    postgres, folder = Postgres(), Path(tempfile.mkdtemp(prefix="multaqa-mail-"))
    office = Office(chance)
    controller = Controller(office, hostname="127.0.0.1", port=services.free_port(), ready_timeout=20)
    controller.start()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "VAR_DIR": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": postgres.url,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(controller.port),
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
        "ROLE": "worker",
    }
    os.environ |= environment
    import django  # noqa: PLC0415 -- the environment first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- as above

    figures = Figures()
    workers = None
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed", size=size)
        workers = Workers(environment, folder)
        windows = _Windows(chance, office, workers, figures, patient)
        windows.settle()
        rounds = 0
        while figures.sent < digests and rounds < 200:
            left = max(digests - figures.sent, 1)
            windows.one(rounds, kills=min(kills - figures.kills, 1 + kills * 1_200 // left))
            rounds += 1
            print(f"  window {rounds}: {figures}", flush=True)
        windows.check()
    finally:
        if workers is not None:
            workers.stop()
        controller.stop()
        postgres.stop()
    figures.cut, figures.seconds = office.cut, time.monotonic() - began
    if figures.doubles > figures.kills + figures.cut:
        figures.wrong.append(f"{figures.doubles} doubles of {figures.kills} kills and {figures.cut} cut lines")
    return figures


class _Windows:
    def __init__(self, chance: random.Random, office: Office, workers: Workers, figures: Figures, patient: bool) -> None:
        self.chance, self.office, self.workers, self.figures, self.patient = chance, office, workers, figures, patient

    def settle(self) -> None:
        """What the seed told is told; everybody has preferences; from here on only what is new counts."""
        from notices.actions.preferences import meet  # noqa: PLC0415 -- django is set up
        from notices.models import Notice  # noqa: PLC0415

        while meet():
            pass
        self._wait("", 600)
        Notice.objects.update(unread=False, mail_due=None)

    def one(self, number: int, *, kills: int) -> None:
        """One morning: something happened, everybody's hour comes, workers die."""
        from django.utils import timezone  # noqa: PLC0415 -- django is set up

        from notices.mail import rounds  # noqa: PLC0415
        from notices.models import Mail, Preferences  # noqa: PLC0415

        mark = timezone.now()
        self._write()
        self._wait("", 300)
        # A Monday to Thursday, at noon: a working day with its hour behind it for every reader.
        at = datetime(2027, 1, 4, 12, tzinfo=UTC) + timedelta(weeks=number // 4, days=number % 4)
        self.workers.hold(still=True)  # until it is known what is expected
        Preferences.objects.update(next_digest_at=at, last_digest_at=mark)
        while rounds.open_windows(at):
            pass
        expected = self._expected()
        waiting = len(expected)
        before, due = len(self.office.taken), sorted(self.chance.sample(range(1, max(waiting * 8 // 10, kills + 2)), max(kills, 0)))
        self.workers.hold(still=False)
        deadline = time.monotonic() + 900
        while Mail.objects.filter(state="waiting").exists() and time.monotonic() < deadline:
            while due and len(self.office.taken) - before >= due[0]:
                due.pop(0)
                self.workers.kill(self.chance.randrange(2))
                self.figures.kills += 1
                if not self.patient:
                    _expire_leases()
            time.sleep(0.02)
            _hasten()
        states = dict(Mail.objects.filter(kind="digest", about__day=at.date().isoformat()).values_list("key", "state"))
        for key in expected:
            if states.get(key) != "sent":
                self.figures.wrong.append(f"{key} is {states.get(key)}: lost")
        self.figures.sent = Mail.objects.filter(kind="digest", state="sent").count()
        self.figures.dropped = Mail.objects.filter(kind="digest", state="dropped").count()

    def _expected(self) -> list[str]:
        """Whose digest has something to say, worked out before anybody sends."""
        from network.spaces.actors import Actor  # noqa: PLC0415 -- django is set up
        from notices import wishes  # noqa: PLC0415
        from notices.mail import digest  # noqa: PLC0415
        from notices.models import Mail  # noqa: PLC0415

        found = []
        for mail in Mail.objects.filter(kind="digest", state="waiting").select_related("user__page__country", "user__preferences"):
            actor, preferences = Actor.of(mail.user), mail.user.preferences
            grid, since = wishes.mine(actor, preferences), digest._since(mail.about, digest._digests(mail.user))
            told = list(digest._with_all(digest._waiting_notices(actor, wishes.mailed(grid, *since)).filter(mail=None)))
            if digest._made(actor, preferences, grid, told, since).is_news:
                found.append(mail.key)
        return found

    def _write(self) -> None:
        """Replies in every corner, and some mentions, by people who may."""
        from forums import actions as forums  # noqa: PLC0415 -- django is set up
        from forums.models import Topic  # noqa: PLC0415
        from network.permissions import can  # noqa: PLC0415
        from network.spaces.actors import Actor  # noqa: PLC0415
        from network.spaces.models import Membership, Space  # noqa: PLC0415

        spaces = list(Topic.objects.kept().values_list("space", flat=True).distinct())
        handles = list(Space.objects.people().exclude(handle=None).values_list("handle", flat=True))
        for space_id in spaces:
            topic = Topic.objects.kept().filter(space=space_id).select_related("space").order_by("?").first()
            members = list(Membership.objects.filter(space=space_id, user__is_active=True).select_related("user__page")[:8])
            if topic is None or not members:
                continue
            actor = Actor.of(self.chance.choice(members).user)
            if can(actor, "topic.reply", topic):
                said = f"<p>رد جديد @{self.chance.choice(handles)}</p>" if self.chance.random() < 0.3 else "<p>رد جديد في هذا الموضوع</p>"
                forums.reply(actor, topic, body=said)

    def _wait(self, lane: str, seconds: float) -> None:
        """Until nothing of this lane is due: what stands in the calendar of years to come is not waited for."""
        from django.utils import timezone  # noqa: PLC0415 -- django is set up

        from network.activity.models import Job  # noqa: PLC0415 -- django is set up

        deadline = time.monotonic() + seconds
        while Job.objects.filter(lane=lane, parked_at=None, due_at__lte=timezone.now()).exists():
            if time.monotonic() > deadline:
                self.figures.wrong.append(f"jobs of lane {lane!r} were left")
                return
            time.sleep(0.1)

    def check(self) -> None:
        """Count by Message-ID, and open every line as its reader."""
        from django.contrib.auth import get_user_model  # noqa: PLC0415 -- django is set up
        from django.test import Client  # noqa: PLC0415

        from network.activity.models import Job  # noqa: PLC0415
        from notices.models import Mail  # noqa: PLC0415

        wrong = self.figures.wrong
        if parked := Job.objects.exclude(parked_at=None).count():
            wrong.append(f"{parked} jobs were given up")
        rows = {mail.message_id: mail for mail in Mail.objects.all()}
        times = Counter(message_id for message_id, _to, _text in self.office.taken)
        for message_id in times:
            if message_id not in rows:
                wrong.append(f"{message_id} is nobody's")
        for message_id, mail in rows.items():
            if mail.state == "sent" and not times[message_id]:
                wrong.append(f"{mail.key} is called sent and never came")
            elif mail.state == "waiting":
                wrong.append(f"{mail.key} still waits")
        days = Counter((mail.user_id, mail.about["day"]) for mail in rows.values() if mail.kind == "digest")
        wrong.extend(f"{key} has {count} digests" for key, count in days.items() if count > 1)
        self.figures.doubles = sum(count - 1 for count in times.values())

        wanted: dict[str, set[str]] = defaultdict(set)
        for _message_id, to, words in self.office.taken:
            wanted[to] |= {path for path in _LINK.findall(words) if not path.startswith(_SETTINGS)}
        users = {user.email: user for user in get_user_model().objects.filter(email__in=wanted)}
        for address, paths in wanted.items():
            client = Client(SERVER_NAME="localhost")
            if address in users:  # whoever is invited has no account yet
                client.force_login(users[address])
            for path in sorted(paths):
                self.figures.opened += 1
                answer = client.get(path, follow=True)
                if answer.status_code != 200:
                    wrong.append(f"{address} was sent {path}, which answers {answer.status_code}")


def _expire_leases() -> None:
    """As if the minute of a lease had gone by."""
    from django.utils import timezone  # noqa: PLC0415 -- django is set up

    from network.activity.models import Job  # noqa: PLC0415

    time.sleep(0.8)  # whoever lives writes a new lease at its next job
    Job.objects.filter(lane="mail", leased_until__isnull=False, leased_until__lt=timezone.now() + timedelta(seconds=59.5)).update(
        leased_until=None
    )


def _hasten() -> None:
    """What was put off (451, a cut line) is due now."""
    from django.utils import timezone  # noqa: PLC0415 -- django is set up

    from network.activity.models import Job  # noqa: PLC0415

    Job.objects.filter(lane="mail", due_at__gt=timezone.now(), leased_until=None).update(due_at=timezone.now())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digests", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--size", type=int, default=12, help="how many times the demo world")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--impatient", action="store_true", help="do not wait for leases of killed workers")
    asked = parser.parse_args()
    figures = run(asked.digests, asked.kills, asked.size, seed=asked.seed, patient=not asked.impatient)
    print(figures, flush=True)
    for one in figures.wrong[:30]:
        print(f"  {one}", flush=True)
    return int(bool(figures.wrong))


if __name__ == "__main__":
    sys.exit(main())
