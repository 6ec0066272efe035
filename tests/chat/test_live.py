"""What is heard of a conversation, by whom, and for how long; on the real server over real sockets. Silence is proven by what comes after it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat import actions
from chat.fragments import message_html
from chat.models import Conversation, Message
from network import live
from network.activity.models import Activity
from network.live import presence
from network.spaces import actions as spaces
from network.spaces.actors import forget
from network.spaces.models import Mandate, Membership, Space
from realtime.broadcast import conversation_frames
from realtime.models import Epoch
from tests.cast import Person, mandate
from tests.chat.conftest import between, say, talk
from tests.realtime.conftest import Ear, _content_types_anew, listen

__all__ = ["_content_types_anew", "listen"]
pytestmark = pytest.mark.usefixtures("server")
Frame = dict[str, Any]


@pytest.fixture
def w(server: str, world: SimpleNamespace) -> SimpleNamespace:
    """The world, once the server stands on its database."""
    return world


@pytest.fixture
def hear(listen: Any, w: SimpleNamespace) -> Callable[..., Ear]:
    """listen(), and wait until every process knows of it: from then on nothing is missed. `user.N` comes along, to ring at the end."""

    def hear(who: Person | None, *names: str) -> Ear:
        ear: Ear = listen(who, *names, *([f"user.{who.user.pk}"] if who is not None else ["feed"]))
        granted = [frame["stream"] for frame in ear.heard if frame["type"] == "subscribed"]
        channels = {channel_of(name) for name in granted}
        channels |= {f"{live.base(name)}/people" for name in granted if name.startswith("conversation")}
        wait_for(lambda: live.listened(channels) == channels)
        ear.heard.clear()
        return ear

    return hear


def channel_of(name: str) -> str:
    """Where what a stream of this name carries travels."""
    if name.startswith(("feed", "space")):
        return f"{name}/public"
    base, _, language = name.partition("/")
    if not base.startswith("conversation."):
        return name
    return Conversation.objects.with_participants().get(pk=base.partition(".")[2]).channel(language)


def wait_for(what: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def ring(who: Person | None) -> str:
    """A hint on a stream of one's own, after everything that was told before it."""
    mark = f"bell {uuid.uuid4().hex}"
    live.publish(f"user.{who.user.pk}" if who is not None else "feed/public", {"type": "hint", "kind": mark, "passing": True})
    return mark


def until_the_bell(ear: Ear, who: Person | None) -> list[Frame]:
    """All that this socket heard before a bell that is rung now: what is not in it will not come."""
    mark = ring(who)
    ear.next(lambda frame: frame.get("kind") == mark, 10)
    found = [frame for frame in ear.heard if not str(frame.get("kind")).startswith("bell ")]
    ear.heard.clear()
    return found


def gone(ear: Ear, who: Person, stream: str) -> None:
    """It is told that the stream is gone; then it hears its own again (between processes that takes a moment: ring until it does)."""
    ear.next(lambda frame: frame == {"type": "gone", "stream": stream}, 10)
    marks: set[str] = set()
    wait_for(lambda: marks.add(ring(who)) or any(frame.get("kind") in marks for frame in ear.frames(0.2)))  # type: ignore[func-returns-value]
    until_the_bell(ear, who)


def about(conversation: Conversation, frames: Iterable[Frame]) -> list[Frame]:
    """Without the hints of one's own stream."""
    return [frame for frame in frames if frame.get("stream") == conversation.stream]


def frame_of(message: Message, op: str, language: str) -> Frame:
    """The one frame that tells of a message as it is now."""
    message = Message.objects.with_author().with_conversation().get(pk=message.pk)
    return {
        "stream": message.conversation.stream,
        "epoch": Epoch.now(),
        "op": op,
        "id": f"message-{message.pk}",
        "number": message.number,
        "version": message.version,
        "html": message_html(message, language),
    }


