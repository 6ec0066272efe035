"""Visitors are counted, and nobody is followed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from insights import actions, counting, queries
from insights.bots import is_program
from insights.models import DailyCount, DailySalt, DailyVisitor
from network.entities.models import Entity
from network.http import Front, Hop
from network.sites import actions as sites
from network.sites.models import Site
from tests.network.test_http import Site as Served

FIREFOX = b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.fixture(autouse=True)
def _nothing_noted() -> Iterator[None]:
    counting._notes.clear()
    yield
    counting._notes.clear()


def visit(key: str, address: str = "203.0.113.7", agent: bytes = FIREFOX, method: str = "GET", **headers: bytes) -> None:
    more = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    counting.saw(key, {"method": method, "client": (address, 5), "headers": [(b"user-agent", agent), *more]})


def counted() -> dict[str, tuple[int, int]]:
    counting.flush()
    return {row.key: (row.visits, row.visitors) for row in DailyCount.objects.all()}


@pytest.mark.django_db
def test_a_visit_counts_once_where_it_was_and_once_for_the_platform() -> None:
    visit("site.5")
    visit("site.5")
    visit("platform")
    visit("site.5", agent=SAFARI)
    visit("entity.5", address="203.0.113.8")
    assert counted() == {"platform": (5, 3), "site.5": (3, 2), "entity.5": (1, 1)}
    visit("site.5")
    assert counted()["site.5"] == (4, 2), "known again within the day, also after it was written"


@pytest.mark.django_db
def test_programs_heads_and_what_was_only_fetched_ahead_are_no_visits() -> None:
    for agent in (
        b"",
        b"curl/8.5",
        b"Googlebot/2.1 (+http://www.google.com/bot.html)",
        b"Mozilla/5.0 (compatible; bingbot/2.0)",
        b"UptimeRobot/2.0 x",
    ):
        visit("platform", agent=agent)
    visit("platform", method="HEAD")
    visit("platform", method="POST")
    visit("platform", sec_purpose=b"prefetch;prerender")
    visit("platform", purpose=b"prefetch")
    visit("platform", sec_fetch_dest=b"iframe")
    visit("platform", hx_request=b"true")
    visit("nonsense; drop")
    assert counted() == {}


def test_browsers_are_no_programs() -> None:
    for agent in (
        FIREFOX,
        SAFARI,
        b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
        b"Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
    ):
        assert not is_program(agent.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["sec_gpc", "dnt"])
def test_whoever_asks_not_to_be_followed_is_a_page_looked_at_and_no_mark(header: str) -> None:
    visit("site.5", **{header: b"1"})
    assert counted() == {"site.5": (1, 0), "platform": (1, 0)}
    assert not DailyVisitor.objects.exists()


@pytest.mark.django_db
def test_the_same_person_is_another_the_next_day_and_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    today = timezone.localdate()
    visit("site.5")
    visit("site.6")
    counting.flush()
    marks = {(row.day, row.key): bytes(row.mark) for row in DailyVisitor.objects.all()}
    assert len(set(marks.values())) == 3, "marks of two places cannot be laid side by side"
    monkeypatch.setattr(timezone, "localdate", lambda *_more: today + timedelta(days=1))
    monkeypatch.setattr(counting, "time", lambda: time.time() + 86_400)
    visit("site.5")
    counting.flush()
    tomorrow = {bytes(row.mark) for row in DailyVisitor.objects.filter(day=today + timedelta(days=1))}
    assert len(tomorrow) == 2 and not tomorrow & set(marks.values())
    assert DailySalt.objects.count() == 2


@pytest.mark.django_db
def test_no_address_and_no_agent_is_stored_anywhere() -> None:
    visit("site.5", address="203.0.113.77", agent=b"Mozilla/5.0 zqagentqz Firefox/1")
    counting.flush()
    assert not counting._notes
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- the database's own names
            for row in cursor.fetchall():
                text = b" ".join(bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in row)
                assert b"203.0.113.77" not in text and b"zqagentqz" not in text, table


@pytest.mark.django_db
def test_a_day_that_is_over_keeps_its_numbers_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    visit("site.5")
    counting.flush()
    assert actions.close_days() == 0, "today is not over"
    today = timezone.localdate()
    monkeypatch.setattr(timezone, "localdate", lambda *_more: today + timedelta(days=1))
    assert actions.close_days() == 2
    assert not DailySalt.objects.exists() and not DailyVisitor.objects.exists()
    assert {row.key: row.visitors for row in DailyCount.objects.all()} == {"site.5": 1, "platform": 1}
    assert actions.salt_of(today) is None, "a day gets no second salt: its marks would count anew"
    actions.add(today, {"site.5": 2}, {})
    row = DailyCount.objects.get(key="site.5")
    assert (row.visits, row.visitors) == (3, 1)


def test_a_kept_page_is_counted_each_time_and_its_key_never_leaves() -> None:
    import asyncio  # noqa: PLC0415 -- only here

    site, seen = Served(), []
    site.headers["X-Visit-Key"] = "site.5"
    front = Front(Hop(site, 1), on_visit=lambda key, scope: seen.append((key, scope["method"])))

    def ask(*headers: tuple[bytes, bytes]) -> list[dict[str, Any]]:
        scope = {
            "type": "http", "method": "GET", "path": "/ar/x/", "raw_path": b"/ar/x/", "query_string": b"", "scheme": "http",
            "headers": [(b"host", b"localhost"), *headers],
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(front(scope, receive, send))
        return sent

    answers = [ask(), ask(), ask((b"cookie", f"{settings.SESSION_COOKIE_NAME}=x".encode()))]
    assert (site.asked, seen) == (2, [("site.5", "GET")] * 3)
    assert not [name for answer in answers for name, _value in answer[0]["headers"] if name.startswith(b"x-visit")]


def test_noting_costs_a_page_nothing_to_speak_of() -> None:
    scope = {"method": "GET", "client": ("203.0.113.7", 5), "headers": [(b"host", b"x"), (b"accept", b"*/*"), (b"user-agent", FIREFOX)]}
    began = time.perf_counter()
    for _ in range(2_000):
        counting.saw("site.5", scope)
    each = (time.perf_counter() - began) / 2_000
    assert each < 0.000_1, f"{each * 1e6:.1f} µs"  # 4 µs on a quiet machine; a kept page is 100 and more


@pytest.mark.django_db
def test_pages_say_whose_they_are_and_its_own_people_are_not_its_visitors(world: SimpleNamespace, client: Client) -> None:
    path, entity = "/ar/institutions/natcom-tn/", f"entity.{world.natcom_tn.pk}"
    assert client.get(path)["X-Visit-Key"] == entity
    assert client.get("/ar/")["X-Visit-Key"] == "platform"
    assert "X-Visit-Key" not in client.get("/ar/institutions/nobody/")
    client.force_login(world.ezz.user)
    assert client.get(path)["X-Visit-Key"] == entity
    client.force_login(world.carmen.user)
    assert client.get(path)["X-Visit-Key"] == "platform"


@pytest.mark.django_db
def test_every_page_of_a_site_and_of_a_section_counts_on_its_own_counter(world: SimpleNamespace, client: Client) -> None:
    own = sites.write(world.carmen.actor, Site(space=world.natcom_tn), None, publish=True, title_ar="كيف ننضم", body_ar="<p>نص</p>")
    keys = {
        f"site.{world.natcom_tn.pk}": [
            f"/ar/commissions/tn/{part}" for part in ("", "news/", "institutions/", "contact/", f"pages/{own.pk}/")
        ],
        f"site.{world.school.pk}": ["/ar/sites/school-tn/"],
        "site.schools": ["/ar/schools/", "/ar/schools/institutions/"],
        "site.general-conference": ["/ar/general-conference/"],
    }
    for key, paths in keys.items():
        for path in paths:
            assert client.get(path)["X-Visit-Key"] == key, path
            visit(client.get(path)["X-Visit-Key"])
    assert counted() == {key: (len(paths), 1) for key, paths in keys.items()} | {"platform": (9, 1)}
    staff = ((world.carmen, "/ar/commissions/tn/"), (world.sami, "/ar/schools/"), (world.sami, "/ar/commissions/tn/news/"))
    for who, path in (*staff, (world.carmen, "/ar/sites/school-tn/"), (world.carmen, "/ar/institutions/school-tn/")):
        client.force_login(who.user)
        assert client.get(path)["X-Visit-Key"] == "platform", "whoever looks after it is no visitor"
    for preview in ("preview/", f"pages/{own.pk}/preview/"):
        client.force_login(world.carmen.user)
        answer = client.get(f"/ar/commissions/tn/{preview}")
        assert (answer.status_code, "X-Visit-Key" in answer) == (200, False), "a look before others see it is no visit"
    client.force_login(world.ezz.user)
    assert client.get("/ar/commissions/tn/")["X-Visit-Key"] == f"site.{world.natcom_tn.pk}"


@pytest.mark.django_db
def test_a_site_shows_its_counter_and_the_secretariat_the_days_of_the_sections(world: SimpleNamespace, client: Client) -> None:
    from django.core.cache import cache  # noqa: PLC0415 -- only here

    assert "in 30 days" not in client.get("/en/schools/").content.decode()
    for key, visitors in ((f"site.{world.natcom_tn.pk}", 3), ("site.schools", 7)):
        DailyCount.objects.create(day=timezone.localdate(), key=key, visits=9, visitors=visitors)
    cache.clear()
    assert '<data value="3">3</data> visitors in 30 days' in client.get("/en/commissions/tn/").content.decode()
    html = client.get("/en/schools/").content.decode()
    assert ('<data value="7">7</data> visitors in 30 days' in html, "/en/visits/" in html) == (True, False)
    client.force_login(world.sami.user)
    assert 'href="/en/visits/"' in client.get("/en/schools/").content.decode().split('id="main"')[1]
    page = client.get("/en/visits/").content.decode()
    assert ("<h3>Associated schools</h3>" in page, "<h3>Clubs</h3>" in page) == (True, False)
    assert f"{timezone.localdate()},Associated schools,7,9" in client.get("/en/visits.csv").content.decode()


@pytest.mark.django_db
def test_the_counter_says_its_number_in_words(world: SimpleNamespace, client: Client) -> None:
    path, key = "/en/institutions/natcom-tn/", f"entity.{world.natcom_tn.pk}"
    assert "in 30 days" not in client.get(path).content.decode()
    today = timezone.localdate()
    for days, visitors in ((0, 1), (29, 4), (30, 100)):
        DailyCount.objects.create(day=today - timedelta(days=days), key=key, visits=9, visitors=visitors)
    from django.core.cache import cache  # noqa: PLC0415 -- only here

    cache.clear()
    assert queries.lately(key) == 5
    assert '<data value="5">5</data> visitors in 30 days' in client.get(path).content.decode()


@pytest.mark.django_db
def test_officers_and_the_secretariat_see_the_days(world: SimpleNamespace, client: Client) -> None:
    today = timezone.localdate()
    key = f"entity.{world.natcom_tn.pk}"
    DailyCount.objects.create(day=today, key=key, visits=9, visitors=4)
    DailyCount.objects.create(day=today - timedelta(days=2), key=f"site.{world.natcom_tn.pk}", visits=3, visitors=2)
    DailyCount.objects.create(day=today, key="platform", visits=90, visitors=40)
    path = "/en/institutions/natcom-tn/visits"
    for who, status in ((world.carmen, 200), (world.sami, 200), (world.basel, 403), (world.ezz, 403)):
        client.force_login(who.user)
        assert [client.get(f"{path}{end}").status_code for end in ("/", ".csv", ".xlsx")] == [status] * 3
    client.force_login(world.carmen.user)
    page = client.get(f"{path}/").content.decode()
    assert page.count('<svg class="day-chart"') == 2 and page.count("<tr><td>") == 120
    lines = client.get(f"{path}.csv").content.decode("utf-8-sig").split("\r\n")
    assert lines[:3] == ["Day,Place,Visitors,Pages looked at", f"{today},Its page here,4,9", f"{today},Its own site,0,0"]
    assert client.get("/en/visits/").status_code == 403
    client.force_login(world.sami.user)
    assert '<data value="40">40</data>' in client.get("/en/visits/").content.decode()


@pytest.mark.django_db
def test_the_page_of_visits_costs_the_same_at_one_day_and_at_sixty(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.carmen.user)
    entity: Entity = world.natcom_tn

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/en/institutions/natcom-tn/visits/").status_code == 200
        return len(captured)

    today = timezone.localdate()
    DailyCount.objects.create(day=today, key=f"entity.{entity.pk}", visits=1, visitors=1)
    asked()
    one = asked()
    DailyCount.objects.bulk_create(
        [DailyCount(day=today - timedelta(days=n), key=f"entity.{entity.pk}", visits=n, visitors=n) for n in range(1, 60)]
    )
    assert asked() == one


PROCESS = """
import django; django.setup()
import os, sys
from insights import counting
for n in range(int(sys.argv[1]), int(sys.argv[2])):
    scope = {"method": "GET", "client": (f"203.0.113.{n}", 5), "headers": [(b"user-agent", b"Mozilla/5.0 (X11) Firefox/140.0")]}
    counting.saw("site.5", scope)
