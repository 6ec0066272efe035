"""With Redis between processes: two hubs hear one another; Redis may die, hang and come back, and nobody waits for it."""

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from network import live
from network.live import bus
from network.live.hub import Ear, Hub
from tests import services


class House:
    """A hub as another process would have it, with one listener whose rights can be asked again."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.loop = asyncio.new_event_loop()
        self.heard: list[dict[str, Any]] = []
        self.asked_again = 0
        self.closed: list[int] = []
        self.ear: Ear
        self._thread = threading.Thread(target=self._run, daemon=True)
        ready = threading.Event()
        self._ready = ready
        self._thread.start()
        ready.wait(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)

        async def begin() -> None:
            self.hub.start()

            async def send(message: dict[str, Any]) -> None:
                self.heard.append(json.loads(message["text"]))

            self.ear = Ear(send, close=self.closed.append, again=self._again, user_id=3)
            self.hub.join(self.ear)
            self.hub.hear(self.ear, ["topic.42/ar", "topic.42"])
            self._ready.set()

        self.loop.create_task(begin())
        self.loop.run_forever()

    def _again(self) -> None:
        self.asked_again += 1
        self.loop.call_soon(self.hub.hear, self.ear, ["topic.42/ar", "topic.42"])

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(5)

    def posts(self) -> list[object]:
        return [frame["id"] for frame in list(self.heard) if "id" in frame]

    def end(self) -> None:
        self.do(self.hub.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()


def wait_for(what: Callable[[], bool], seconds: float = 5.0) -> float:
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(0.01)
    return time.monotonic() - began


@pytest.fixture
def redis(settings: Any) -> Iterator[Any]:
    url, process = services.start_redis()
    settings.REDIS_URL, settings.LIVE_HEARTBEAT = url, 0.5
    bus.sender.reset()
    yield process
    bus.sender.reset()
    process.kill()
    process.wait()


@pytest.fixture
def houses(redis: Any) -> Iterator[list[House]]:
    houses = [House(), House()]
    for house in houses:
        wait_for(lambda house=house: house.hub.live)
    yield houses
    for house in houses:
        house.end()


def post(number: int) -> None:
    live.publish("topic.42/ar", {"op": "append", "id": f"post-{number}", "version": number})


def test_a_frame_reaches_every_process_once_and_in_order(houses: list[House]) -> None:
    wait_for(lambda: bus.listened(("topic.42/ar", "topic.42/fr")) == {"topic.42/ar"})
    for number in range(20):
        post(number)
    for house in houses:
        wait_for(lambda house=house: len(house.posts()) == 20)
        assert house.posts() == [f"post-{number}" for number in range(20)]


def test_a_withdrawal_reaches_every_process(houses: list[House]) -> None:
    before = [house.asked_again for house in houses]
    live.withdraw(3)
    for house, count in zip(houses, before, strict=True):
        assert wait_for(lambda house=house, count=count: house.asked_again == count + 1) < 1.0
    live.withdraw(4)
    time.sleep(0.2)
    assert [house.asked_again for house in houses] == [count + 1 for count in before]


def test_redis_dies_and_returns(houses: list[House], redis: Any) -> None:
    port = int(bus.settings.REDIS_URL.rsplit(":", 1)[1].split("/")[0])
    asked = [house.asked_again for house in houses]
    redis.kill()
    redis.wait()
    for house in houses:
        wait_for(lambda house=house: not house.hub.live)
        wait_for(lambda house=house: any(frame.get("state") == "paused" for frame in house.heard))
    began = time.monotonic()
    post(1)  # nobody waits, nothing is raised
    assert time.monotonic() - began < 0.6
    assert bus.listened(("topic.42/ar",)) <= {"topic.42/ar"}
    _url, again = services.start_redis(port=port)
    try:
        for house, count in zip(houses, asked, strict=True):
            assert wait_for(lambda house=house: house.hub.live, 6.0) < 5.0
            assert house.asked_again > count  # authorised anew before a frame flows
        wait_for(lambda: not bus.sender.resting)
        wait_for(lambda: bus.listened(("topic.42/ar",)) == {"topic.42/ar"})
        post(2)
        for house in houses:
            wait_for(lambda house=house: house.posts() == ["post-2"])
    finally:
        again.kill()
        again.wait()


def test_a_hung_redis_holds_nobody_up(houses: list[House], redis: Any) -> None:
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        for number in range(5):
            post(number)
        assert time.monotonic() - began < 1.5  # one time-out, then a rest
        for house in houses:
            wait_for(lambda house=house: not house.hub.live, 9.0)
    finally:
        os.kill(redis.pid, signal.SIGCONT)
    for house in houses:
        wait_for(lambda house=house: house.hub.live, 6.0)


@pytest.mark.slow
def test_idleness_ends_no_subscription(houses: list[House]) -> None:
    time.sleep(12)  # redis-py's own time-out would have ended it after five
    wait_for(lambda: not bus.sender.resting)
    post(9)
    for house in houses:
        wait_for(lambda house=house: house.posts() == ["post-9"])
        assert not [frame for frame in house.heard if frame.get("state") == "paused"]
