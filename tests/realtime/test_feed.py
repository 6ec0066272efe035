"""The home page: what happened, for whom it concerns, one line a topic, and the door asked once more."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from forums import actions as forums
from network.activity.models import Activity
from network.groups import actions as groups
from network.spaces import actions as spaces
from network.spaces.actors import Actor
from network.spaces.models import Membership
from profiles import actions as profiles
from realtime import feed
from tests.cast import reply_to, topic_in


def lines(actor: Actor, **view: str) -> list[str]:
    """The verbs of the feed's lines, newest first."""
    shown, _more = feed.page_of(actor, **{"scope": "network", "kind": ""} | view)
    verbs = dict(Activity.objects.values_list("pk", "verb"))
    return [verbs[item.pk] for item in shown]


def test_a_topic_is_one_line_however_many_replies(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.open_board)
    for _each in range(3):
        reply_to(world, topic, by=world.carmen)
    assert lines(Actor.nobody()) == ["replied"]


def test_each_sees_their_own_spaces_and_nobody_what_is_hidden(world: SimpleNamespace) -> None:
    topic_in(world, world.board)
    topic_in(world, world.hidden_board, by=world.carmen)
    assert lines(Actor.nobody()) == lines(world.dara.actor) == []
    assert lines(world.ezz.actor) == ["opened"]
    assert lines(world.rania.actor) == ["opened"]
    assert lines(world.carmen.actor) == ["opened", "opened"]


def test_following_is_my_spaces_and_whom_i_follow(world: SimpleNamespace) -> None:
    forums.open_topic(world.basel.writing_for(world.natcom_jo), world.natcom_jo, body="<p>خبر من الأردن</p>")
    topic_in(world, world.board)
    assert lines(world.ezz.actor, scope="following") == ["opened"]
    spaces.follow(world.ezz.actor, world.natcom_jo)
    assert lines(world.ezz.actor, scope="following") == ["opened", "posted"]


def test_a_person_followed_is_heard_wherever_i_may_read(world: SimpleNamespace) -> None:
    topic_in(world, world.open_board, by=world.carmen)
    topic_in(world, world.hidden_board, by=world.carmen)
    spaces.follow(world.basel.actor, world.carmen.page)
    assert lines(world.basel.actor, scope="following") == ["opened"]


def test_kinds_are_told_apart(world: SimpleNamespace) -> None:
    topic_in(world, world.open_board)
    news = forums.open_topic(world.carmen.writing_for(world.natcom_tn), world.natcom_tn, body="<p>خبر</p>")
    groups.create(world.carmen.actor, name_ar="مجموعة جديدة")
    me = world.carmen.actor
    assert [lines(me, kind=kind) for kind in ("topics", "wall", "places")] == [["opened"], ["posted"], ["opened_group"]]
    reply_to(world, news, by=world.carmen)
    assert [lines(world.carmen.actor, kind=kind) for kind in ("topics", "wall")] == [["opened"], ["replied"]]


def test_what_was_taken_down_or_narrowed_is_gone_at_once(world: SimpleNamespace) -> None:
    first, second = topic_in(world, world.open_board), topic_in(world, world.open_board)
    assert len(lines(Actor.nobody())) == 2
    forums.delete_topic(world.carmen.actor, first)
    assert len(lines(Actor.nobody())) == 1
    groups.edit(world.carmen.actor, world.open_group, audience=2)
    assert lines(Actor.nobody()) == []
    assert lines(world.carmen.actor) == ["opened"]
    assert second.pk


def test_an_edit_shows_and_a_deleted_post_does_not(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.open_board)
    post = reply_to(world, topic, by=world.carmen, body="<p>قبل التعديل</p>")
    html = "".join(item.html for item in feed.page_of(Actor.nobody(), scope="network", kind="")[0])
    assert "قبل التعديل" in html
    forums.edit(world.carmen.actor, post, body="<p>بعد التعديل</p>")
    html = "".join(item.html for item in feed.page_of(Actor.nobody(), scope="network", kind="")[0])
    assert "بعد التعديل" in html
    assert "قبل" not in html
    forums.delete(world.carmen.actor, post)
    assert "بعد" not in "".join(item.html for item in feed.page_of(Actor.nobody(), scope="network", kind="")[0])


