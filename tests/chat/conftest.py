"""Conversations of the cast."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from chat import actions
from chat.models import Conversation, Message
from network.spaces.actors import Actor
from network.spaces.models import Space
from tests.cast import Person


def talk(*people: Person, name: str = "") -> Conversation:
    """A conversation that the first of them begins with the others."""
    return actions.start(people[0].actor, [who.page for who in people[1:]], name=name)


def say(who: Person | Actor, conversation: Conversation, words: str = "السلام عليكم", **more: Any) -> Message:
    actor = who if isinstance(who, Actor) else who.actor
    return actions.send(actor, conversation, body=f"<p>{words}</p>", client_id=more.pop("client_id", uuid.uuid4()), **more)


def between(w: SimpleNamespace) -> Conversation:
    """The Tunisian and the Jordanian commission talk; carmen began."""
    return actions.start(w.carmen.writing_for(w.natcom_tn), [Space.objects.get(pk=w.natcom_jo.pk)])


@pytest.fixture(autouse=True)
def _long_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights are kept for a minute: on a slow machine its end must not count as a query of the page."""
    monkeypatch.setattr("network.spaces.actors._KEPT_SECONDS", 3_600)


@pytest.fixture
def direct(world: SimpleNamespace) -> Conversation:
    """basel and carmen, between the two of them."""
    return talk(world.basel, world.carmen)


@pytest.fixture
def several(world: SimpleNamespace) -> Conversation:
    """carmen convenes basel and ezz."""
    return talk(world.carmen, world.basel, world.ezz, name="لجنة التحضير")


@pytest.fixture
def commissions(world: SimpleNamespace) -> Conversation:
    return between(world)


@pytest.fixture
def room(world: SimpleNamespace) -> Conversation:
    """The room of «schools»."""
    return actions.room_of(world.carmen.actor, Space.objects.get(pk=world.group.pk))
