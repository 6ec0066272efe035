"""The inbox: one line a thread, what can be done with it and taken back, and what waits on top."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from forums import actions as forums
from forums.models import Topic, Watch
from network.groups import actions as groups
from network.spaces.actors import Actor
from network.spaces.models import JoinRequest
from notices import lines, queries
from notices.actions import inbox as keeping
from notices.models import Notice
from tests.cast import Person, reply_to, topic_in
from tests.chat.conftest import say, talk
from tests.notices.test_notices import deliver

TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # 9:30 in Tunis


def inbox(actor: Actor, chosen: str = "") -> list[lines.Line]:
    threads = [queries.Thread(**row) for row in queries.threads(actor, chosen)]
    return lines.together(actor, threads, queries.of_lines(actor, [thread.line for thread in threads], chosen))


def words(html: str) -> str:
    """What a reader sees of it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


def said(who: Person, chosen: str = "") -> list[str]:
    return [words(line.sentence) for line in inbox(who.actor, chosen)]


@pytest.fixture
def reader(world: SimpleNamespace, client: Client) -> Client:
    client.force_login(world.carmen.user)
    return client


def newest(who: Person) -> Notice:
    return Notice.objects.filter(recipient=who.user).latest("pk")


def do(client: Client, deed: str, notice: Notice, **data: str) -> int:
    return client.post(f"/notices/{notice.pk}/{deed}/", data).status_code


# --- Lines -------------------------------------------------------------------------------------------------------------------
def test_a_thread_is_one_line_that_counts_replies_and_people(world: SimpleNamespace, topic: Topic, reader: Client) -> None:
    for who in (world.basel, world.ezz, world.mona, world.ezz):
        reply_to(world, topic, by=who)
    deliver()
    (line,) = inbox(world.carmen.actor)
    assert words(line.sentence) == "5 ردود من 3 أشخاص في سؤال"
    assert words(line.names) == "عز، منى وطرف آخر"
    assert [face.handle for face in line.faces] == ["ezz", "mona"]
    assert "5 ردود من 3 أشخاص" in words(reader.get("/ar/notices/").content.decode())


def test_two_in_arabic_are_neither_one_nor_many(world: SimpleNamespace, topic: Topic) -> None:
    reply_to(world, topic, by=world.ezz)
    deliver()
    (line,) = inbox(world.carmen.actor)
    assert words(line.sentence) == "ردّان من شخص واحد في سؤال"


def test_who_names_the_reader_is_said_first_and_the_rest_counted(world: SimpleNamespace, topic: Topic) -> None:
    reply_to(world, topic, by=world.mona, body="<p>@carmen ما رأيك؟</p>")
    reply_to(world, topic, by=world.ezz)
    deliver()
    (line,) = inbox(world.carmen.actor)
    assert words(line.sentence) == "إشارة إليكم من منى في سؤال، واثنتان أخريان هنا"
    assert line.notice.reason == "mention"
    assert said(world.carmen, "mentions") == [words(inbox(world.carmen.actor, "mentions")[0].sentence)]


def test_what_is_new_counts_and_a_line_leads_to_the_oldest_of_it(world: SimpleNamespace, topic: Topic, reader: Client) -> None:
    deliver()
    do(reader, "read", newest(world.carmen))
    fresh = [reply_to(world, topic, by=world.ezz) for _each in range(2)]
    deliver()
    (line,) = inbox(world.carmen.actor)
    assert words(line.sentence).startswith("رد")  # two, not three
    assert "3" not in words(line.sentence)
    assert reader.get(f"/ar{line.path}").headers["Location"] == f"/ar{fresh[0].path}"


def test_a_thousand_times_told_is_one_line_and_a_handful_of_rows(
    world: SimpleNamespace, topic: Topic, django_assert_num_queries: Any
) -> None:
    for _each in range(40):
        reply_to(world, topic, by=world.ezz)
    deliver()
    actor = world.carmen.actor
    threads = [queries.Thread(**row) for row in queries.threads(actor)]
    with django_assert_num_queries(1):
        rows = queries.of_lines(actor, [thread.line for thread in threads])
    assert (threads[0].fresh, len(rows)) == (41, queries.FACES)


