"""The world of the journeys, on the running server."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.contrib.contenttypes.models import ContentType

from network import live
from tests.cast import topic_in


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """The tables are emptied after each journey, and with them whatever was kept of their numbers."""
    ContentType.objects.clear_cache()
    yield
    live.withdraw()


@pytest.fixture
def w(server: str, world: SimpleNamespace) -> SimpleNamespace:
    """The cast on the running server, with a topic for members of «schools» and one that everyone may read."""
    world.topic = topic_in(world, world.board, title="سؤال المدارس", body="<p>ما رأي المدارس؟</p>")
    world.public_topic = topic_in(world, world.open_board, title="سؤال مفتوح", body="<p>ما رأيكم جميعا؟</p>")
    return world