def head_of(conversation: Conversation, version: int) -> Frame:
    return {"stream": conversation.stream, "epoch": Epoch.now(), "type": "head", "version": version}


def passing(conversation: Conversation, **said: Any) -> Frame:
    return {"stream": conversation.stream, "epoch": Epoch.now(), "passing": True, **said}


# --- Messages --------------------------------------------------------------------------------------------------------------
def test_each_hears_what_is_said_once_and_in_their_own_language(hear: Any, w: SimpleNamespace) -> None:
    direct = talk(w.basel, w.carmen)
    arabic, french = hear(w.carmen, f"{direct.stream}/ar"), hear(w.basel, f"{direct.stream}/fr")
    messages = [say(w.basel, direct, "أهلا"), say(w.carmen, direct, "bonjour")]
    assert about(direct, until_the_bell(arabic, w.carmen)) == [frame_of(message, "append", "ar") for message in messages]
    assert about(direct, until_the_bell(french, w.basel)) == [frame_of(message, "append", "fr") for message in messages]
    assert frame_of(messages[0], "append", "ar")["html"] != frame_of(messages[0], "append", "fr")["html"]


def test_a_retry_is_not_heard_twice(hear: Any, w: SimpleNamespace) -> None:
    direct, number = talk(w.basel, w.carmen), uuid.uuid4()
    ear = hear(w.carmen, f"{direct.stream}/ar")
    for _ in range(3):
        message = say(w.basel, direct, client_id=number)
    assert about(direct, until_the_bell(ear, w.carmen)) == [frame_of(message, "append", "ar")]


def test_an_edit_a_reaction_and_a_removal_put_the_message_as_it_is_in_its_place(hear: Any, w: SimpleNamespace) -> None:
    direct = talk(w.basel, w.carmen)
    ear = hear(w.carmen, f"{direct.stream}/ar")
    first, last = say(w.basel, direct, "الأولى"), say(w.carmen, direct, "الثانية")
    told = [frame_of(first, "append", "ar"), frame_of(last, "append", "ar")]
    for deed in (
        lambda: actions.edit(w.basel.actor, first, body="<p>المصحّحة</p>"),
        lambda: actions.react(w.carmen.actor, first, "heart"),
        lambda: actions.pin(w.carmen.actor, first, pinned=True),
        lambda: actions.delete(w.basel.actor, first),
    ):
        deed()
        told.append(frame_of(first, "replace", "ar"))
    heard = about(direct, until_the_bell(ear, w.carmen))
    assert heard == told
    assert [frame["version"] for frame in heard] == [1, 2, 3, 4, 5, 6]
    assert "المصحّحة" not in heard[-1]["html"]


def test_what_quotes_a_changed_message_is_asked_for_anew(hear: Any, w: SimpleNamespace) -> None:
    """One frame cannot tell of two messages: there is only the new head, and the catch-up has both."""
    direct = talk(w.basel, w.carmen)
    asked = say(w.basel, direct, "سؤال")
    answer = say(w.carmen, direct, "جواب", reply_to=asked)
    ear = hear(w.carmen, f"{direct.stream}/ar")
    actions.edit(w.basel.actor, asked, body="<p>سؤال آخر</p>")
    assert about(direct, until_the_bell(ear, w.carmen)) == [head_of(direct, 3)]
    rows = client_of(w.carmen).get("/live/", {direct.stream: 2, "lang": "ar"}).json()["streams"][direct.stream]["rows"]
    assert [(row["id"], row["version"]) for row in rows] == [(f"message-{asked.pk}", 3), (f"message-{answer.pk}", 3)]


