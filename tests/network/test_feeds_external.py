"""News of the institutions' own websites: fetched with care from a real server, kept once, shown as theirs."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from network.activity.models import Activity, Job
from network.entities import actions as entities
from network.feeds import actions, fetch, jobs
from network.feeds.models import ExternalFeed, ExternalItem, Problem
from notices import waiting

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>موقع اللجنة</title><language>ar</language>
<item><title>ورشة &lt;b&gt;المعلمين&lt;/b&gt;</title><link>https://natcom.example/1</link><guid>n1</guid><pubDate>Tue, 03 Nov 2026 09:00:00 GMT</pubDate>
<description>&lt;p onclick="x()"&gt;نصّ &lt;script&gt;alert(1)&lt;/script&gt;مختصر&lt;/p&gt;&lt;img src=x onerror=alert(2)&gt;</description></item>
<item><title>Concours de lecture</title><link>https://natcom.example/2</link><guid>n2</guid><pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate></item>
<item><title>Bad</title><link>javascript:alert(1)</link><guid>n3</guid></item></channel></rss>"""


class Website:
    """A real server on this machine: `answer` makes each answer, `asked` remembers the requests."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer: Callable[[Any], None] = lambda handler: say(handler, RSS.encode(), {"ETag": '"v1"'})
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                with suppress(OSError):  # whoever asked has gone
                    outer.answer(self)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def say(handler: Any, body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> None:
    handler.send_response(status)
    for name, value in ({"Content-Type": "application/rss+xml", "Content-Length": str(len(body))} | (headers or {})).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def website(settings: Any) -> Iterator[Website]:
    site = Website()
    settings.FEED_TRIAL_ORIGINS = [site.origin]
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def feed(world: SimpleNamespace, website: Website) -> ExternalFeed:
    return actions.add(world.carmen.actor, world.natcom_tn, url=f"{website.origin}/feed")


def again(feed: ExternalFeed) -> ExternalFeed:
    return ExternalFeed.objects.get(pk=feed.pk)


def test_news_come_as_plain_words_with_a_link_and_never_twice(feed: ExternalFeed, website: Website) -> None:
    assert actions.refresh(feed) == 2
    rows = list(ExternalItem.objects.newest_first().values_list("title", "link", "excerpt", "language"))
    assert rows == [
        ("ورشة المعلمين", "https://natcom.example/1", "نصّ مختصر", "ar"),
        ("Concours de lecture", "https://natcom.example/2", "", "fr"),
    ]
    mended = RSS.replace("Concours de lecture", "Grand concours de lecture").encode()
    website.answer = lambda handler: say(handler, mended)
    assert actions.refresh(again(feed)) == 0
    assert sorted(ExternalItem.objects.values_list("title", flat=True)) == ["Grand concours de lecture", "ورشة المعلمين"]
    kept = again(feed)
    assert (kept.title, kept.failures, kept.problem) == ("موقع اللجنة", 0, "")


def test_what_is_not_new_is_not_sent_again(feed: ExternalFeed, website: Website) -> None:
    actions.refresh(feed)
    website.answer = lambda handler: say(handler, b"", status=304)
    assert actions.refresh(again(feed)) == 0
    assert website.asked[-1][1]["if-none-match"] == '"v1"'
    assert "cookie" not in website.asked[-1][1]
    assert again(feed).etag == '"v1"'


def test_atom_and_packed_answers_are_read(feed: ExternalFeed, website: Website) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>T</title><entry><id>a</id><title>Library opens</title>'
        '<link href="https://x.example/a"/><updated>2026-11-01T10:00:00Z</updated><summary>Words</summary></entry></feed>'
    )
    website.answer = lambda handler: say(handler, gzip.compress(atom.encode()), {"Content-Encoding": "gzip"})
    assert actions.refresh(feed) == 1
    assert ExternalItem.objects.get().title == "Library opens"


def bomb(handler: Any) -> None:
    say(handler, gzip.compress(b"\0" * (fetch.MOST_BYTES + 1_000_000)), {"Content-Encoding": "gzip"})


def drip(handler: Any) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10))
ENTITIES = f'<?xml version="1.0"?><!DOCTYPE x [{LAUGHS}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
FAILURES: dict[str, tuple[Callable[[Any], None], str, int | None]] = {
    "status": (lambda h: say(h, b"no", status=503), "status", 503),
    "page": (lambda h: say(h, b"<html><title>x</title></html>", {"Content-Type": "text/html"}), "other", None),
    "large": (lambda h: say(h, b" " * (fetch.MOST_BYTES + 10)), "large", None),
    "bomb": (bomb, "large", None),
    "round": (lambda h: say(h, b"", {"Location": "/again"}, 302), "round", None),
    "drip": (drip, "silent", None),
    "cut": (lambda h: say(h, b"x", {"Content-Length": "5000"}), "refused", None),
    "inside": (lambda h: say(h, b"", {"Location": "http://169.254.169.254/latest/"}, 302), "address", None),
    "neighbour": (lambda h: say(h, b"", {"Location": "http://127.0.0.1:1/"}, 302), "address", None),
    "file": (lambda h: say(h, b"", {"Location": "file:///etc/passwd"}, 302), "address", None),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_goes_wrong_is_said_in_words(name: str, feed: ExternalFeed, website: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SECONDS", 2)
    website.answer, problem, status = FAILURES[name]
    began = time.monotonic()
    assert actions.refresh(feed) is None
    assert time.monotonic() - began < 5
    kept = again(feed)
    assert (kept.problem, kept.status, kept.failures) == (problem, status, 1)
    assert kept.get_problem_display() == Problem(problem).label


def test_a_document_that_names_files_or_multiplies_itself_does_neither(feed: ExternalFeed, website: Website) -> None:
    body = ENTITIES + '<rss version="2.0"><channel><item><title>x&f;&l9;</title><link>https://x.example/</link></item></channel></rss>'
    website.answer = lambda handler: say(handler, body.encode())
    began = time.monotonic()
    actions.refresh(feed)
    assert time.monotonic() - began < fetch.PARSE_SECONDS + 2
    assert not [row for row in ExternalItem.objects.all() if "root" in row.title or "haha" in row.title]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/feed", "http://localhost/feed", "http://10.0.0.5/", "http://2130706433/", "https://[::1]/", "ftp://example.org/f",
        "https://user:secret@example.org/", "https://example.org:8443/f", "http://example.org:443/f", "https://0x7f.1/", "https://printer.local/",
        "https://exa mple.org/", "https://10.0.0.5\\.example.org/", "https://example.org\\@127.0.0.1/", "javascript:alert(1)", "https://x.example/" + "a" * 600,
    ],
)  # fmt: skip
def test_addresses_that_lead_inside_are_no_feeds(url: str, world: SimpleNamespace, settings: Any) -> None:
    settings.FEED_TRIAL_ORIGINS = []
    with pytest.raises(ValidationError):
        actions.add(world.carmen.actor, world.natcom_tn, url=url)
    assert not ExternalFeed.objects.exists()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False),  # noqa: S104 -- nothing is bound
        ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False),
        ("fe80::1", False), ("fd00::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("192.0.2.1", False),
    ],
)  # fmt: skip
def test_only_the_open_internet_is_public(address: str, public: bool) -> None:
    assert fetch.is_public(address) is public


def test_a_name_that_leads_inside_is_refused_and_what_was_checked_is_what_is_asked(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.FEED_TRIAL_ORIGINS = []
    answers = [["93.184.216.34", "10.0.0.1"], ["93.184.216.34"], ["10.0.0.1"]]  # the name changes its mind after it was asked
    asked, gone_to = [], []

    def resolve(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", (address, port)) for address in answers[len(asked) - 1]]

    def connect(address: tuple[str, int], *_more: Any) -> Any:
        gone_to.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(fetch.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(fetch.socket, "create_connection", connect)
    for problem in (Problem.ADDRESS, Problem.REFUSED):
        with pytest.raises(fetch.Failed) as failed:
            fetch.fetch("https://news.example.org/feed")
        assert failed.value.problem == problem
    assert (asked, gone_to) == (["news.example.org"] * 2, [("93.184.216.34", 443)])


def test_the_clock_asks_what_is_due_and_gives_up_after_eight_failures(feed: ExternalFeed, website: Website, world: SimpleNamespace) -> None:
    jobs.due()
    jobs.due()
    assert list(Job.objects.filter(name="feeds.fetch").values_list("args", flat=True)) == [{"feed_id": feed.pk}]
    jobs.fetch(feed.pk)
    assert ExternalItem.objects.count() == 2
    jobs.fetch(feed.pk)
    assert len(website.asked) == 1, "it is not due again"
    website.answer = lambda handler: say(handler, b"", status=500)
    for _ in range(actions.GIVE_UP):
        ExternalFeed.objects.update(next_at=timezone.now() - timedelta(seconds=1))
        jobs.fetch(feed.pk)
    assert again(feed).stopped_at is not None
    assert [line.path for line in waiting.feeds(world.haytham.actor)] == ["/institutions/natcom-tn/feeds/"]
    assert waiting.feeds(world.basel.actor) == []
    ExternalFeed.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert list(ExternalFeed.objects.due(timezone.now())) == []
    actions.pause(world.carmen.actor, again(feed), paused=False)
    assert [one.pk for one in ExternalFeed.objects.due(timezone.now())] == [feed.pk]
    entities.set_status(world.sami.actor, world.natcom_tn, "suspended", reason="سبب")
    assert list(ExternalFeed.objects.due(timezone.now())) == []


def test_who_looks_after_feeds(feed: ExternalFeed, world: SimpleNamespace, client: Client, website: Website) -> None:
    path = "/en/institutions/natcom-tn/feeds/"
    for who in (world.basel, world.ezz, world.amina):
        with pytest.raises(PermissionDenied):
            actions.pause(who.actor, feed, paused=True)
        client.force_login(who.user)
        assert client.get(path).status_code == 403
    client.force_login(world.carmen.user)
    said = client.post(f"{path}{feed.pk}/trial/", follow=True).content.decode()
    assert "The feed works: 2 new items came." in said
    website.answer = lambda handler: say(handler, b"", status=404)
    said = client.post(f"{path}{feed.pk}/trial/", follow=True).content.decode()
    assert "The website answered with an error. (404)" in said and "It failed 1 time in a row." in said
    client.post(f"{path}{feed.pk}/pause/")
    assert again(feed).paused_at is not None and ExternalItem.objects.count() == 2
    wrong = client.post(path, {"url": "http://10.0.0.1/feed"})
    assert wrong.status_code == 422 and "only http and https addresses of public websites can" in wrong.content.decode()
    assert client.post(path, {"url": feed.url}).status_code == 422
    client.post(f"{path}{feed.pk}/removal/")
    assert not ExternalFeed.objects.exists() and not ExternalItem.objects.exists()
    verbs = Activity.objects.filter(space=world.natcom_tn).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["feed_added", "feed_paused", "feed_removed"]


def test_the_page_shows_them_as_what_they_are(feed: ExternalFeed, world: SimpleNamespace, client: Client) -> None:
    actions.refresh(feed)
    for path in ("/en/institutions/natcom-tn/", "/en/institutions/natcom-tn/external/"):
        page = client.get(path).content.decode()
        assert "From its own website" in page and "External" in page
        assert '<a class="author" href="https://natcom.example/1" rel="nofollow noopener noreferrer external" target="_blank"' in page
        assert "alert(" not in page and "onclick" not in page
    assert "natcom.example" not in client.get("/en/institutions/natcom-tn/feed.atom").content.decode(), "our feeds hold our own news"
    entities.set_status(world.sami.actor, world.natcom_tn, "suspended", reason="سبب")
    assert client.get("/en/institutions/natcom-tn/external/").status_code == 404


def test_many_items_cost_as_one(feed: ExternalFeed, world: SimpleNamespace, client: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    paths = ("/en/institutions/natcom-tn/", "/en/institutions/natcom-tn/external/")
    row = {"feed": feed, "link": "https://x.example/", "published": timezone.now()}
    ExternalItem.objects.create(key="0", title="t", **row)
    for path in paths:
        queries(path)
    one = [queries(path) for path in paths]
    ExternalItem.objects.bulk_create([ExternalItem(key=str(n), title=f"t{n}", **row) for n in range(1, 15)])
    assert [queries(path) for path in paths] == one