# --- Deeds -------------------------------------------------------------------------------------------------------------------
def test_done_takes_a_line_away_until_something_new_happens_and_can_be_taken_back(
    world: SimpleNamespace, topic: Topic, reader: Client
) -> None:
    deliver()
    notice = newest(world.carmen)
    do(reader, "done", notice)
    assert (said(world.carmen), len(said(world.carmen, "done"))) == ([], 1)
    assert reader.get("/notices/count/").json() == {"count": 0}
    do(reader, "done", notice, undo="1")
    assert (len(said(world.carmen)), said(world.carmen, "done")) == (1, [])
    do(reader, "done", notice)
    reply_to(world, topic, by=world.ezz)
    deliver()
    assert said(world.carmen) == ["ردّ من عز في سؤال"]


def test_what_came_while_the_page_stood_open_is_not_done_with_it(world: SimpleNamespace, topic: Topic, reader: Client) -> None:
    deliver()
    seen = newest(world.carmen)
    reply_to(world, topic, by=world.ezz)
    deliver()
    for deed in ("done", "read"):
        do(reader, deed, seen)
        assert newest(world.carmen).unread, deed
        assert not newest(world.carmen).done, deed


def test_the_way_back_is_said_with_each_deed(world: SimpleNamespace, topic: Topic, reader: Client) -> None:
    deliver()
    notice = newest(world.carmen)
    page = reader.post(f"/notices/{notice.pk}/done/", {"next": "/ar/notices/?show=mentions"}, follow=True)
    assert page.redirect_chain == [("/ar/notices/?show=mentions", 302)]
    assert f'action="/notices/{notice.pk}/done/"' in page.content.decode()


def test_put_off_until_a_working_morning_it_stands_on_top_again_then(world: SimpleNamespace, topic: Topic, reader: Client) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        deliver()
        do(reader, "snooze", newest(world.carmen), until="morning")
        assert (said(world.carmen), len(said(world.carmen, "later"))) == ([], 1)
        other = topic_in(world, world.board, by=world.carmen, title="آخر")
        forums.reply(world.ezz.actor, other, body="<p>رد</p>")
        deliver()
    with time_machine.travel(TUESDAY + timedelta(hours=12), tick=False):
        assert keeping.come_back() == 0
    with time_machine.travel(TUESDAY + timedelta(hours=24), tick=False):  # Wednesday 9:30 in Tunis
        assert keeping.come_back() == 1
        first = inbox(world.carmen.actor)[0]
        assert (first.notice.thread, first.is_unread) == (topic.stream, True)


def test_something_new_in_it_brings_a_line_back_before(world: SimpleNamespace, topic: Topic, reader: Client) -> None:
    deliver()
    do(reader, "snooze", newest(world.carmen), until="hour")
    deliver()  # told again of what it already knows, it stays away
    assert said(world.carmen) == []
    reply_to(world, topic, by=world.ezz)
    deliver()
    assert (len(said(world.carmen)), said(world.carmen, "later")) == (1, [])


def test_a_moment_that_the_menu_does_not_offer_is_asked_for_again(world: SimpleNamespace, topic: Topic, reader: Client) -> None:
    deliver()
    page = reader.post(f"/notices/{newest(world.carmen).pk}/snooze/", {"until": "2099"}, follow=True)
    assert "اختاروا متى" in page.content.decode()
    assert len(said(world.carmen)) == 1


@pytest.mark.parametrize("before", [None, Watch.Level.NORMAL, Watch.Level.WATCHING])
def test_mute_from_the_line_and_back_to_what_held_before(world: SimpleNamespace, topic: Topic, reader: Client, before: str | None) -> None:
    Watch.objects.filter(topic=topic, user=world.carmen.user).delete()
    deliver()
    forums.watch(world.carmen.actor, topic, Watch.Level.WATCHING)
    reply_to(world, topic, by=world.ezz)
    deliver()
    if before is None:
        Watch.objects.filter(topic=topic, user=world.carmen.user).delete()
    else:
        forums.watch(world.carmen.actor, topic, before)
    notice = newest(world.carmen)
    page = reader.post(f"/notices/{notice.pk}/mute/", follow=True).content.decode()
    level = Watch.objects.filter(topic=topic, user=world.carmen.user).values_list("level", flat=True)
    assert list(level) == ["muted"]
    assert reader.get("/notices/count/").json() == {"count": 0}
    back = re.search(rf'action="(/notices/{notice.pk}/mute/[^"]*)"[^>]*>(?=<input type="hidden" name="csrf)', page)
    assert back is not None
    reader.post(back[1], {"undo": "1"})
    assert list(level.all()) == ([before] if before else [])


