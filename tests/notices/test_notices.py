"""Who is told of what, once, and only while they may see it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from forums import actions as forums
from forums.models import Topic, Watch
from network.activity.models import Activity
from network.groups import actions as groups
from network.spaces import actions as spaces
from network.spaces.models import Membership
from notices import queries
from notices.models import Notice
from notices.subscribers import notify
from tests.cast import Person, member, reply_to, topic_in


def deliver() -> None:
    """The worker's turn: every activity, told as often as it likes."""
    for activity in Activity.objects.order_by("pk"):
        notify(activity)


def told(who: Person) -> list[tuple[str, str]]:
    """(verb, reason) of this person's notices, oldest first."""
    return list(Notice.objects.filter(recipient=who.user).order_by("pk").values_list("verb", "reason"))


def test_a_reply_is_told_to_those_who_watch_and_to_nobody_else(world: SimpleNamespace, topic: Topic) -> None:
    deliver()
    assert told(world.carmen) == [("replied", "reply")]
    assert Notice.objects.exclude(recipient=world.carmen.user).count() == 0


def test_telling_twice_is_telling_once(world: SimpleNamespace, topic: Topic) -> None:
    deliver()
    deliver()
    assert Notice.objects.count() == 1


def test_a_mention_tells_the_person_and_whoever_speaks_for_the_institution(world: SimpleNamespace, topic: Topic) -> None:
    reply_to(world, topic, by=world.carmen, body="<p>ما رأي @basel و @natcom-jo و @dara؟</p>")
    deliver()
    assert ("replied", "mention") in told(world.basel)
    assert told(world.dara) == []  # she cannot see the topic: a mention opens no door


def test_an_institution_mentioned_tells_its_officers_but_not_those_whose_mandate_ended(world: SimpleNamespace) -> None:
    public = topic_in(world, world.open_board)
    spaces.end_mandate(world.sami.actor, world.haytham.user.mandates.get())
    forums.reply(world.carmen.actor, public, body="<p>@natcom-tn</p>")
    deliver()
    assert told(world.haytham) == [("mandate_ended", "mandate")]


def test_a_mention_added_by_an_edit_is_told(world: SimpleNamespace, topic: Topic) -> None:
    post = reply_to(world, topic, by=world.carmen, body="<p>بلا إشارة</p>")
    deliver()
    forums.edit(world.carmen.actor, post, body="<p>@basel انظر</p>")
    deliver()
    assert told(world.basel) == [("edited", "mention")]


def test_a_late_worker_tells_of_an_edited_mention_once(world: SimpleNamespace, topic: Topic) -> None:
    post = reply_to(world, topic, by=world.carmen, body="<p>بلا إشارة</p>")
    forums.edit(world.carmen.actor, post, body="<p>@basel انظر</p>")
    deliver()
    deliver()
    assert told(world.basel) == [("edited", "mention")]


def test_a_quote_tells_the_quoted(world: SimpleNamespace, topic: Topic) -> None:
    Watch.objects.filter(user=world.ezz.user).delete()
    quoted = topic.posts.get(number=2)
    reply_to(world, topic, by=world.basel, body=f'<blockquote cite="/posts/{quoted.pk}/"><p>جواب</p></blockquote><p>نعم</p>')
    deliver()
    assert told(world.ezz) == [("replied", "quote")]


def test_a_muted_topic_is_silent(world: SimpleNamespace, topic: Topic) -> None:
    forums.watch(world.carmen.actor, topic, Watch.Level.MUTED)
    deliver()
    assert told(world.carmen) == []


def test_who_blocked_the_author_is_not_told(world: SimpleNamespace, topic: Topic) -> None:
    from profiles import actions as profiles  # noqa: PLC0415 -- after the world

    profiles.block(world.carmen.actor, world.ezz.user)
    deliver()
    assert told(world.carmen) == []


def test_a_request_is_told_to_those_who_answer_and_its_answer_to_who_asked(world: SimpleNamespace) -> None:
    asked = groups.request(world.dara.actor, world.group, message="أرغب في الانضمام")
    deliver()
    assert told(world.mona) == told(world.carmen) == [("asked_to_join", "request")]
    spaces.answer_request(world.mona.actor, asked, approve=True)
    deliver()
    assert told(world.dara) == [("approved", "approved")]


def test_an_invited_institution_is_told_through_its_representatives(world: SimpleNamespace) -> None:
    spaces.invite(world.carmen.actor, world.hidden_group, entity=world.natcom_jo)
    deliver()
    assert told(world.basel) == [("invited", "invitation")]


def test_what_one_may_no_longer_see_leaves_the_inbox_and_the_count(world: SimpleNamespace, topic: Topic) -> None:
    reply_to(world, topic, by=world.carmen, body="<p>@ezz</p>")
    deliver()
    assert queries.unread_count(world.ezz.actor) == 1
    spaces.remove(world.carmen.actor, Membership.objects.get(space=world.group, user=world.ezz.user))
    deliver()
    assert [notice.reason for notice in queries.inbox(world.ezz.actor)] == ["removed"]


def test_the_inbox_shows_marks_and_counts(world: SimpleNamespace, topic: Topic, client: Client) -> None:
    deliver()
    client.force_login(world.carmen.user)
    page = client.get("/ar/notices/")
    assert page.status_code == 200
    assert "سؤال" in page.content.decode()
    assert client.get("/notices/count/").json() == {"count": 1}
    notice = Notice.objects.get()
    assert client.get(f"/ar/notices/{notice.pk}/").headers["Location"] == f"/ar{topic.posts.get(number=2).path}"
    assert client.get("/notices/count/").json() == {"count": 0}
    client.post(f"/notices/{notice.pk}/read/", {"unread": "1"})
    assert client.get("/notices/count/").json() == {"count": 1}
    client.post("/notices/seen/", {"thread": topic.stream})
    assert client.get("/notices/count/").json() == {"count": 0}


def test_anothers_notice_is_not_there(world: SimpleNamespace, topic: Topic, client: Client) -> None:
    deliver()
    notice = Notice.objects.get()
    client.force_login(world.ezz.user)
    assert client.get(f"/ar/notices/{notice.pk}/").status_code == 404
    assert client.post(f"/notices/{notice.pk}/read/").status_code == 404
    assert client.get("/notices/read/").status_code == 405


def test_a_stranger_is_led_to_sign_in(db: None, client: Client) -> None:
    assert client.get("/ar/notices/").status_code == 302
    assert client.get("/notices/count/").json() == {"count": 0}


@pytest.mark.parametrize("n", [1, 30])
def test_the_inbox_costs_the_same_at_any_length(
    n: int, world: SimpleNamespace, topic: Topic, client: Client, django_assert_max_num_queries: object
) -> None:
    for _each in range(n):
        reply_to(world, topic)
    deliver()
    client.force_login(world.carmen.user)
    client.get("/ar/notices/")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/ar/notices/")


def test_telling_many_costs_a_fixed_number_of_queries(world: SimpleNamespace, topic: Topic, django_assert_max_num_queries: object) -> None:
    from tests.cast import person  # noqa: PLC0415 -- only here

    for number in range(30):
        someone = person(f"watcher{number}", f"متابع {number}")
        member(someone, world.group)
        Watch.objects.create(topic=topic, user=someone.user)
    reply_to(world, topic)
    activity = Activity.objects.filter(verb="replied").latest("pk")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        notify(activity)
    assert Notice.objects.filter(activity=activity).count() == 31
