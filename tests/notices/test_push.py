"""Notices on devices: to whoever is still signed in there, of what they may still see, not while they rest; read by nobody on the way."""

from __future__ import annotations

import base64
import json
import math
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import Client
from django.utils import timezone

from chat import actions as chat
from forums.models import Topic
from network import env
from network.activity import worker
from network.activity.models import Activity, Job
from network.spaces import actions as spaces
from network.spaces.models import Membership
from notices import actions, queries
from notices.actions.devices import subscribe
from notices.models import Device, Preferences, PushKey, SpaceMail
from notices.push import key, post, send
from notices.subscribers import notify
from tests.cast import Person, member, person, reply_to
from tests.chat.conftest import say, talk
from tests.notices.push_service import Service, text
from tests.notices.support import tell

WORKDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    made = Service()
    settings.PUSH_TRIAL_ORIGINS = [made.origin]
    with time_machine.travel(WORKDAY, tick=True):
        yield made
    made.close()


def device(who: Person, service: Service, name: str = "a") -> Device:
    session = SessionStore()
    session["who"] = who.user.pk
    session.create()
    return subscribe(who.actor, endpoint=f"{service.origin}/{name}", session=session.session_key or "", **service.keys())


def work() -> None:
    while worker.work_one("push"):
        pass


def push() -> None:
    tell()
    work()


def hasten() -> None:
    """What was put off is due now."""
    Job.objects.filter(lane="push").update(due_at=timezone.now())
    work()


def test_a_mention_is_shown_on_the_device_in_its_owners_language(world: SimpleNamespace, topic: Topic, service: Service) -> None:
    device(world.basel, service)
    post = reply_to(world, topic, by=world.carmen, body="<p>@basel انظر هنا</p>")
    push()
    (told,) = service.told
    assert told["url"] == f"/ar{post.path}"
    assert (told["tag"], told["lang"], told["dir"]) == (topic.stream, "ar", "rtl")
    assert "كارمن" in told["title"]
    assert "انظر هنا" in told["body"]
    assert service.headers[0]["authorization"].startswith("vapid t=")
    push()
    assert len(service.told) == 1  # told twice is pushed once


def test_a_reply_is_not_pushed_unless_one_wishes_so(world: SimpleNamespace, topic: Topic, service: Service) -> None:
    device(world.carmen, service)
    reply_to(world, topic)
    push()
    assert service.told == []


def test_every_message_of_a_conversation_is_pushed_though_one_line_waits(world: SimpleNamespace, service: Service) -> None:
    device(world.basel, service)
    several = talk(world.carmen, world.basel, world.ezz)
    for words in ("أولى", "ثانية"):
        say(world.carmen, several, words)
        push()
    assert [told["body"] for told in service.told] == ["أولى", "ثانية"]
    assert {told["tag"] for told in service.told} == {several.stream}


@pytest.mark.parametrize("why", ["read", "left", "signed out", "quiet", "suspended"])
def test_it_is_not_pushed_any_more(world: SimpleNamespace, topic: Topic, service: Service, why: str) -> None:
    held = device(world.basel, service)
    reply_to(world, topic, by=world.carmen, body="<p>@basel سرّ</p>")
    tell()
    if why == "read":
        actions.mark_thread_read(world.basel.actor, topic.stream)
    elif why == "left":
        spaces.remove(world.carmen.actor, Membership.objects.get(space=world.group, user=world.basel.user))
    elif why == "signed out":
        SessionStore(held.session).delete()
    elif why == "suspended":
        type(world.basel.user).objects.filter(pk=world.basel.user.pk).update(is_active=False)
    with time_machine.travel(WORKDAY.replace(hour=23 if why == "quiet" else 11), tick=True):
        work()
    assert service.told == []
    assert Device.objects.exists()  # though nobody is signed in there: who signs in again there is told again


def test_a_silent_place_says_nothing_on_the_device(world: SimpleNamespace, topic: Topic, service: Service) -> None:
    SpaceMail.objects.create(space=world.group, without_content=True)
    device(world.basel, service)
    reply_to(world, topic, by=world.carmen, body="<p>@basel سرّ</p>")
    push()
    (told,) = service.told
    said = told["title"] + told["body"]
    assert not any(word in said for word in ("سرّ", topic.title, "كارمن"))