def test_a_conversation_can_be_muted_from_its_line(world: SimpleNamespace, reader: Client) -> None:
    several = talk(world.carmen, world.basel, world.ezz)
    say(world.ezz, several, "@carmen")
    deliver()
    assert do(reader, "mute", newest(world.carmen)) == 302
    assert several.seats.get(user=world.carmen.user).muted_at is not None


def test_a_line_about_no_thread_cannot_be_muted(world: SimpleNamespace, reader: Client) -> None:
    groups.request(world.dara.actor, world.group)
    deliver()
    for notice in Notice.objects.filter(recipient=world.carmen.user):
        assert do(reader, "mute", notice) == 404


@pytest.mark.parametrize("deed", ["done", "snooze", "mute", "read"])
def test_nobody_keeps_house_in_anothers_inbox(world: SimpleNamespace, topic: Topic, client: Client, deed: str) -> None:
    deliver()
    client.force_login(world.ezz.user)
    assert do(client, deed, newest(world.carmen), until="hour") == 404
    row = newest(world.carmen)
    assert (row.unread, row.done, row.snoozed_until) == (True, False, None)


# --- What waits --------------------------------------------------------------------------------------------------------------
def test_what_waits_stands_on_top_once_and_is_answered_there(world: SimpleNamespace, reader: Client) -> None:
    JoinRequest.objects.create(space=world.group, user=world.dara.user, message="أود الانضمام")
    deliver()
    page = reader.get("/ar/notices/").content.decode()
    assert words(page).count("أود الانضمام") == 1
    action = re.search(r'action="(/groups/\d+/requests/\d+/answer/)"', page)
    assert action is not None
    answer = reader.post(action[1], {"answer": "approve", "next": "/ar/notices/?show=mine"})
    assert answer.headers["Location"] == "/ar/notices/?show=mine"
    assert world.group.memberships.filter(user=world.dara.user).exists()
    assert "أود الانضمام" not in reader.get("/ar/notices/?show=mine").content.decode()


def test_the_pill_counts_what_is_newer_than_the_page(world: SimpleNamespace, topic: Topic, reader: Client) -> None:
    deliver()
    page = reader.get("/ar/notices/").content.decode()
    after = re.search(r'data-ask="(/notices/new/\?after=\d+)"', page)
    assert after is not None
    assert reader.get(after[1]).json()["count"] == 0
    other = topic_in(world, world.board, by=world.carmen, title="آخر")
    forums.reply(world.ezz.actor, other, body="<p>رد</p>")
    JoinRequest.objects.create(space=world.group, user=world.dara.user)
    deliver()
    assert reader.get(after[1]).json()["count"] == 2
    assert reader.get("/notices/new/", {"after": "9" * 17}).json()["count"] == 0


@pytest.mark.parametrize("n", [1, 25])
def test_threads_and_what_waits_cost_the_same_at_one_and_at_many(
    n: int, world: SimpleNamespace, reader: Client, django_assert_max_num_queries: Any
) -> None:
    from tests.cast import person  # noqa: PLC0415 -- only here

    for number in range(n):
        topic = topic_in(world, world.board, by=world.carmen, title=f"موضوع {number}")
        reply_to(world, topic, by=world.ezz)
        reply_to(world, topic, by=world.mona)
        JoinRequest.objects.create(space=world.group, user=person(f"asks{number}", f"طالب {number}").user)
    deliver()
    reader.get("/ar/notices/")
    with django_assert_max_num_queries(14):
        reader.get("/ar/notices/")
