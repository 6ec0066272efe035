"""Spaces as tests of rights see them: lists are doors, midnight is the country's own, what happened follows the audience."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from forums.models import Topic
from network.activity.models import Activity
from network.content import Audience
from network.entities.models import Entity
from network.groups import actions as groups
from network.groups.models import Group
from network.permissions import can
from network.spaces import actions
from network.spaces.actors import Actor
from network.spaces.models import Country, Follow, Mandate, Space
from tests.cast import topic_in


def everybody(world: SimpleNamespace) -> dict[str, Actor]:
    return {"nobody": Actor.nobody(), **{name: person.actor for name, person in world.cast.items()}}


@pytest.mark.parametrize("model", [Space, Entity, Group])
def test_the_list_of_spaces_is_the_door_to_spaces(world: SimpleNamespace, model: type[Space]) -> None:
    world.ezz.page.audience = Audience.MEMBERS
    world.ezz.page.save()
    Entity.objects.filter(pk=world.natcom_jo.pk).update(listed=False, audience=Audience.MEMBERS)
    for name, actor in everybody(world).items():
        door = {space.pk for space in model.objects.all() if can(actor, "space.view", space)}
        assert set(model.objects.visible_to(actor).values_list("pk", flat=True)) == door, name


def test_a_hidden_group_is_listed_to_its_members_and_the_secretariat_only(world: SimpleNamespace) -> None:
    who = {name for name, actor in everybody(world).items() if Space.objects.visible_to(actor).filter(pk=world.hidden_group.pk).exists()}
    assert who == {"carmen", "rania", "sami"}


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Africa/Tunis", datetime(2026, 3, 31, 23, tzinfo=UTC)),
        ("Asia/Amman", datetime(2026, 3, 31, 21, tzinfo=UTC)),
        ("Africa/Casablanca", datetime(2026, 3, 31, 23, tzinfo=UTC)),
        ("Africa/Nouakchott", datetime(2026, 4, 1, 0, tzinfo=UTC)),
        ("Asia/Muscat", datetime(2026, 3, 31, 20, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_midnight_of_its_country(zone: str, begins: datetime) -> None:
    assert Country(zone=zone).midnight(date(2026, 4, 1)) == begins


def test_a_midnight_that_the_clock_skips_is_the_instant_at_which_it_skips() -> None:
    # In Egypt summer time begins on the last Friday of April by going from 24:00 to 1:00.
    assert Country(zone="Africa/Cairo").midnight(date(2026, 4, 24)) == datetime(2026, 4, 23, 22, tzinfo=UTC)


def test_what_happened_is_told_no_wider_than_the_thing_is_seen_now(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.open_board, by=world.carmen)
    groups.join(world.ezz.actor, world.open_group)
    said = Activity.objects.filter(space=world.open_group)
    assert set(said.values_list("reach", flat=True)) == {Audience.PUBLIC}
    groups.edit(world.carmen.actor, world.open_group, audience=Audience.MEMBERS)
    assert Topic.objects.get(pk=topic.pk).reach == Audience.MEMBERS
    assert set(said.values_list("verb", "reach")) == {
        ("opened", Audience.MEMBERS),
        ("joined", Audience.MEMBERS),
        ("edited_group", Audience.MANAGERS),
    }
    assert not Activity.objects.visible_to(Actor.nobody()).filter(space=world.open_group).exists()
    groups.edit(world.carmen.actor, world.open_group, audience=Audience.NETWORK)
    assert set(said.filter(verb="joined").values_list("reach", flat=True)) == {Audience.NETWORK}
    assert set(said.filter(verb="edited_group").values_list("reach", flat=True)) == {Audience.MANAGERS}


def test_an_activity_in_a_board_for_managers_stays_there_when_the_group_opens(world: SimpleNamespace) -> None:
    world.open_board.audience = world.open_board.reach = Audience.MANAGERS
    world.open_board.save()
    topic = topic_in(world, world.open_board, by=world.carmen)
    groups.edit(world.carmen.actor, world.open_group, audience=Audience.MEMBERS)
    groups.edit(world.carmen.actor, world.open_group, audience=Audience.PUBLIC)
    assert Topic.objects.get(pk=topic.pk).reach == Audience.MANAGERS
    assert set(Activity.objects.filter(space=world.open_group, verb="opened").values_list("reach", flat=True)) == {Audience.MANAGERS}


def test_following_and_no_longer(world: SimpleNamespace, client: Client) -> None:
    address = f"/spaces/{world.natcom_tn.pk}/follow/"
    assert client.post(address).status_code == 302
    assert Follow.objects.count() == 0
    client.force_login(world.dara.user)
    assert client.get(address).status_code == 405
    assert client.post(address, {"next": "/fr/institutions/"}).headers["Location"] == "/fr/institutions/"
    client.post(address)
    assert list(Follow.objects.values_list("user", "space")) == [(world.dara.user.pk, world.natcom_tn.pk)]
    assert client.post(address + "end/", {"next": "https://elsewhere.example/"}).headers["Location"].endswith("/institutions/natcom-tn/")
    assert Follow.objects.count() == 0
    assert client.post(f"/spaces/{world.hidden_group.pk}/follow/").status_code == 404


def test_a_lapsed_mandate_is_lapsed_now(world: SimpleNamespace) -> None:
    """Rights kept by the process end with the mandate, whether or not any job has run."""
    actions.admit(world.group, entity=world.natcom_jo, approved_by=world.carmen.user)
    topic = topic_in(world, world.board, by=world.carmen)
    mandate = Mandate.objects.get(user=world.basel.user)
    world.group.memberships.filter(user=world.basel.user).delete()
    assert can(world.basel.actor, "topic.view", topic)
    Mandate.objects.filter(pk=mandate.pk).update(ends_at=timezone.now() + timedelta(milliseconds=80))
    actions.rights_changed([world.basel.user.pk])
    held = world.basel.actor
    assert held.until is not None
    import time  # noqa: PLC0415 -- the one test that waits

    time.sleep(0.1)
    assert not can(world.basel.actor, "topic.view", topic)
    assert world.basel.actor.entities == []