def test_a_device_that_is_gone_is_forgotten_and_one_that_fails_stops_nobody(world: SimpleNamespace, topic: Topic, service: Service) -> None:
    for name, status in (("gone", 410), ("full", 429), ("broken", 500), ("fine", 201)):
        device(world.basel, service, name)
        service.answers[f"/{name}"] = status
    reply_to(world, topic, by=world.carmen, body="<p>@basel</p>")
    push()
    assert len(service.told) == 1
    left = {held.endpoint.rsplit("/", 1)[1]: held.failures for held in Device.objects.all()}
    assert left == {"full": 0, "broken": 1, "fine": 0}


def test_what_a_push_service_could_not_take_is_tried_again_and_nobody_is_told_twice(
    world: SimpleNamespace, topic: Topic, service: Service
) -> None:
    for name, status in (("full", 429), ("broken", 500), ("fine", 201)):
        device(world.basel, service, name)
        service.answers[f"/{name}"] = status
    service.more["Retry-After"] = "900"
    reply_to(world, topic, by=world.carmen, body="<p>@basel</p>")
    push()
    again = Job.objects.get(lane="push")
    assert 890 < (again.due_at - timezone.now()).total_seconds() < 910
    service.answers["/full"] = 201
    hasten()
    assert sorted(service.asked) == ["/broken", "/broken", "/fine", "/full", "/full"]
    for _turn in range(5):
        hasten()
    assert service.asked.count("/broken") == 4  # and then it waits in the inbox alone
    assert (len(service.told), Job.objects.filter(lane="push").count()) == (2, 0)
    assert Device.objects.get(endpoint__endswith="/broken").failures == 1  # one notice that did not arrive


