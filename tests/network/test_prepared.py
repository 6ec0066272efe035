"""A compiled query answers as the ORM would, for whoever asks, and asks anew when rights change."""

from __future__ import annotations

from types import SimpleNamespace

from forums.models import Topic
from network import prepared
from network.spaces import actions as spaces
from network.spaces.actors import Actor
from network.spaces.models import Membership
from tests.cast import topic_in


def older(actor: Actor, before: int) -> object:
    return Topic.objects.visible_to(actor).filter(pk__lt=before).order_by("pk").values_list("pk", "version")


def some(actor: Actor) -> object:
    return Topic.objects.visible_to(actor).filter(pk__in=[prepared.AMONG]).order_by("pk").values_list("pk")


def test_it_answers_as_the_orm_for_each_of_the_cast(world: SimpleNamespace) -> None:
    made = [topic_in(world, board) for board in (world.board, world.open_board, world.hidden_board, world.board)]
    for actor in [Actor.nobody(), *(who.actor for who in world.cast.values())]:
        for before in (made[-1].pk + 1, made[1].pk):
            assert prepared.rows(actor, "older", older, before) == list(older(actor, before))  # type: ignore[call-overload]
        for among in ([], [made[0].pk], [each.pk for each in made]):
            expected = list(Topic.objects.visible_to(actor).filter(pk__in=among).order_by("pk").values_list("pk"))
            assert prepared.rows(actor, "some", some, among=among) == expected  # type: ignore[arg-type]


def test_who_was_removed_is_asked_with_new_rights(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.board)
    assert prepared.rows(world.ezz.actor, "some", some, among=[topic.pk]) == [(topic.pk,)]  # type: ignore[arg-type]
    spaces.remove(world.carmen.actor, Membership.objects.get(space=world.group, user=world.ezz.user))
    assert prepared.rows(world.ezz.actor, "some", some, among=[topic.pk]) == []  # type: ignore[arg-type]