def test_who_came_later_hears_no_word_of_what_was_said_before(hear: Any, w: SimpleNamespace) -> None:
    """Whatever becomes of an earlier message, open pages are told that something changed, and each asks with their own rights."""
    several = talk(w.carmen, w.basel, w.ezz)
    early = say(w.ezz, several, "zqearlyqz")
    actions.add(w.carmen.actor, several, [w.haytham.page])
    ears = {who.page.handle: hear(who, f"{several.stream}/ar") for who in (w.haytham, w.basel)}
    several.refresh_from_db()
    before = several.version
    actions.edit(w.ezz.actor, early, body="<p>zqmendedqz</p>")
    actions.react(w.basel.actor, early, "heart")
    actions.pin(w.carmen.actor, early, pinned=True)
    late = say(w.basel, several, "بعد", reply_to=early)
    actions.delete(w.ezz.actor, early)  # the answer that quotes it changes with it
    told = [*(head_of(several, before + step) for step in (1, 2, 3)), head_of(several, before + 5)]
    for name, ear in ears.items():
        heard = about(several, until_the_bell(ear, getattr(w, name)))
        [word] = [frame for frame in heard if "op" in frame]
        assert (word["id"], word["version"], [frame for frame in heard if "op" not in frame]) == (f"message-{late.pk}", before + 4, told), (
            name
        )
        assert "zq" not in json.dumps(heard), name


def test_what_is_still_on_its_way_when_somebody_comes_does_not_reach_them(hear: Any, w: SimpleNamespace) -> None:
    """An edit is committed, then somebody is added and listens, and only then is the edit told: a slow process, a stopped thread."""
    several = talk(w.carmen, w.basel, w.ezz)
    early = say(w.ezz, several, "zqearlyqz")
    basel = hear(w.basel, f"{several.stream}/ar")
    changed = actions.edit(w.ezz.actor, early, body="<p>zqmendedqz</p>")
    edited = Activity.objects.get(verb="edited_message")
    actions.add(w.carmen.actor, several, [w.haytham.page])
    basel.next(lambda frame: frame.get("type") == "subscribed", 10)  # asked again, and told the head: it catches up by itself
    haytham = hear(w.haytham, f"{several.stream}/ar")
    live.publish_all(conversation_frames(edited, changed))
    assert about(several, until_the_bell(haytham, w.haytham)) == []
    after = say(w.ezz, several, "بعد")
    for ear, who in ((haytham, w.haytham), (basel, w.basel)):
        assert about(several, until_the_bell(ear, who))[-1] == frame_of(after, "append", "ar")


def test_who_is_added_hears_from_the_line_about_it_on(hear: Any, w: SimpleNamespace) -> None:
    several = talk(w.carmen, w.basel, w.ezz)
    say(w.ezz, several, "قبل")
    ear = hear(w.haytham)
    actions.add(w.carmen.actor, several, [w.haytham.page])
    event = several.messages.order_by("-number")[0]
    ear.next(lambda frame: frame.get("kind") == "chat")  # the list of rooms is asked for anew, and the room stands in it
    answer = ear.subscribe(f"{several.stream}/ar").heard[-1]
    assert (answer["type"], answer["version"]) == ("subscribed", event.version)
    channel = channel_of(f"{several.stream}/ar")
    wait_for(lambda: live.listened([channel]) == {channel})
    ear.heard.clear()
    message = say(w.ezz, several, "بعد")
    assert about(several, until_the_bell(ear, w.haytham)) == [frame_of(message, "append", "ar")]


# --- Rights that end ---------------------------------------------------------------------------------------------------------
def test_who_is_taken_out_falls_silent(hear: Any, w: SimpleNamespace) -> None:
    several = talk(w.carmen, w.basel, w.ezz)
    ezz, basel = hear(w.ezz, f"{several.stream}/ar"), hear(w.basel, f"{several.stream}/ar")
    actions.remove(w.carmen.actor, several, several.participants.get(user=w.ezz.user))
    gone(ezz, w.ezz, f"{several.stream}/ar")
    message = say(w.carmen, several, "بعد خروجه")
    actions.edit(w.carmen.actor, message, body="<p>تصحيح</p>")
    actions.mark_read(w.basel.actor, message.conversation, message.number)
    assert until_the_bell(ezz, w.ezz) == []
    heard = [frame for frame in about(several, until_the_bell(basel, w.basel)) if frame.get("id") == message.element_id]
    assert [(frame["version"], "تصحيح" in frame["html"]) for frame in heard] == [(message.version, False), (message.version + 1, True)]
    ezz.subscribe(f"{several.stream}/ar")
    assert ezz.heard[-1] == {"type": "gone", "stream": f"{several.stream}/ar"}