def test_a_service_that_hangs_keeps_nobody_else_waiting(
    world: SimpleNamespace, topic: Topic, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty devices of a service that never answers: a handful is tried, the rest is left for later, well within a job's lease."""
    monkeypatch.setattr(post, "TIMEOUT", (1, 0.5))
    other = Service()
    try:
        settings.PUSH_TRIAL_ORIGINS.append(other.origin)
        for number in range(19):
            device(world.basel, service, f"hangs-{number}")
            service.answers[f"/hangs-{number}"] = 0
        device(world.carmen, other, "fine")
        reply_to(world, topic, by=world.ezz, body="<p>@basel @carmen</p>")
        tell()
        began = time.monotonic()
        work()
        assert time.monotonic() - began < 5
        assert [told["lang"] for told in other.told] == ["ar"]
        assert len(service.asked) <= post.THREADS + post.MOST_SILENT
        assert Job.objects.get(lane="push").args["users"] == [world.basel.user.pk]
    finally:
        other.close()


def test_no_redirect_is_followed(world: SimpleNamespace, topic: Topic, service: Service) -> None:
    device(world.basel, service, "moved")
    service.answers["/moved"] = 307
    service.more["Location"] = f"{service.origin}/inside"
    reply_to(world, topic, by=world.carmen, body="<p>@basel</p>")
    push()
    assert service.asked == ["/moved"]
    assert Device.objects.get().failures == 1


def test_an_address_that_is_no_longer_known_is_not_asked(world: SimpleNamespace, topic: Topic, service: Service) -> None:
    device(world.basel, service)
    settings.PUSH_TRIAL_ORIGINS.clear()
    reply_to(world, topic, by=world.carmen, body="<p>@basel</p>")
    push()
    assert service.asked == []
    assert not Device.objects.exists()


def test_a_device_that_fails_for_a_day_is_forgotten_and_one_whose_service_is_away_is_not(
    world: SimpleNamespace, topic: Topic, service: Service
) -> None:
    long_gone, well = device(world.basel, service, "long"), device(world.basel, service, "well")
    for held in (long_gone, well):
        service.answers[f"/{held.endpoint.rsplit('/', 1)[1]}"] = 403
    Device.objects.filter(pk=long_gone.pk).update(since=WORKDAY - timedelta(days=2))
    for turn in range(5):
        assert Device.objects.count() == 2, turn
        reply_to(world, topic, by=world.carmen, body="<p>@basel</p>")
        notify(Activity.objects.latest("pk"))
        work()
    assert Device.objects.get() == well
    assert Device.objects.get().failures == 5
    service.answers.clear()
    reply_to(world, topic, by=world.carmen, body="<p>@basel</p>")
    push()
    assert Device.objects.get().failures == 0


def test_a_newer_notice_takes_the_place_of_an_older_one_and_says_nothing_to_the_service(
    world: SimpleNamespace, topic: Topic, service: Service
) -> None:
    for who in (world.basel, world.carmen):
        device(who, service, who.page.handle or "")
    for _turn in range(2):
        reply_to(world, topic, by=world.ezz, body="<p>@basel @carmen</p>")
        push()
    topics = [headers["topic"] for headers in service.headers]
    assert (len(topics), len(set(topics))) == (4, 1)  # they share the keys of one browser here
    assert all(len(word) == 32 and "topic" not in word for word in topics)
    Device.objects.filter(user=world.basel.user).update(auth=text(os.urandom(16)))
    service.told.clear()
    one, other = (send._topic(held, topic.stream) for held in Device.objects.order_by("pk"))
    assert one != other  # who is told of the same thing is not to be seen from outside
    assert {(headers["urgency"], headers["ttl"], headers["content-type"]) for headers in service.headers} == {
        ("high", "86400", "application/octet-stream")
    }


def test_who_wants_it_on_a_device_only_gets_it_there(world: SimpleNamespace, topic: Topic, service: Service) -> None:
    device(world.basel, service)
    Preferences.objects.filter(user=world.basel.user).update(choices={"mentions": {"shown": False, "mail": "none"}})
    reply_to(world, topic, by=world.carmen, body="<p>@basel</p>")
    push()
    assert len(service.told) == 1
    assert queries.unread_count(world.basel.actor) == service.told[0]["count"] == 0


def test_a_message_read_meanwhile_is_not_pushed(world: SimpleNamespace, service: Service) -> None:
    device(world.basel, service)
    several = talk(world.carmen, world.basel, world.ezz)
    say(world.carmen, several, "أولى")
    push()
    second = say(world.carmen, several, "ثانية")
    several.refresh_from_db()
    tell()
    chat.mark_read(world.basel.actor, several, second.number)
    work()
    assert [told["body"] for told in service.told] == ["أولى"]


def test_telling_many_costs_as_many_queries_for_each(
    world: SimpleNamespace, topic: Topic, service: Service, django_assert_max_num_queries: Any
) -> None:
    people = [person(f"mentioned{number}", f"مذكور {number}") for number in range(12)]
    for someone in people:
        member(someone, world.group)
        device(someone, service, someone.page.handle or "")
    reply_to(world, topic, by=world.carmen, body=f"<p>{' '.join('@' + (one.page.handle or '') for one in people)}</p>")
    activity = Activity.objects.latest("pk")
    tell()
    with django_assert_max_num_queries(20 + 5 * len(people)):
        send.push(activity.pk, [one.user.pk for one in people], path="/", thread=topic.stream)
    assert len(service.told) == len(people)


def test_a_trial_waits_for_no_push_service(world: SimpleNamespace, service: Service) -> None:
    held = device(world.basel, service)
    service.answers["/a"] = 0
    client = Client()
    client.force_login(world.basel.user)
    assert client.post(f"/devices/{held.pk}/trial/").status_code == 302
    assert service.asked == []
    service.answers.clear()
    work()
    assert (service.told[0]["tag"], service.told[0]["url"]) == ("trial", "/ar/settings/devices/")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://localhost/x",
        "https://169.254.169.254/latest",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com:8443/x",
        "https://user@fcm.googleapis.com/x",
        "https://evilpush.apple.com/x",
        "https://10.0.0.5\\.push.apple.com/x",  # to the library that connects, the host ends at the backslash
        "https://169.254.169.254\\.notify.windows.com/latest",
        "https://evil.example\\@web.push.apple.com/x",
        "https://evil.example#.push.apple.com/x",
        "https://web.push.apple.com\n/x",
        "https://web.push.apple.com",
        "https://fcm.googleapis.com/" + "a" * 700,
        "not an address",
    ],
)
def test_our_server_knocks_at_no_other_doors(world: SimpleNamespace, service: Service, endpoint: str) -> None:
    with pytest.raises(ValidationError):
        subscribe(world.ezz.actor, endpoint=endpoint, session="s", **service.keys())


@pytest.mark.parametrize(
    "endpoint",
    ["https://fcm.googleapis.com/fcm/send/x", "https://updates.push.services.mozilla.com/wpush/v2/x", "https://web.push.apple.com/x"],
)
def test_the_browsers_own_services_are_known(world: SimpleNamespace, service: Service, endpoint: str) -> None:
    assert subscribe(world.ezz.actor, endpoint=endpoint, session="s", **service.keys()).user == world.ezz.user


def test_a_further_push_service_is_named_by_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_HOSTS", "push.example.org .push.example.net")
    assert env.hosts("PUSH_HOSTS") == ["push.example.org", ".push.example.net"]
    for wrong in ("https://push.example.org", "*.example.org", "localhost", ".", "push.example.org/x"):
        monkeypatch.setenv("PUSH_HOSTS", wrong)
        with pytest.raises(ImproperlyConfigured, match="PUSH_HOSTS"):
            env.hosts("PUSH_HOSTS")