if sys.argv[3] == "flush":
    counting.flush()
os._exit(9)  # killed: nothing of what it holds is written any more
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_count_together_and_a_killed_one_loses_only_what_it_had_not_written() -> None:
    database = connection.settings_dict
    where = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        where = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "network.settings", "DATABASE_URL": where, "VISITS_FLUSH_SECONDS": "0"}
    ways = (("0", "40", "flush"), ("20", "60", "flush"), ("100", "150", "never"))
    running = [subprocess.Popen([sys.executable, "-c", PROCESS, *way], env=env, cwd=settings.BASE_DIR) for way in ways]
    assert [one.wait(60) for one in running] == [9, 9, 9]
    assert {row.key: (row.visits, row.visitors) for row in DailyCount.objects.all()} == {"site.5": (80, 60), "platform": (80, 60)}
    assert DailySalt.objects.count() == 1


def test_the_secretariat_surveys_the_sites_of_all_institutions(world: SimpleNamespace, client: Client) -> None:
    """The most visited first, in a fixed number of queries; what is older than thirty days, and sections, stand elsewhere."""
    today = timezone.localdate()
    counts = ((world.school.pk, 0, 3), (world.natcom_tn.pk, 1, 5), (world.natcom_tn.pk, 2, 2), (world.natcom_jo.pk, 40, 9))
    for pk, ago, visitors in counts:
        DailyCount.objects.create(day=today - timedelta(days=ago), key=f"site.{pk}", visits=2 * visitors, visitors=visitors)
    DailyCount.objects.create(day=today, key="site.schools", visits=9, visitors=9)
    actor = world.sami.actor
    with CaptureQueriesContext(connection) as asked:
        found = queries.sites(actor)
    assert [(row.entity.handle, row.visitors, row.visits) for row in found] == [("natcom-tn", 7, 14), ("school-tn", 3, 6)]
    DailyCount.objects.filter(key=f"site.{world.school.pk}").delete()
    with CaptureQueriesContext(connection) as fewer:
        queries.sites(actor)
    assert len(asked) == len(fewer)
    client.force_login(world.sami.user)
    assert re.findall(r'href="/en/institutions/([\w-]+)/visits/"', client.get("/en/visits/").content.decode()) == ["natcom-tn"]