def test_a_former_officer_falls_silent_and_the_new_one_hears(hear: Any, w: SimpleNamespace) -> None:
    commissions = between(w)
    carmen, haytham = hear(w.carmen, f"{commissions.stream}/ar"), hear(w.haytham, f"{commissions.stream}/ar")
    ezz = hear(w.ezz, f"{commissions.stream}/ar")  # gone: he speaks for nobody yet
    spaces.end_mandate(w.haytham.actor, Mandate.objects.get(user=w.carmen.user))
    gone(carmen, w.carmen, f"{commissions.stream}/ar")
    mandate(w.ezz, w.natcom_tn)
    forget()
    type(w.ezz.user).objects.filter(pk=w.ezz.user.pk).update(rights=w.ezz.user.rights + 1)  # as the action that names him does
    ezz.subscribe(f"{commissions.stream}/ar")
    assert ezz.heard[-1]["type"] == "subscribed"
    channel = channel_of(f"{commissions.stream}/ar")
    wait_for(lambda: live.listened([channel]) == {channel})
    ezz.heard.clear()
    message = say(w.basel.writing_for(w.natcom_jo), commissions, "إلى اللجنة")
    assert about(commissions, until_the_bell(carmen, w.carmen)) == []
    for ear, who in ((haytham, w.haytham), (ezz, w.ezz)):
        assert about(commissions, until_the_bell(ear, who)) == [frame_of(message, "append", "ar")]


def test_a_mandate_that_runs_out_by_itself_ends_the_hearing(hear: Any, w: SimpleNamespace) -> None:
    commissions = between(w)
    Mandate.objects.filter(user=w.carmen.user).update(ends_at=timezone.now() + timedelta(seconds=2))
    forget()
    ear = hear(w.carmen, f"{commissions.stream}/ar")
    gone(ear, w.carmen, f"{commissions.stream}/ar")
    say(w.basel.writing_for(w.natcom_jo), commissions)
    assert about(commissions, until_the_bell(ear, w.carmen)) == []


def test_a_removed_member_hears_the_group_s_room_no_more(hear: Any, w: SimpleNamespace) -> None:
    room = actions.room_of(w.carmen.actor, Space.objects.get(pk=w.group.pk))
    ezz, mona = hear(w.ezz, f"{room.stream}/ar"), hear(w.mona, f"{room.stream}/ar")
    first = say(w.carmen, room, "للجميع")
    assert about(room, until_the_bell(ezz, w.ezz)) == about(room, until_the_bell(mona, w.mona)) == [frame_of(first, "append", "ar")]
    spaces.remove(w.carmen.actor, Membership.objects.get(space=w.group, user=w.ezz.user))
    gone(ezz, w.ezz, f"{room.stream}/ar")
    second = say(w.carmen, room, "بعد خروجه")
    assert [frame for frame in until_the_bell(ezz, w.ezz) if frame.get("kind") != "notices"] == []
    assert about(room, until_the_bell(mona, w.mona)) == [frame_of(second, "append", "ar")]


