"""The hub alone: order, turns, slow readers, withdrawals, heads."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from network.live.bus import Letter
from network.live.hub import BUFFER_BYTES, Ear, Hub, Packed, start


class Line:
    """A socket's short way that writes down what it was given."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.behind = 0

    def write(self, data: bytes) -> None:
        self.said.append(data)

    def waiting(self) -> int:
        return self.behind


class Person:
    def __init__(self, hub: Hub, user_id: int | None = None, *channels: str) -> None:
        self.line, self.closed, self.again = Line(), [], 0
        self.ear = Ear(_nothing, close=self.closed.append, again=self._again, wire=self.line, user_id=user_id)
        hub.join(self.ear)
        hub.hear(self.ear, channels)

    def _again(self) -> None:
        self.again += 1

    @property
    def texts(self) -> list[str]:
        return [frame[2 if frame[1] < 126 else 4 :].decode() for frame in self.line.said]


async def _nothing(message: Mapping[str, Any]) -> None:
    raise AssertionError("the short way was not taken")


@pytest.fixture
async def hub(settings: Any) -> Any:
    """A hub that hears this process only, in both shapes: what comes by Redis is tests/realtime/test_redis.py's matter."""
    settings.REDIS_URL = ""
    hub = Hub()
    hub.start()
    for task in tuple(hub._tasks):  # these tests beat by hand
        task.cancel()
    yield hub
    await hub.stop()


@pytest.mark.parametrize("size", [1, 125, 126, 65_535, 65_536])
def test_a_frame_is_whole_on_the_wire(size: int) -> None:
    wire = Packed("x" * size).wire
    head = {1: 2, 125: 2, 126: 4, 65_535: 4, 65_536: 10}[size]
    assert wire[0] == 0x81
    assert wire[head:] == b"x" * size
    if head > 2:
        assert int.from_bytes(wire[2:head], "big") == size


async def test_each_listener_hears_each_frame_once_and_in_order(hub: Hub) -> None:
    people = [Person(hub, None, "topic.1/ar") for _ in range(250)]
    other = Person(hub, None, "topic.2/ar")
    hub.accept([Letter("topic.1/ar", number, f"f{number}") for number in range(5)])
    await asyncio.sleep(0.05)
    assert {tuple(person.texts) for person in people} == {("f0", "f1", "f2", "f3", "f4")}
    assert other.texts == []


async def test_a_long_fan_out_lets_others_have_their_turn(hub: Hub) -> None:
    for _ in range(1_000):
        Person(hub, None, "topic.1/ar")
    turns = 0
    hub.accept([Letter("topic.1/ar", 1, "x")])
    while hub._draining is not None and not hub._draining.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns >= 9


async def test_a_slow_reader_is_closed_and_nobody_else(hub: Hub) -> None:
    slow, quick = Person(hub, None, "t.1"), Person(hub, None, "t.1")
    slow.line.behind = BUFFER_BYTES + 1
    hub.accept([Letter("t.1", 0, "a"), Letter("t.1", 0, "b")])
    assert (slow.closed, slow.texts) == ([1013], [])
    assert quick.texts == ["a", "b"]


async def test_a_withdrawn_listener_is_silent_at_once(hub: Hub) -> None:
    mine, other = Person(hub, 3, "topic.1/ar", "topic.1"), Person(hub, 4, "topic.1/ar")
    hub.accept(
        [Letter("!control", 0, json.dumps({"control": "withdraw", "user": 3, "space": None, "stream": None})), Letter("topic.1/ar", 1, "x")]
    )
    assert (mine.texts, mine.again) == ([], 1)
    assert other.texts == ["x"]
    hub.accept([Letter("!control", 0, json.dumps({"control": "withdraw", "user": None, "space": None, "stream": "topic.1"}))])
    assert other.again == 1


async def test_a_space_s_listeners_are_asked_again(hub: Hub) -> None:
    inside, outside = Person(hub, 3, "topic.1/ar"), Person(hub, 4, "topic.2/ar")
    inside.ear.spaces = {7}
    hub.withdraw(None, 7, None)
    assert (inside.again, outside.again) == (1, 0)


@pytest.mark.django_db(transaction=True)  # the heads are asked in a thread that may hold a connection
async def test_a_head_newer_than_what_was_heard_is_told_once(hub: Hub) -> None:
    person = Person(hub, None, "topic.1/ar", "topic.1")
    heads = {"topic.1": 5}
    hub.heads = lambda wanted: ("e", dict(heads))
    hub.knows("topic.1", 5)
    await hub._beat()
    person.line.said.clear()
    await hub._beat()
    assert [text for text in person.texts if '"head"' in text] == []
    heads["topic.1"] = 7
    await hub._beat()
    await hub._beat()
    assert [json.loads(text)["version"] for text in person.texts if '"head"' in text] == [7]
    hub.accept([Letter("topic.1/ar", 8, "frame")])
    heads["topic.1"] = 8
    await hub._beat()
    assert [text for text in person.texts if '"head"' in text][1:] == []


async def test_who_comes_while_something_is_told_is_told_of_it(hub: Hub) -> None:
    """Its rights and the head were read before the frame, and it hears only after: the heartbeat would say nothing, as all were told."""
    Person(hub, 3, "topic.1/ar", "topic.1")
    assert hub.knows("topic.1", 10) == 10
    hub.accept([Letter("topic.1/ar", 11, "frame")])
    Person(hub, 4, "topic.1/fr", "topic.1")
    assert hub.knows("topic.1", 10) == 11
    assert hub.knows("topic.2", 5) == 5  # nobody hears it


async def test_who_left_holds_nothing(hub: Hub) -> None:
    person = Person(hub, 3, "topic.1/ar", "topic.1")
    hub.leave(person.ear)
    assert (hub.channels, hub.people, hub.ears, hub._versions) == ({}, {}, set(), {})


async def test_a_send_that_waits_goes_on_by_itself() -> None:
    steps: list[str] = []

    async def quick() -> None:
        steps.append("quick")

    async def slow() -> None:
        steps.append("slow begins")
        await asyncio.sleep(0.01)
        steps.append("slow ends")

    assert start(quick()) is None
    late = start(slow())
    assert steps == ["quick", "slow begins"]
    assert late is not None
    await late
    assert steps[-1] == "slow ends"
