"""Feeds and the widget: what is public, in three forms, for feed readers and for the frames of other websites."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from xml.etree import ElementTree

import feedparser
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forums import actions as forums
from network.content import Audience
from network.entities import actions as entities
from network.entities.models import Entity
from network.entities.news import Item
from network.feeds import calendar
from network.feeds.written import Channel, write

FORMS = ("atom", "rss", "json")
FEED = "/ar/institutions/natcom-tn/feed"


@pytest.fixture
def news(world: SimpleNamespace) -> SimpleNamespace:
    """Two pieces of news of the Tunisian commission, and what must stay where it is."""
    carmen = world.carmen.writing_for(world.natcom_tn)
    world.first = forums.open_topic(carmen, world.natcom_tn, body='<p>افتتاح مكتبة &amp; معرض <a href="/topics/1/">هنا</a></p>')
    world.second = forums.open_topic(carmen, world.natcom_tn, body="<p>Lancement du concours de lecture entre les écoles associées</p>")
    forums.open_topic(carmen, world.natcom_tn, body="<p>zqnetworkqz</p>", audience=Audience.NETWORK)
    forums.delete_topic(carmen, forums.open_topic(carmen, world.natcom_tn, body="<p>zqremovedqz</p>"))
    forums.open_topic(world.amina.writing_for(world.school), world.school, body="<p>خبر المدرسة</p>")
    return world


def titles(client: Client, path: str) -> list[str]:
    """What a feed reader sees, whichever form it is."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    if path.partition("?")[0].endswith("json"):
        return [item["title"] for item in json.loads(answer.content)["items"]]
    read = feedparser.parse(answer.content)
    assert not read.bozo, read
    return [entry.title for entry in read.entries]


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_holds_what_is_public_and_nothing_else(form: str, news: SimpleNamespace, client: Client) -> None:
    expected = ["Lancement du concours de lecture entre les écoles associées", "افتتاح مكتبة & معرض هنا"]
    assert titles(client, f"{FEED}.{form}") == expected
    assert titles(client, f"{FEED}.{form}?language=fr") == expected[:1]
    client.force_login(news.carmen.user)
    assert titles(client, f"{FEED}.{form}") == expected, "whoever asks: a feed is everybody's"


def test_feeds_of_a_kind_and_of_the_network(news: SimpleNamespace, client: Client) -> None:
    tunis = ["Lancement du concours de lecture entre les écoles associées", "افتتاح مكتبة & معرض هنا"]
    assert titles(client, "/ar/feeds/national-commission.atom") == tunis
    assert titles(client, "/ar/feeds/associated-school.rss") == ["خبر المدرسة"]
    assert titles(client, "/ar/feeds/news.json") == ["خبر المدرسة", *tunis]
    assert client.get("/ar/feeds/nothing.atom").status_code == 404
    page = client.get("/ar/feeds/").content.decode()
    assert 'href="/ar/feeds/associated-school.json"' in page and "organ.atom" in page


def test_what_is_suspended_leaves_every_feed(news: SimpleNamespace, client: Client) -> None:
    entities.set_status(news.sami.actor, news.school, Entity.Status.SUSPENDED, reason="سبب")
    assert titles(client, "/ar/feeds/associated-school.atom") == []
    assert "خبر المدرسة" not in titles(client, "/ar/feeds/news.atom")
    assert client.get("/ar/institutions/school-tn/feed.atom").status_code == 404
    client.force_login(news.sami.user)
    assert client.get("/ar/institutions/school-tn/feed.atom").status_code == 404, "a feed is fetched without a session, so it has none"
    assert client.get("/ar/institutions/school-tn/widget/").status_code == 404


def test_each_entry_says_its_language_and_direction_and_its_links_are_whole(news: SimpleNamespace, client: Client) -> None:
    atom = ElementTree.fromstring(client.get(f"{FEED}.atom").content)  # noqa: S314 -- our own
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert atom.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    french, arabic = atom.findall("a:entry", space)
    assert [one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in (french, arabic)] == ["fr", "ar"]
    words = arabic.find("a:content", space)
    assert words is not None
    assert words.text == (
        '<div dir="rtl" lang="ar"><p dir="auto">افتتاح مكتبة &amp; معرض '
        '<a href="http://testserver/topics/1/" rel="noopener noreferrer nofollow ugc">هنا</a></p></div>'
    )
    assert [one.findtext("a:id", None, space) for one in (french, arabic)] == [
        f"tag:testserver,2026:topic.{topic.pk}" for topic in (news.second, news.first)
    ]
    data = client.get(f"{FEED.replace('/ar/', '/fr/')}.json").json()
    assert (data["version"], data["language"]) == ("https://jsonfeed.org/version/1.1", "fr")
    assert "Commission nationale tunisienne" in data["title"]
    assert data["items"][0]["url"] == f"http://testserver/fr/topics/{news.second.pk}/"