def test_to_whoever_takes_no_part_a_conversation_is_not_there(hear: Any, w: SimpleNamespace) -> None:
    """The secretariat, an overseer, a member of the group of both, a fresh account and a visitor: gone, and then silence."""
    direct = talk(w.basel, w.carmen)
    streams = [f"{direct.stream}/ar", direct.stream, f"{direct.stream}/people", f"{direct.stream}/xx", "conversation.99999999/ar"]
    ears = {}
    for who in (w.sami, w.haytham, w.ezz, w.dara, None):
        ear = hear(who)
        ear.say({"type": "subscribe", "streams": streams})
        assert [ear.next() for _ in streams] == [{"type": "gone", "stream": name} for name in streams]
        ear.say({"type": "typing", "stream": streams[0]})
        ear.say({"type": "here", "stream": streams[0], "visible": True})
        ear.heard.clear()
        ears[who.page.handle if who is not None else "nobody"] = (ear, who)
    carmen = hear(w.carmen, f"{direct.stream}/ar")
    message = say(w.basel, direct, "بيننا")
    actions.edit(w.basel.actor, message, body="<p>بيننا فقط</p>")
    actions.mark_read(w.carmen.actor, message.conversation, 1)
    actions.delete(w.basel.actor, message)
    assert {name: until_the_bell(ear, who) for name, (ear, who) in ears.items()} == {name: [] for name in ears}
    heard = until_the_bell(carmen, w.carmen)
    assert [frame.get("op") or frame["type"] for frame in about(direct, heard)] == ["append", "append", "read", "append"]


# --- What passes: typing, reading, being here -----------------------------------------------------------------------------------
def test_typing_and_reading_are_told_to_those_who_take_part(hear: Any, w: SimpleNamespace) -> None:
    direct = talk(w.basel, w.carmen)
    message = say(w.basel, direct)
    stream = f"{direct.stream}/ar"
    basel, carmen, ezz = hear(w.basel, stream), hear(w.carmen, stream), hear(w.ezz, stream)
    carmen.say({"type": "typing", "stream": stream})
    basel.next(lambda frame: frame.get("type") == "typing")
    actions.mark_read(w.carmen.actor, message.conversation, 1)
    actions.mark_read(w.carmen.actor, message.conversation, 1)  # twice is quiet
    assert about(direct, until_the_bell(basel, w.basel)) == [
        passing(direct, type="typing", user=w.carmen.user.pk, name="كارمن"),
        passing(direct, type="read", user=w.carmen.user.pk, number=1),
    ]
    assert until_the_bell(ezz, w.ezz) == []


def test_who_may_only_read_is_not_heard_typing(hear: Any, w: SimpleNamespace) -> None:
    several = talk(w.carmen, w.basel, w.ezz)
    Membership.objects.filter(user=w.ezz.user).delete()  # he belongs nowhere any more: he reads on
    type(w.ezz.user).objects.filter(pk=w.ezz.user.pk).update(rights=w.ezz.user.rights + 1)
    ezz, basel = hear(w.ezz, f"{several.stream}/ar"), hear(w.basel, f"{several.stream}/ar")
    ezz.say({"type": "typing", "stream": f"{several.stream}/ar"})
    ezz.say({"type": "subscribe", "streams": ["feed"]})
    ezz.next(lambda frame: frame.get("stream") == "feed")  # what he said before was read before
    message = say(w.carmen, several)
    assert (
        about(several, until_the_bell(basel, w.basel)) == about(several, until_the_bell(ezz, w.ezz)) == [frame_of(message, "append", "ar")]
    )


def test_being_here_going_away_and_leaving_are_told_and_kept(hear: Any, w: SimpleNamespace) -> None:
    direct = talk(w.basel, w.carmen)
    stream, carmen_id = f"{direct.stream}/ar", w.carmen.user.pk
    basel, carmen, ezz = hear(w.basel, stream), hear(w.carmen, stream), hear(w.ezz, stream)

    def told(state: str) -> bool:
        return bool(basel.next(lambda frame: frame == passing(direct, type="here", user=carmen_id, state=state)))

    carmen.say({"type": "here", "stream": stream, "visible": True})
    assert told("here") and presence.states([carmen_id]) == {carmen_id: "here"}
    carmen.say({"type": "here", "stream": stream, "visible": False})
    assert told("away") and presence.states([carmen_id]) == {carmen_id: "away"}
    carmen.line.close()
    assert told("gone") and presence.states([carmen_id]) == {}
    assert until_the_bell(ezz, w.ezz) == []


