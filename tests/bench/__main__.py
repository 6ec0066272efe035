"""Measure, in one run: a world of 500 people, 50 boards, 2,000 topics and 40,000 posts; ours and the yardstick by turns, at least nine rounds.

    python -m tests.bench [--rounds 9] [--seconds 1.2] [--only http|sites|sockets|memory|chat|notices|registers] [--keep FOLDER]

A budget is missed when the lower quartile of its ratios exceeds it. Limits raised for measuring: those that the first line of the output names.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import platform
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.bench import load, sockets
from tests.bench.chat import Servers, chat
from tests.bench.meter import cpu_ms, memory_mb, percentile, quartiles
from tests.bench.notices import notices
from tests.bench.processes import two_processes
from tests.bench.registers import registers

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "a" * 32  # a CSRF secret of our own: sent as cookie and as header
LISTENERS = 500


@dataclass(slots=True)
class Row:
    """A line of the table. A budget of `inf` is none: the figure is there to be compared with."""

    what: str
    budget: float
    unit: str
    values: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def missed(self) -> bool:
        return quartiles(self.values)[0] > self.budget

    def __str__(self) -> str:
        low, middle, high = quartiles(self.values)
        budget = "" if math.isinf(self.budget) else f"≤ {self.budget:g}"
        verdict = "MISSED" if self.missed else "kept" if budget else ""
        return f"{self.what:<44} {middle:>9.2f} {low:>8.2f} – {high:<8.2f} {budget:<8} {self.unit:<8} {verdict:<7} {self.note}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.2)
    parser.add_argument("--only", choices=("http", "sites", "sockets", "memory", "chat", "notices", "registers"))
    parser.add_argument("--keep", type=Path, help="a folder for the world, kept and used again")
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="multaqa-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(VAR_DIR=str(folder), DJANGO_SETTINGS_MODULE="network.settings", RATE_POSTS="1000000", LIVE_SOCKETS_PER_ADDRESS="5000")
    os.environ.update(RATE_CHAT="1000000", LIVE_SOCKETS_PER_USER="5000")
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16_384), hard))  # two thousand sockets on either side
    print(
        f"Python {platform.python_version()} ({sys.executable}), {os.cpu_count()} cores. Limits raised: RATE_POSTS, RATE_CHAT, LIVE_SOCKETS_PER_ADDRESS, LIVE_SOCKETS_PER_USER, open files."
    )
    with ExitStack() as stack:
        if asked.keep is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        world = World(folder)
        rows: list[Row] = []
        if asked.only in (None, "notices"):
            rows += notices(asked.rounds, Row)
        if asked.only in (None, "registers"):
            rows += registers(asked.rounds, Row)
        ours = stack.enter_context(Serving("our server", [sys.executable, "manage.py", "serve", "--port"]))
        floor = stack.enter_context(Serving("yardstick", [sys.executable, "-m", "tests.bench.yardsticks"]))
        if asked.only in (None, "memory"):
            time.sleep(5)
            rows.append(Row("idle memory, web + worker + clock (PSS)", 250, "MB", [memory_mb(ours.pid)]))
        if asked.only in (None, "http", "sites"):
            bare = stack.enter_context(Serving("bare view", [sys.executable, "-m", "tests.bench.yardsticks", "view"]))
            rows += asyncio.run(public(ours, floor, bare, asked.rounds, asked.seconds))
        if asked.only in (None, "http"):
            rows += asyncio.run(pages(world, ours, floor, asked.rounds, asked.seconds))
        if asked.only in (None, "sockets"):
            rows += asyncio.run(live(world, ours, floor, asked.rounds))
        if asked.only in (None, "chat"):
            raw = stack.enter_context(Serving("websockets alone", [sys.executable, "-m", "tests.bench.yardsticks", "raw"]))
            busy, quiet = (
                stack.enter_context(Serving(name, [sys.executable, "manage.py", "serve", "--bare", "--port"])) for name in ("busy", "quiet")
            )
            rows += asyncio.run(chat(world, Servers(ours, floor, raw, busy, quiet), asked.rounds, Row, TOKEN))
            rows.append(two_processes(asked.rounds, Row, TOKEN))
    print(f"\n{'what':<44} {'median':>9} {'quartiles':>19}   {'budget':<16} verdict")
    for row in rows:
        print(row)
    return int(any(row.missed for row in rows))


class Serving:
    """A server process on a free port, for the length of a `with`."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.command = [*command, str(self.port)]

    def __enter__(self) -> Serving:
        self.process = subprocess.Popen(self.command, cwd=ROOT, stdout=subprocess.DEVNULL)
        self.pid = self.process.pid
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"{self.name} did not start")

    def __exit__(self, *_exc: object) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()