def test_whoever_holds_the_newest_is_told_so(news: SimpleNamespace, client: Client) -> None:
    first = client.get(f"{FEED}.atom")
    assert first["Last-Modified"].endswith("GMT")
    again = client.get(f"{FEED}.atom", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    forums.delete_topic(news.carmen.actor, news.second)
    assert client.get(f"{FEED}.atom", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_words_that_are_no_xml_do_no_harm() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    item = Item("topic.1", "/topics/1/", "a\x00b<&>\"'\ufffe ]]>", "<p>x\x0b]]></p>", "x", "ar", now, now, "<i>&", "/institutions/x/")
    channel = Channel("t\x01<", 'a"&', "ar", "https://m.example", '/ar/f"<&', "/ar/", [item], now)
    for form in ("atom", "rss"):
        read = feedparser.parse(write(channel, form))
        assert not read.bozo and read.entries[0].title == "ab<&>\"' ]]>"
    assert json.loads(write(channel, "json"))["items"][0]["authors"] == [{"name": "<i>&", "url": "https://m.example/ar/institutions/x/"}]


@pytest.mark.parametrize("path", [f"{FEED}.atom", "/ar/feeds/news.json", "/ar/institutions/natcom-tn/widget/"])
def test_a_feed_costs_the_same_whatever_is_in_it(path: str, news: SimpleNamespace, client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for n in range(8):
        forums.open_topic(news.carmen.writing_for(news.natcom_tn), news.natcom_tn, body=f"<p>{n}</p>")
    assert queries() == few <= 1 + len(settings.FEED_SOURCES)


def test_the_page_of_an_institution_says_where_its_feeds_are(news: SimpleNamespace, client: Client) -> None:
    page = client.get("/ar/institutions/natcom-tn/").content.decode()
    for form, kind in (("atom", "application/atom+xml"), ("rss", "application/rss+xml"), ("json", "application/feed+json")):
        assert f'<link rel="alternate" type="{kind}"' in page and f'href="{FEED}.{form}"' in page


def test_the_widget_stands_in_any_frame_and_holds_nothing_but_words(news: SimpleNamespace, client: Client) -> None:
    answer = client.get("/en/institutions/natcom-tn/widget/?count=3&theme=dark")
    page = answer.content.decode()
    assert "X-Frame-Options" not in answer.headers
    assert answer["Content-Security-Policy"].endswith("frame-ancestors *")
    assert not answer.cookies and "<script" not in page and "<form" not in page
    assert 'data-theme="dark"' in page and 'dir="rtl">افتتاح مكتبة &amp; معرض هنا</a>' in page
    assert "zqnetworkqz" not in page and "zqremovedqz" not in page
    again = client.get("/en/institutions/natcom-tn/widget/?count=3&theme=dark", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and "X-Frame-Options" not in again.headers, "a browser renews what it kept by these"
    assert again["Content-Security-Policy"] == answer["Content-Security-Policy"]
    assert client.get("/en/institutions/natcom-tn/widget/code/", follow=False).headers["X-Frame-Options"] == "DENY"
    assert client.get("/en/institutions/nobody/widget/").headers["X-Frame-Options"] == "DENY"


def test_an_officer_takes_the_line_for_their_website(news: SimpleNamespace, client: Client) -> None:
    client.force_login(news.carmen.user)
    page = client.get("/en/institutions/natcom-tn/widget/code/?language=fr&count=8&theme=light").content.decode()
    assert "&lt;iframe src=&quot;http://testserver/fr/institutions/natcom-tn/widget/?count=8&amp;amp;theme=light&quot;" in page
    assert 'src="/fr/institutions/natcom-tn/widget/?count=8&amp;theme=light"' in page
    wrong = client.get("/en/institutions/natcom-tn/widget/code/?language=xx&count=9000&theme=%22%3E").content.decode()
    assert 'src="/en/institutions/natcom-tn/widget/?count=5&amp;theme=auto"' in wrong
    client.force_login(news.basel.user)
    assert client.get("/en/institutions/natcom-tn/widget/code/").status_code == 403


def events(entity: Entity | None) -> list[calendar.Entry]:
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    title = "ندوة، القراءة; " + "طويل " * 30
    return [calendar.Entry("event.1", title, date(2026, 12, 1), None, now, "https://m.example/e/1", "سطر\nآخر")]


def test_a_calendar_is_there_when_a_room_has_events(news: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/ar/institutions/natcom-tn/calendar.ics"
    assert client.get(path).status_code == 404
    monkeypatch.setattr(settings, "CALENDAR_SOURCES", (f"{__name__}.events",))
    answer = client.get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    whole = answer.content.decode().replace("\r\n ", "")
    assert "SUMMARY:ندوة، القراءة\\; طويل" in whole and "DESCRIPTION:سطر\\nآخر" in whole and "DTSTART;VALUE=DATE:20261201" in whole