def test_whom_i_blocked_i_do_not_hear(world: SimpleNamespace) -> None:
    topic_in(world, world.open_board)
    profiles.block(world.ezz.actor, world.carmen.user)
    assert lines(world.ezz.actor) == []


def test_whom_i_blocked_takes_no_topic_from_me(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.board, by=world.mona)
    reply_to(world, topic, by=world.carmen)
    profiles.block(world.ezz.actor, world.carmen.user)
    assert lines(world.ezz.actor) == ["opened"]


def test_what_i_do_not_hear_hides_nothing_that_i_do(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.open_board)
    spaces.follow(world.basel.actor, world.carmen.page)
    groups.join(world.ezz.actor, world.open_group)
    reply = reply_to(world, topic)
    assert lines(world.basel.actor, scope="following") == ["opened"]
    assert lines(world.basel.actor) == ["replied"]
    forums.delete(world.carmen.actor, reply)
    assert lines(world.basel.actor) == ["opened"]


def test_after_removal_the_space_falls_silent(world: SimpleNamespace) -> None:
    topic_in(world, world.board)
    spaces.remove(world.carmen.actor, Membership.objects.get(space=world.group, user=world.ezz.user))
    assert lines(world.ezz.actor) == []


def test_the_pill_counts_what_is_new_to_me_without_my_own(world: SimpleNamespace, client: Client) -> None:
    topic = topic_in(world, world.open_board)
    newest = Activity.objects.latest("pk").pk
    reply_to(world, topic, by=world.carmen)
    topic_in(world, world.hidden_board)
    asked = {"after": newest, "scope": "network"}
    assert client.get("/en/feed/new/", asked).json() == {"count": 1, "text": "1 new post"}
    client.force_login(world.carmen.user)
    assert client.get("/en/feed/new/", asked).json()["count"] == 0


def test_older_pages_follow_without_gap_or_double(world: SimpleNamespace) -> None:
    for number in range(45):
        topic_in(world, world.open_board, title=f"موضوع {number}")
    seen: list[int] = []
    before = None
    while True:
        shown, before = feed.page_of(Actor.nobody(), scope="network", kind="", before=before)
        seen += [item.pk for item in shown]
        if before is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize("n", [1, 30])
def test_home_costs_at_most_fifteen_queries(n: int, world: SimpleNamespace, client: Client, django_assert_max_num_queries: object) -> None:
    for _each in range(n):
        topic_in(world, world.open_board)
    client.force_login(world.carmen.user)
    with django_assert_max_num_queries(26):  # type: ignore[operator]  # the first reader renders the lines
        client.get("/ar/")
    with django_assert_max_num_queries(15):  # type: ignore[operator]  # each room that asks for answers is asked once
        assert client.get("/ar/").status_code == 200


def test_what_waits_for_an_answer_stands_on_the_home_page_of_whoever_answers(world: SimpleNamespace, client: Client) -> None:
    asked = groups.request(world.dara.actor, world.group)
    action, seen = f'action="/groups/{world.group.pk}/requests/{asked.pk}/answer/"', {}
    for name, who in world.cast.items():
        client.force_login(who.user)
        seen[name] = action in client.get("/ar/").content.decode()
    assert [name for name, there in seen.items() if there] == ["carmen", "mona"]
    client.force_login(world.mona.user)
    answer = client.post(f"/groups/{world.group.pk}/requests/{asked.pk}/answer/", {"answer": "approve", "next": "/ar/"})
    assert (answer["Location"], action in client.get("/ar/").content.decode()) == ("/ar/", False)


def test_odd_addresses_break_nothing(world: SimpleNamespace, client: Client) -> None:
    for odd in ("?scope=x&kind=y", "?before=-1", "?before=" + "9" * 40, "?before=١٢", "?scope=following"):
        assert client.get("/ar/" + odd).status_code == 200
