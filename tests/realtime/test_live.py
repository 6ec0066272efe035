"""What is heard, by whom, and for how long; on the real server over real sockets."""

import contextlib
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus

from forums import actions as forums
from network import live
from network.spaces import actions as spaces
from network.spaces.models import Mandate, Membership
from tests.cast import topic_in

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def w(server: str, world: SimpleNamespace) -> SimpleNamespace:
    world.topic = topic_in(world, world.board)
    world.open_topic = topic_in(world, world.open_board)
    return world


def test_a_reply_is_heard_once_in_the_listener_s_language(listen: Any, w: SimpleNamespace) -> None:
    ear = listen(w.ezz, f"topic.{w.topic.pk}/fr")
    post = forums.reply(w.carmen.actor, w.topic, body="<p>أهلا</p>")
    frames = [frame for frame in ear.frames(1.0) if "op" in frame]
    assert [(f["stream"], f["op"], f["id"], f["number"], f["version"]) for f in frames] == [
        (f"topic.{w.topic.pk}", "append", f"post-{post.pk}", 2, post.version)
    ]
    assert "أهلا" in frames[0]["html"]


def test_a_visitor_hears_a_public_topic_and_not_a_members_one(listen: Any, w: SimpleNamespace) -> None:
    ear = listen()
    ear.say(
        {
            "type": "subscribe",
            "streams": [f"topic.{w.open_topic.pk}/ar", f"topic.{w.topic.pk}/ar", "topic.999999/ar", f"user.{w.ezz.user.pk}"],
        }
    )
    answers = [ear.next() for _ in range(4)]
    assert [(frame["type"], frame["stream"]) for frame in answers] == [
        ("subscribed", f"topic.{w.open_topic.pk}/ar"),
        ("gone", f"topic.{w.topic.pk}/ar"),
        ("gone", "topic.999999/ar"),
        ("gone", f"user.{w.ezz.user.pk}"),
    ]
    forums.reply(w.carmen.actor, w.topic, body="canary-members")
    forums.reply(w.carmen.actor, w.open_topic, body="for all")
    assert [frame["stream"] for frame in ear.frames(0.8) if "op" in frame] == [f"topic.{w.open_topic.pk}"]
    assert "canary-members" not in str(ear.heard)


def test_a_removed_member_stops_hearing_within_a_second(listen: Any, w: SimpleNamespace) -> None:
    ear = listen(w.ezz, f"topic.{w.topic.pk}/ar")
    spaces.remove(w.carmen.actor, Membership.objects.get(space=w.group, user=w.ezz.user))
    began = time.monotonic()
    assert ear.next()["type"] == "gone"
    assert time.monotonic() - began < 1.0
    forums.reply(w.carmen.actor, w.topic, body="After he left")
    assert ear.frames(1.0) == []


def test_a_suspended_person_is_closed_and_so_is_one_who_signed_out(listen: Any, w: SimpleNamespace) -> None:
    ear, other = listen(w.ezz, "feed"), listen(w.mona, "feed")
    w.ezz.user.is_active = False
    w.ezz.user.save(update_fields=["is_active"])
    live.withdraw(w.ezz.user.pk)
    assert ear.ends(1.0) == 4401
    w.mona.user.set_password("another long word")
    w.mona.user.save()
    live.withdraw(w.mona.user.pk)
    assert other.ends(1.0) == 4401


def test_a_mandate_s_end_closes_what_it_opened(listen: Any, w: SimpleNamespace) -> None:
    Mandate.objects.filter(user=w.haytham.user).update(ends_at=timezone.now() + timedelta(seconds=1.5))
    # He sees the group's topic through nothing but the oversight of his commission.
    school_topic = topic_in(w, w.board)
    w.group.overseer = w.natcom_tn
    w.group.save(update_fields=["overseer"])
    ear = listen(w.haytham, f"topic.{school_topic.pk}/ar")
    assert ear.heard[0]["type"] == "subscribed"
    gone = ear.next(seconds=4.0)
    assert gone == {"type": "gone", "stream": f"topic.{school_topic.pk}/ar"}