@pytest.mark.parametrize(
    "odd",
    [
        {"p256dh": text(b"\4" + b"\1" * 64)},  # no point of the curve
        {"p256dh": text(b"\4" * 64)},
        {"auth": text(b"\1" * 15)},
        {"auth": text(b"\1" * 16) + "!" * 40},  # the decoder would pass over it, the column would not
        {"p256dh": ""},
        {"auth": "\0"},
        {"session": ""},
    ],
)
def test_what_no_browser_brings_is_refused(world: SimpleNamespace, service: Service, odd: dict[str, str]) -> None:
    given = {"endpoint": f"{service.origin}/a", "session": "s", **service.keys()}
    with pytest.raises(ValidationError):
        subscribe(world.ezz.actor, **(given | odd))
    assert not Device.objects.exists()
    assert subscribe(world.ezz.actor, **given).pk


def test_the_key_is_made_once_and_kept(db: None) -> None:
    first = key.public()
    assert key.public() == first
    assert PushKey.objects.count() == 1
    assert len(base64.urlsafe_b64decode(first + "=")) == 65


def test_a_browser_belongs_to_whoever_is_signed_in(world: SimpleNamespace, service: Service) -> None:
    for who in (world.ezz, world.basel):
        client = Client()
        client.force_login(who.user)
        answer = client.post("/devices/", {"endpoint": f"{service.origin}/one", **service.keys(), "label": "Firefox"})
        assert answer.status_code == 200
    held = Device.objects.get()
    assert held.user == world.basel.user
    assert Preferences.objects.filter(user=world.basel.user).exists()
    stranger = Client()
    stranger.force_login(world.ezz.user)
    assert stranger.post(f"/devices/{held.pk}/end/").status_code == 404
    client.post(f"/devices/{held.pk}/end/")
    assert not Device.objects.exists()
    assert client.post("/devices/", {"endpoint": "https://evil.example/"}).status_code == 422


def test_the_app_says_its_name_in_each_language(client: Client, db: None) -> None:
    arabic, english = (json.loads(client.get(f"/{code}/manifest.webmanifest").content) for code in ("ar", "en"))
    assert (arabic["dir"], arabic["start_url"], english["dir"], english["start_url"]) == ("rtl", "/ar/", "ltr", "/en/")
    assert {icon["sizes"] for icon in arabic["icons"]} == {"192x192", "512x512"}
    assert {icon["purpose"] for icon in arabic["icons"]} == {"any", "maskable"}
    assert (arabic["id"], arabic["scope"], arabic["display"]) == ("/", "/", "standalone")
    for icon in arabic["icons"]:
        assert (settings.BASE_DIR / icon["src"].removeprefix("/")).exists()
    # The colours are those of the tokens: --ground and --fill by daylight.
    assert far(arabic["background_color"], srgb(0.968, 0.006, 95)) <= 1
    assert far(arabic["theme_color"], srgb(0.435, 0.078, 195)) <= 1
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    assert "--ground: light-dark(oklch(.968 .006 95)" in tokens
    assert "--fill: light-dark(oklch(.435 .078 195)" in tokens
    assert f'<meta name="theme-color" content="{arabic["theme_color"]}">' in client.get("/ar/").content.decode()


def far(one: str, other: tuple[float, ...]) -> float:
    """How many steps of 255 two colours are apart, where they differ most."""
    return max(abs(int(one[at : at + 2], 16) - part) for at, part in zip((1, 3, 5), other, strict=True))


def srgb(lightness: float, chroma: float, hue: float) -> tuple[float, ...]:
    """An oklch() colour as red, green and blue up to 255 (CSS Color 4)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long, medium, short = (
        (lightness + x * a + y * b) ** 3
        for x, y in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    )
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    light = (max(0.0, min(1.0, part)) for part in linear)
    return tuple(255 * (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055) for part in light)


def test_the_worker_keeps_nothing_that_anybody_reads(client: Client, db: None) -> None:
    answer = client.get("/sw.js")
    script = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert script.count("cache.put") == 1  # at its installation, of the list above it
    assert 'credentials: "omit"' in script
    assert client.get("/sw.js").content.decode() == script  # in every process and for everybody the same
    signed = Client()
    signed.force_login(get_user_model().objects.create(email="reader@example.org"))
    assert signed.get("/sw.js").content.decode() == script
    for code in ("ar", "fr", "en"):
        page = client.get(f"/{code}/offline/")
        assert page.status_code == 200
        assert "csrf" not in page.content.decode()
