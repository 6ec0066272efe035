"""The programs as in production: a PostgreSQL of our own that keeps what it says it keeps, a Redis, two web processes and a worker, each killable."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from tests import services
from tests.house.tracked import ROOT

_MIGRATED: list[bytes] = []  # the tables as migrations leave them
TOKEN = "a" * 32  # a CSRF secret of our own: sent as cookie and as header

# Who talks: `people` of the network, conversations of every kind, one who comes later, one who will be taken out, and two outsiders.
_WORLD = """
import json, time
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from datetime import date
from chat import actions
from network.content import Audience
from network.entities.models import Entity, Kind
from network.groups.models import Group
from network.spaces.actors import Actor
from network.spaces.models import Country, Mandate, Membership, Space
from profiles.models import Profile, User

def cookie(user):
    session, now = SessionStore(), int(time.time())
    session.update({{SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash(), "born": now, "seen": now}})
    session.create()
    return session.session_key

tn = Country.objects.create(code="TN", name_ar="تونس", zone="Africa/Tunis")
kind = Kind.objects.create(code="national-commission", name_ar="لجنة", oversees=True)
users = []
for number in range({people} + 2):
    user = User.objects.create(email=f"user{{number}}@example.org")
    Space.objects.create(kind="person", user=user, handle=f"user{{number}}", name_ar=f"مشارك {{number}}", monogram="م", audience=Audience.NETWORK)
    Profile.objects.create(user=user)
    users.append(user)
people = users[:-2]
group = Group.objects.create(kind="group", name_ar="المدارس", monogram="مد", created_by=users[0], audience=Audience.MEMBERS, join_rule="request")
for user in people:
    Membership.objects.create(space=group, user=user, role="owner" if user is users[0] else "member", approved_by=users[0])
elsewhere = Group.objects.create(kind="group", name_ar="غيرها", monogram="غ", created_by=users[-2], audience=Audience.MEMBERS)
Membership.objects.create(space=elsewhere, user=users[-2], role="owner", approved_by=users[-2])
entities = []
for number in range(2):
    entity = Entity.objects.create(kind="entity", handle=f"natcom-{{number}}", name_ar=f"لجنة {{number}}", monogram="لج", entity_kind=kind, country=tn, skeleton=f"n{{number}}")
    entities.append(entity)
