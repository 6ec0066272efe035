"""While Redis is dead pages and counters go on; a session that was ended meanwhile does not come back with it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from network import rates, resting
from network.live import presence
from tests import services
from tests.profiles.test_accounts import sign_in, with_password


class Redis:
    """A Redis of this test's own, behind the default cache."""

    def __init__(self) -> None:
        self.port = services.free_port()
        self.live()

    def live(self) -> None:
        self.url, self.process = services.start_redis(port=self.port)
        resting._State.rest_until = 0.0

    def die(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        self.process.send_signal(19)

    def thaw(self) -> None:
        self.process.send_signal(18)
        resting._State.rest_until = 0.0


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    own = Redis()
    cache = resting.RestingCache(own.url, {"OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}})
    monkeypatch.setattr(caches._connections, "default", cache, raising=False)  # type: ignore[attr-defined]  # this thread's caches
    yield own
    own.process.kill()
    resting._State.rest_until, resting._State.owed = 0.0, set()


@pytest.mark.django_db
def test_signed_in_pages_answer_while_redis_is_dead_and_after(world: SimpleNamespace, redis: Redis) -> None:
    client = Client()
    client.force_login(world.ezz.user)
    assert client.get("/ar/").status_code == 200
    redis.die()
    assert [client.get("/ar/").status_code for _ in range(3)] == [200, 200, 200]
    redis.live()
    assert client.get("/ar/").status_code == 200


@pytest.mark.django_db
def test_one_signs_in_and_out_while_redis_is_dead(world: SimpleNamespace, redis: Redis) -> None:
    redis.die()
    client = Client()
    assert sign_in(client, with_password(world.ezz.user)).status_code == 302
    assert client.get("/ar/notices/").status_code == 200
    assert client.post("/ar/accounts/logout/").status_code == 302
    assert client.get("/ar/notices/").status_code == 302


@pytest.mark.django_db
def test_a_session_ended_while_redis_hung_stays_ended(world: SimpleNamespace, redis: Redis) -> None:
    client, other = Client(), Client()
    client.force_login(world.ezz.user)
    other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert other.get("/ar/notices/").status_code == 200
    redis.freeze()
    client.post("/ar/accounts/logout/")
    redis.thaw()  # it still holds its copy of the session
    assert other.get("/ar/notices/").status_code == 302


def test_limits_are_counted_at_home_while_redis_is_dead(redis: Redis, settings: SimpleNamespace) -> None:
    settings.RATES = {**settings.RATES, "chat": (3, 60)}
    redis.die()
    for _ in range(3):
        rates.spend("chat", 7)
    with pytest.raises(rates.TooMany):
        rates.spend("chat", 7)
    presence.seen(7, presence.HERE)
    assert presence.states([7]) == {7: presence.HERE}