class World:
    """The seeded world, and who reads and writes in it."""

    def __init__(self, folder: Path) -> None:
        if not (folder / ".bench").exists():
            began = time.perf_counter()
            for command in (["migrate", "--verbosity", "0"], ["seed", "--bench"]):
                subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)
            (folder / ".bench").touch()
            print(f"The world was made in {time.perf_counter() - began:.0f} s.")
        import django  # noqa: PLC0415 -- the folder must be named first

        django.setup()
        from forums.models import Post, Topic  # noqa: PLC0415 -- after setup
        from network.spaces.models import Membership  # noqa: PLC0415

        public = Topic.objects.kept().filter(reach=0, board__isnull=False, closed_at=None)
        self.topic = public.filter(posts_count__gte=19, posts_count__lte=25).order_by("pk").first()
        self.quiet = public.filter(space=self.topic.space_id, posts_count__lte=25).exclude(pk=self.topic.pk).order_by("pk").first()
        self.board = self.topic.board_id
        self.posts = Post.objects.count()
        members = Membership.objects.filter(space=self.topic.space_id, user__isnull=False).order_by("pk")
        self.cookies = [cookie_of(membership.user) for membership in members.select_related("user")[:16]]
        print(f"{self.posts} posts; topic {self.topic.pk} with {self.topic.posts_count} posts, board {self.board}.")


def cookie_of(user: object) -> str:
    """A session as signing in makes it."""
    from django.conf import settings  # noqa: PLC0415 -- after setup
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.sessions.backends.cached_db import SessionStore  # noqa: PLC0415

    session = SessionStore()
    now = int(time.time())
    session.update(
        {
            SESSION_KEY: str(user.pk),  # type: ignore[attr-defined]
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),  # type: ignore[attr-defined]
            "born": now,
            "seen": now,
        }
    )
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}; {settings.LANGUAGE_COOKIE_NAME}=ar"


async def pages(world: World, ours: Serving, floor: Serving, rounds: int, seconds: float) -> list[Row]:
    """Each page and the raw hello by turns; CPU of the server's process tree a request, as a multiple of the hello's."""
    topic, board = f"/ar/topics/{world.topic.pk}/", f"/ar/boards/{world.board}/"
    plans = [
        ("topic, visitor, warm", topic, False, 3.0),
        ("board, visitor, warm", board, False, 3.0),
        ("topic, signed in", topic, True, 15.0),
        ("board, signed in", board, True, 15.0),
        ("feed, signed in", "/ar/?scope=network", True, 15.0),
    ]
    rows, sizes = [], []
    for what, path, signed_in, budget in plans:
        ready = [load.request(path, ours.port, cookie=cookie if signed_in else "") for cookie in world.cookies]
        row = await by_turns(
            Row(what, budget, "× hello"), lambda number, ready=ready: ready[number % len(ready)], ours, floor, rounds, seconds, 16
        )
        rows.append(row)
        sizes.append((what, float(row.note.split()[-2])))
    for what, size in sizes:
        rows.append(Row(f"{what}: weight", 60, "kB", [size]))
    form_path = f"/topics/{world.quiet.pk}/posts/"

    def reply(number: int) -> bytes:
        body = urlencode(
            {
                "body": f"{random.random()} " + "قهوة الصباح coffee " * 20,
                "body_format": "plain",
                "client_id": str(uuid.uuid4()),
                "on_behalf_of": "",
            }
        ).encode()
        return load.request(form_path, ours.port, cookie=world.cookies[number % len(world.cookies)], form=body, token=TOKEN)

    rows.append(await by_turns(Row("reply, nobody online", 25, "× hello"), reply, ours, floor, rounds, seconds, 8))
    gong = sockets.Gong()
    ears = await sockets.listen(ours.port, "/live/socket/?v=1", gong.heard, count=LISTENERS, hello=subscribe(world.topic.pk))
    await asyncio.sleep(2)
    rows.append(await by_turns(Row(f"reply, {LISTENERS} online elsewhere", 25, "× hello"), reply, ours, floor, rounds, seconds, 8))
    for ear in ears:
        ear.transport.close()
    await asyncio.sleep(1)
    return rows


async def public(ours: Serving, floor: Serving, bare: Serving, rounds: int, seconds: float) -> list[Row]:
    """An institution's public site as many visitors meet it, beside a view of Django alone that answers as many bytes; and as the first one does."""
    site = load.request("/ar/commissions/tn/", ours.port)
    row = await by_turns(Row("public site, visitor", 1.3, "× bare view"), lambda _number: site, ours, bare, 1, seconds, 16)
    size = int(float(row.note.split()[-2]) * 1000)
    kept = await by_turns(
        Row("public site, visitor", 1.3, "× bare view"), lambda _number: site, ours, bare, rounds, seconds, 16, yardstick=f"/?bytes={size}"
    )

    def first(
        number: int,
    ) -> bytes:  # a page that nobody asked for in the last seconds: ten queries and a template, once for all who follow
        return load.request(f"/ar/commissions/tn/?seen={number}-{random.random()}", ours.port)

    return [kept, await by_turns(Row("public site, first visitor", 150.0, "× hello"), first, ours, floor, rounds, seconds, 16)]