half = len(people) // 2
for place, user in enumerate(people):
    if place % half < 3:
        mandate = Mandate(entity=entities[place // half], user=user, title="ضابط", named_by=users[0])
        mandate.set_days(date(2020, 1, 1), None)
        mandate.save()
actor = lambda user: Actor.of(User.objects.get(pk=user.pk), fresh=True)
direct = actions.start(actor(people[0]), [people[1].page])
late = people[-1]
several = actions.start(actor(people[0]), [user.page for user in people[1:-1]])
official = actions.start(actor(people[0]).speaking_for(entities[0].pk), [Space.objects.get(pk=entities[1].pk)])
room = actions.room_of(actor(people[0]), Space.objects.get(pk=group.pk))
speakers = [place for place, _user in enumerate(people) if place % half < 3]
print("WORLD" + json.dumps({{
    "people": [{{"id": user.pk, "handle": user.page.handle, "session": cookie(user)}} for user in users],
    "rooms": {{str(direct.pk): [0, 1], str(several.pk): list(range(len(people) - 1)), str(official.pk): speakers, str(room.pk): list(range(len(people)))}},
    "several": several.pk, "late": len(people) - 1, "outsiders": [len(people), len(people) + 1],
}}))
"""


class Postgres:
    """A cluster on a port of its own. Durable as shipped: what is acknowledged is on the disk."""

    def __init__(self) -> None:
        self.folder, self.port = Path(tempfile.mkdtemp(prefix="multaqa-lab-")), services.free_port()
        self.account = services._account("postgres") if os.geteuid() == 0 else None
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        self.data = self.folder / "data"
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-p {self.port} -k {self.folder} -h 127.0.0.1 -c max_connections=120 -c shared_buffers=64MB"
        self._start = ("start", "-w", "-l", self.folder / "log", "-o", options)
        self._ctl(*self._start)

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def restart(self) -> None:
        """As after a crash: no connection is ended kindly, nothing is written out first."""
        self._ctl("stop", "-m", "immediate", "-w")
        self._ctl(*self._start)

    def stop(self) -> None:
        with contextlib.suppress(Exception):
            self._ctl("stop", "-m", "immediate", "-w")

    def _ctl(self, *words: object) -> None:
        self._run("pg_ctl", "-D", self.data, *words)

    def _run(self, program: str, *words: object) -> None:
        command = [*services._become(self.account), services._program(program, "postgresql"), *map(str, words)]
        # Output to a file: a server that inherits a pipe would keep it open for ever.
        with (self.folder / "out").open("ab") as out:
            subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=True)


class Lab:
    """Everything that runs, and how to hurt it. `module` starts a web process: the house's own manage.py, or a mutant of it."""

    def __init__(self, people: int, *, module: str = "", environment: Mapping[str, str] | None = None) -> None:
        self.postgres = Postgres()
        self.redis_url, self._redis = services.start_redis()
        self.redis_port = int(self.redis_url.rsplit(":", 1)[1].split("/")[0])
        self.folder = self.postgres.folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "VAR_DIR": str(self.folder / "var"),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis_url,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "LIVE_SOCKETS_PER_ADDRESS": "5000",
            "LOG_LEVEL": "ERROR",
        } | dict(environment or {})
        (self.folder / "var").mkdir(mode=0o777, exist_ok=True)
        self._migrate()
        told = self.manage("shell", "--verbosity", "0", "--command", _WORLD.format(people=people))
        self.world: dict[str, Any] = json.loads(told.split("WORLD", 1)[1])
        self.ports = [services.free_port(), services.free_port()]
        self.module = module
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("web-0", "web-1", "worker"):
            self.start(name)

    # --- processes, each a group of its own ---
    def start(self, name: str) -> None:
        if name == "worker":
            command = [sys.executable, "manage.py", "work", "--worker"]
        else:
            program = ["-m", self.module] if self.module else ["manage.py"]
            command = [sys.executable, *program, "serve", "--bare", "--port", str(self.ports[int(name[-1])])]
        environment = self.environment | ({"ROLE": "worker"} if name == "worker" else {})
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [*services._become(None, deathsig="KILL"), *command],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """SIGKILL to the whole group: no handler runs, nothing is said."""
        process = self.running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_redis(self) -> None:
        self._redis.kill()
        self._redis.wait()

    def start_redis(self) -> None:
        """Empty, on its old port."""
        _url, self._redis = services.start_redis(port=self.redis_port)

    def freeze_redis(self) -> None:
        self._redis.send_signal(signal.SIGSTOP)

    def thaw_redis(self) -> None:
        self._redis.send_signal(signal.SIGCONT)

    def empty_redis(self) -> None:
        import redis  # noqa: PLC0415 -- only this fault needs it

        redis.Redis.from_url(self.redis_url).flushall()

    def stop(self) -> None:
        for name in self.running:
            self.kill(name)
        with contextlib.suppress(Exception):
            self._redis.send_signal(signal.SIGCONT)
            self.kill_redis()
        self.postgres.stop()

    def _migrate(self) -> None:
        """The first lab of a process runs the migrations, the others begin with what came of them."""
        if not _MIGRATED:
            self.manage("migrate", "--noinput", "--verbosity", "0")
            command = [services._program("pg_dump", "postgresql"), "--no-owner", self.postgres.url]
            _MIGRATED.append(subprocess.run(command, capture_output=True, check=True).stdout)
            return
        command = [services._program("psql", "postgresql"), "--quiet", "--set", "ON_ERROR_STOP=1", self.postgres.url]
        subprocess.run(command, input=_MIGRATED[0], stdout=subprocess.DEVNULL, check=True)

    # --- questions ---
    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The truth: what stands in the database."""
        for attempt in range(40):
            try:
                with psycopg.connect(self.postgres.url, connect_timeout=2) as line:
                    return line.execute(sql, values).fetchall()
            except psycopg.OperationalError:
                if attempt == 39:
                    raise
                time.sleep(0.25)
        raise AssertionError

    def cookie(self, person: int | None) -> str:
        """What this person's browser sends; nothing but the form's proof for a visitor."""
        session = f"mtq_s={self.world['people'][person]['session']}; " if person is not None else ""
        return f"{session}mtq_c={TOKEN}; mtq_l=ar"