def test_a_hint_is_heard_only_by_whom_the_audience_covers(listen: Any, w: SimpleNamespace) -> None:
    member, visitor = listen(w.ezz, f"space.{w.group.pk}", "feed"), listen(None, f"space.{w.group.pk}", "feed")
    forums.reply(w.carmen.actor, w.topic, body="inside")
    assert [frame["type"] for frame in member.frames(0.6)] == ["hint"]
    assert visitor.frames(0.3) == []


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", None, "https://127.0.0.1", "http://127.0.0.1", "http://127.0.0.1.evil.example"]
)
def test_a_foreign_origin_is_refused(listen: Any, w: SimpleNamespace, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        listen(w.ezz, origin=origin)
    assert refusal.value.response.status_code == 403


def test_an_old_script_is_told_to_load_again(listen: Any) -> None:
    assert listen(query="").ends(2.0) == 4409


def test_a_flood_is_closed(listen: Any) -> None:
    ear = listen()
    with contextlib.suppress(ConnectionClosed):  # it may be closed before we have said it all
        for _ in range(90):
            ear.say({"type": "here", "stream": "feed", "visible": True})
    assert ear.ends(3.0) == 1008


def test_catch_up_is_what_was_heard(listen: Any, w: SimpleNamespace) -> None:
    ear = listen(w.ezz, f"topic.{w.topic.pk}/ar")
    start = ear.heard[0]["version"]
    first = forums.reply(w.carmen.actor, w.topic, body="one")
    second = forums.reply(w.mona.actor, w.topic, body="two")
    forums.edit(w.carmen.actor, first, body="one, mended")
    forums.delete(w.mona.actor, second)
    frames = [frame for frame in ear.frames(1.5) if "op" in frame]
    heard = {frame["id"]: (frame["version"], frame["html"]) for frame in frames}
    client = Client()
    client.force_login(w.ezz.user)
    answer = client.get("/live/", {f"topic.{w.topic.pk}": start, "lang": "ar"}).json()
    found = answer["streams"][f"topic.{w.topic.pk}"]
    assert {row["id"]: (row["version"], row["html"]) for row in found["rows"]} == heard
    assert [frame["version"] for frame in frames] == list(range(start + 1, found["head"] + 1))


def test_catch_up_says_gone_reload_or_nothing(w: SimpleNamespace) -> None:
    client = Client()
    name = f"topic.{w.topic.pk}"
    assert client.get("/live/", {name: 0}).json()["streams"] == {name: {"gone": True}}
    assert client.get("/live/", {"topic.999999": 0}).json()["streams"] == {"topic.999999": {"gone": True}}
    client.force_login(w.ezz.user)
    head = client.get("/live/", {name: 0}).json()["streams"][name]["head"]
    assert client.get("/live/", {name: head}).json()["streams"] == {name: {"head": head, "rows": []}}
    assert client.get("/live/", {name: head + 5}).json()["streams"] == {name: {"reload": True, "head": head}}
    assert client.get("/live/", {name: head, "epoch": "another"}).json()["reload"] is True
    assert client.get("/live/", {name: "x"}).status_code == 400


def test_typing_is_told_to_people_only(listen: Any, w: SimpleNamespace) -> None:
    stream = f"topic.{w.open_topic.pk}/ar"
    writer, reader, visitor = listen(w.carmen, stream), listen(w.ezz, stream), listen(None, stream)
    writer.say({"type": "typing", "stream": stream})
    told = reader.next()
    assert (told["user"], told["name"]) == (w.carmen.user.pk, "كارمن")
    assert "example.org" not in str(told)  # an address is nobody's business
    assert visitor.frames(0.3) == []


def test_a_lost_frame_is_healed_by_the_heartbeat(listen: Any, w: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    ear = listen(w.ezz, f"topic.{w.topic.pk}/ar")
    monkeypatch.setattr("realtime.broadcast.announce", lambda activity: None)
    monkeypatch.setattr("django.conf.settings.ACTIVITY_NOW", ())
    time.sleep(0.2)
    post = forums.reply(w.carmen.actor, w.topic, body="unheard")
    head = ear.next(seconds=9.0)
    assert (head["type"], head["stream"], head["version"]) == ("head", f"topic.{w.topic.pk}", post.version)