async def by_turns(  # type: ignore[no-untyped-def]
    row: Row, make, ours: Serving, floor: Serving, rounds: int, seconds: float, connections: int, *, yardstick: str = "/"
) -> Row:
    hello = load.request(yardstick, floor.port)
    await load.run(make, ours.port, ours.pid, connections=connections, seconds=0.5)
    costs, statuses, size = [], {}, 0
    for _ in range(rounds):
        base = await load.run(lambda _number: hello, floor.port, floor.pid, connections=connections, seconds=seconds / 2)
        mine = await load.run(make, ours.port, ours.pid, connections=connections, seconds=seconds)
        row.values.append(mine.cpu_ms / max(base.cpu_ms, 0.001))
        costs.append(mine.cpu_ms)
        statuses, size = dict(mine.statuses), mine.bytes
    row.note = f"{quartiles(costs)[1]:.2f} ms CPU, {statuses}, {size / 1000:.1f} kB"
    return row


def subscribe(topic_id: int) -> str:
    return f'{{"type": "subscribe", "streams": ["topic.{topic_id}/ar"]}}'


async def live(world: World, ours: Serving, floor: Serving, rounds: int) -> list[Row]:
    """The same frame to 500 sockets: through our hub after a reply, and through a bare send loop; delivery CPU, latency, memory."""
    rows = [
        Row(f"a delivery to {LISTENERS} sockets", 1.3, "× bare"),
        Row(f"post → last of {LISTENERS} viewers, p99", 200, "ms"),
        Row("memory of a socket", 60, "kB"),
    ]
    gong, bare_gong = sockets.Gong(), sockets.Gong()
    before = memory_mb(ours.pid)
    ears = await sockets.listen(ours.port, "/live/socket/?v=1", gong.heard, count=LISTENERS, hello=subscribe(world.quiet.pk))
    await asyncio.sleep(2)
    rows[2].values.append((memory_mb(ours.pid) - before) * 1024 / LISTENERS)
    bare_ears = await sockets.listen(floor.port, "/hear", bare_gong.heard, count=LISTENERS)
    (caller,) = await sockets.listen(floor.port, "/call", lambda _payload: None, count=1)
    line = load.Connection(ours.port)
    lasts: list[float] = []
    frame_bytes = 2_000
    posts = 5

    async def post(mark: str) -> None:
        form = urlencode(
            {"body": mark + " " + "قهوة الصباح coffee " * 20, "body_format": "plain", "client_id": str(uuid.uuid4()), "on_behalf_of": ""}
        )
        data = load.request(f"/topics/{world.quiet.pk}/posts/", ours.port, cookie=world.cookies[0], form=form.encode(), token=TOKEN)
        status, _size = await line.ask(data)
        if status >= 400:
            raise SystemExit(f"the reply was refused: {status}")

    def size_of(payload: bytes) -> None:
        nonlocal frame_bytes
        if b"BENCHMARK" in payload:
            frame_bytes = len(payload)
        gong.heard(payload)

    for ear in ears:
        ear.heard = size_of if ear is ears[0] else gong.heard
    # What a reply costs with nobody listening is not the delivery's: measured on the sister topic, and taken off.
    for turn in range(rounds):
        alone = ours_cpu(ours)
        for number in range(posts):
            await quiet_post(world, line, ours, f"alone{turn}-{number}")
            await asyncio.sleep(0.05)
        alone = ours_cpu(ours) - alone
        spent = ours_cpu(ours)
        for number in range(posts):
            mark = f"BENCHMARK{turn:03d}{number:03d}"
            gong.set(mark.encode(), LISTENERS)
            began = time.perf_counter()
            await post(mark)
            await asyncio.wait_for(gong.all_came.wait(), 10)
            lasts.append((gong.last - began) * 1000)
            await asyncio.sleep(0.05)
        mine = max(ours_cpu(ours) - spent - alone, 1.0)
        spent = cpu_ms(floor.pid)
        for number in range(posts):
            mark = f"BAREMARK{turn:03d}{number:03d}"
            bare_gong.set(mark.encode(), LISTENERS)
            caller.say(mark + "x" * min(frame_bytes, 60_000))
            await asyncio.wait_for(bare_gong.all_came.wait(), 10)
            await asyncio.sleep(0.05)
        bare = max(cpu_ms(floor.pid) - spent, 1.0)
        rows[0].values.append(mine / bare)
        rows[0].note = f"{mine * 1000 / posts / LISTENERS:.0f} µs against {bare * 1000 / posts / LISTENERS:.0f} µs, frame {frame_bytes} B"
    rows[1].values.append(percentile(lasts, 99))
    rows[1].note = f"median {percentile(lasts, 50):.0f} ms over {len(lasts)} posts"
    for ear in [*ears, *bare_ears, caller]:
        ear.transport.close()
    await asyncio.sleep(0.5)
    return rows


async def quiet_post(world: World, line: load.Connection, ours: Serving, mark: str) -> None:
    """A reply where nobody listens."""
    form = urlencode(
        {"body": mark + " " + "قهوة الصباح coffee " * 20, "body_format": "plain", "client_id": str(uuid.uuid4()), "on_behalf_of": ""}
    )
    await line.ask(load.request(f"/topics/{world.topic.pk}/posts/", ours.port, cookie=world.cookies[0], form=form.encode(), token=TOKEN))


def ours_cpu(ours: Serving) -> float:
    return cpu_ms(ours.pid)


if __name__ == "__main__":
    sys.exit(main())