def test_whoever_turns_a_page_is_not_gone(hear: Any, w: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.consumers.GONE_SECONDS", 3)
    direct = talk(w.basel, w.carmen)
    stream, carmen_id = f"{direct.stream}/ar", w.carmen.user.pk
    basel, carmen = hear(w.basel, stream), hear(w.carmen, stream)
    carmen.say({"type": "here", "stream": stream, "visible": True})
    basel.next(lambda frame: frame == passing(direct, type="here", user=carmen_id, state="here"))
    until_the_bell(basel, w.basel)
    carmen.line.close()
    next_page = hear(w.carmen)
    time.sleep(3.3)
    assert about(direct, until_the_bell(basel, w.basel)) == []
    assert presence.states([carmen_id]) == {carmen_id: "here"}
    next_page.line.close()
    wait_for(lambda: presence.states([carmen_id]) == {})


def test_who_was_taken_out_leaves_without_a_word(hear: Any, w: SimpleNamespace) -> None:
    several = talk(w.carmen, w.basel, w.ezz)
    stream, ezz_id = f"{several.stream}/ar", w.ezz.user.pk
    basel, ezz = hear(w.basel, stream), hear(w.ezz, stream)
    ezz.say({"type": "here", "stream": stream, "visible": True})
    basel.next(lambda frame: frame == passing(several, type="here", user=ezz_id, state="here"))
    actions.remove(w.carmen.actor, several, several.participants.get(user=w.ezz.user))
    gone(ezz, w.ezz, stream)
    until_the_bell(basel, w.basel)
    ezz.line.close()
    wait_for(lambda: presence.states([ezz_id]) == {})
    time.sleep(0.3)  # what is told of it is told just after it is kept
    assert until_the_bell(basel, w.basel) == []


def test_who_hides_it_is_here_for_nobody(hear: Any, w: SimpleNamespace) -> None:
    direct = talk(w.basel, w.carmen)
    stream, people = f"{direct.stream}/ar", type(w.carmen.user).objects.filter(pk=w.carmen.user.pk)
    people.update(shows_presence=False)
    basel, carmen = hear(w.basel, stream), hear(w.carmen, stream)
    carmen.say({"type": "here", "stream": stream, "visible": True})
    carmen.say({"type": "typing", "stream": stream})
    basel.next(lambda frame: frame.get("type") == "typing")  # it was read after the other
    assert [frame["type"] for frame in about(direct, until_the_bell(basel, w.basel))] == ["typing"]
    assert presence.states([w.carmen.user.pk]) == {}


def test_who_hides_it_with_a_page_open_is_gone_at_its_next_word(hear: Any, w: SimpleNamespace) -> None:
    direct = talk(w.basel, w.carmen)
    stream, carmen_id = f"{direct.stream}/ar", w.carmen.user.pk
    basel, carmen = hear(w.basel, stream), hear(w.carmen, stream)
    carmen.say({"type": "here", "stream": stream, "visible": True})
    basel.next(lambda frame: frame.get("state") == "here")
    type(w.carmen.user).objects.filter(pk=carmen_id).update(shows_presence=False)
    carmen.say({"type": "here", "stream": stream, "visible": False})
    basel.next(lambda frame: frame == passing(direct, type="here", user=carmen_id, state="gone"))
    assert presence.states([carmen_id]) == {}


# --- Hints ---------------------------------------------------------------------------------------------------------------------
def test_a_hint_reaches_each_who_takes_part_and_nobody_else(hear: Any, w: SimpleNamespace) -> None:
    direct = talk(w.basel, w.carmen)
    ears = {name: hear(getattr(w, name)) for name in ("basel", "carmen", "ezz", "sami")}
    message = say(w.basel, direct)
    actions.edit(w.basel.actor, message, body="<p>تصحيح</p>")

    def hint(name: str, **more: Any) -> Frame:
        return {"stream": f"user.{getattr(w, name).user.pk}", "epoch": Epoch.now(), "type": "hint", "kind": "chat", "conversation": direct.pk,
                "quiet": False, "passing": True, **more}  # fmt: skip

    told = {name: until_the_bell(ear, getattr(w, name)) for name, ear in ears.items()}
    assert told == {name: [hint(name), hint(name, quiet=True)] for name in ("basel", "carmen")} | {"ezz": [], "sami": []}
    actions.mark_read(w.carmen.actor, message.conversation, 1)  # on one's own other pages only
    actions.mute(w.basel.actor, direct, muted=True)
    told = {name: until_the_bell(ear, getattr(w, name)) for name, ear in ears.items()}
    assert told == {name: [hint(name, quiet=True)] for name in ("basel", "carmen")} | {"ezz": [], "sami": []}


def test_members_of_a_group_are_hinted_at_its_room_and_nobody_who_oversees_it(hear: Any, w: SimpleNamespace) -> None:
    room = actions.room_of(w.carmen.actor, Space.objects.get(pk=w.group.pk))
    ears = {name: hear(getattr(w, name), f"space.{w.group.pk}") for name in ("ezz", "mona", "sami", "dara")}
    wait_for(lambda: live.listened([f"space.{w.group.pk}/chat"]) == {f"space.{w.group.pk}/chat"})
    say(w.carmen, room)
    told = {name: until_the_bell(ear, getattr(w, name)) for name, ear in ears.items()}
    hint = {"stream": f"space.{w.group.pk}", "epoch": Epoch.now(), "type": "hint", "kind": "chat", "conversation": room.pk, "quiet": False,
            "passing": True}  # fmt: skip
    assert told == {"ezz": [hint], "mona": [hint], "sami": [], "dara": []}


# --- What was lost is healed ------------------------------------------------------------------------------------------------------
def test_a_frame_that_was_lost_is_healed_by_the_heartbeat(hear: Any, w: SimpleNamespace, settings: Any) -> None:
    direct = talk(w.basel, w.carmen)
    ear = hear(w.carmen, f"{direct.stream}/ar")
    settings.ACTIVITY_NOW = ()
    message = say(w.basel, direct, "لم تُسمع")
    assert ear.next(lambda frame: frame.get("stream") == direct.stream, 15) == head_of(direct, message.version)
    rows = client_of(w.carmen).get("/live/", {direct.stream: 0, "lang": "ar"}).json()["streams"][direct.stream]["rows"]
    assert [row["id"] for row in rows] == [f"message-{message.pk}"]


def test_what_was_heard_is_what_a_reader_catches_up_with(hear: Any, w: SimpleNamespace) -> None:
    several = talk(w.carmen, w.basel, w.ezz)
    several.refresh_from_db()
    start, ear = several.version, hear(w.basel, f"{several.stream}/ar")
    first, second = say(w.carmen, several, "أولى"), say(w.ezz, several, "ثانية")
    actions.edit(w.carmen.actor, first, body="<p>أولى مصحّحة</p>")
    actions.delete(w.ezz.actor, second)
    actions.describe(w.carmen.actor, several, name="اسم", topic="")
    actions.remove(w.carmen.actor, several, several.participants.get(user=w.ezz.user))
    heard = {frame["id"]: (frame["version"], frame["html"]) for frame in about(several, until_the_bell(ear, w.basel))}
    found = client_of(w.basel).get("/live/", {several.stream: start, "lang": "ar"}).json()["streams"][several.stream]
    assert {row["id"]: (row["version"], row["html"]) for row in found["rows"]} == heard
    assert (len(heard), found["head"]) == (4, max(version for version, _html in heard.values()))


def client_of(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client
