"""Who is told of what, once, and only while they may see it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from chat import actions as chat
from chat.models import Conversation
from forums import actions as forums
from forums.models import Topic, Watch
from network.activity.models import Activity
from network.groups import actions as groups
from network.spaces import actions as spaces
from network.spaces.models import Mandate, Membership, Space
from notices import lines, queries
from notices.models import Notice
from notices.subscribers import notify
from tests.cast import Person, member, reply_to, topic_in
from tests.chat.conftest import between, say, talk


def deliver() -> None:
    """The worker's turn: every activity, told as often as it likes."""
    for activity in Activity.objects.order_by("pk"):
        notify(activity)


def told(who: Person) -> list[tuple[str, str]]:
    """(verb, reason) of what this person's inbox says, oldest first."""
    return list(Notice.objects.filter(recipient=who.user, shown=True).order_by("pk").values_list("verb", "reason"))


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


def test_what_stands_below_is_not_seen_yet(world: SimpleNamespace, client: Client) -> None:
    several = talk(world.carmen, world.basel, world.ezz)
    first, second = (say(world.ezz, several, "@basel") for _each in range(2))
    deliver()
    unread = Notice.objects.filter(recipient=world.basel.user, reason="chat_mention", unread=True)
    client.force_login(world.basel.user)
    waiting = []
    for number in (first.number - 1, first.number, second.number):
        client.post("/notices/seen/", {"thread": several.stream, "number": number})
        waiting.append((unread.count(), client.get("/notices/count/").json()["count"]))
    assert waiting == [(2, 1), (1, 1), (0, 0)]  # the bell counts lines: one conversation is one


def test_what_was_told_of_a_deleted_topic_rings_no_more(world: SimpleNamespace, topic: Topic, client: Client) -> None:
    deliver()
    client.force_login(world.carmen.user)
    assert client.get("/notices/count/").json() == {"count": 1}
    forums.delete_topic(world.carmen.actor, topic)
    deliver()
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
    with django_assert_max_num_queries(14):  # type: ignore[operator]
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


# --- Conversations ---------------------------------------------------------------------------------------------------------------
def shown(who: Person) -> list[str]:
    """The reasons of the lines in this person's inbox, as the page shows them."""
    return [line.notice.reason for line in lines.of(who.actor, queries.inbox(who.actor))]


def test_a_mention_in_a_conversation_tells_only_those_who_take_part(world: SimpleNamespace) -> None:
    several = talk(world.carmen, world.basel, world.ezz)
    say(world.ezz, several, "ما رأي @basel و @mona و @sami و @natcom-tn؟")
    say(world.ezz, several, "بلا إشارة")
    deliver()
    deliver()
    everybody = {name: told(who) for name, who in world.cast.items() if told(who)}
    # Whoever speaks for the institution named is told where they take part: carmen does, haytham does not.
    assert everybody == {"basel": [("said", "chat_mention")], "carmen": [("said", "chat_mention")]}


def test_a_latecomer_is_not_told_of_what_was_said_before(world: SimpleNamespace) -> None:
    several = talk(world.carmen, world.basel, world.ezz)
    say(world.ezz, several, "@haytham")
    chat.add(world.carmen.actor, several, [world.haytham.page])
    deliver()  # the worker was late: he takes part now, and still may not read it
    assert told(world.haytham) == []
    say(world.ezz, several, "@haytham")
    deliver()
    assert told(world.haytham) == [("said", "chat_mention")]


def test_nobody_is_told_of_a_message_taken_back_or_by_somebody_blocked(world: SimpleNamespace) -> None:
    from profiles import actions as profiles  # noqa: PLC0415 -- after the world

    several = talk(world.carmen, world.basel, world.ezz)
    chat.delete(world.ezz.actor, say(world.ezz, several, "@basel"))
    profiles.block(world.carmen.actor, world.ezz.user)
    say(world.ezz, several, "@carmen")
    deliver()
    assert (told(world.basel), told(world.carmen)) == ([], [])


def test_the_line_names_the_conversation_and_leads_to_the_message(world: SimpleNamespace, client: Client) -> None:
    several = talk(world.carmen, world.basel, world.ezz, name="لجنة التحضير")
    message = say(world.ezz, several, "@basel كلمة لا تظهر في التنبيه")
    deliver()
    client.force_login(world.basel.user)
    html = client.get("/ar/notices/").content.decode()
    assert ("لجنة التحضير" in html, "عز" in html, "كلمة لا تظهر" in html) == (True, True, False)
    notice = Notice.objects.get(reason="chat_mention")
    assert client.get(f"/ar/notices/{notice.pk}/")["Location"] == f"/ar{message.path}"
    assert client.get("/notices/count/").json() == {"count": 0}


def room_of(w: SimpleNamespace) -> Conversation:
    return chat.room_of(w.carmen.actor, Space.objects.get(pk=w.group.pk))


def out_of_several(w: SimpleNamespace) -> tuple[Conversation, Person]:
    several = talk(w.carmen, w.basel, w.ezz)
    say(w.basel, several, "@ezz")
    deliver()
    chat.remove(w.carmen.actor, several, several.participants.get(user=w.ezz.user))
    return several, w.ezz


def out_of_the_group(w: SimpleNamespace) -> tuple[Conversation, Person]:
    room = room_of(w)
    say(w.mona, room, "@ezz")
    deliver()
    spaces.remove(w.carmen.actor, Membership.objects.get(space=w.group, user=w.ezz.user))
    return room, w.ezz


def out_of_office(w: SimpleNamespace) -> tuple[Conversation, Person]:
    commissions = between(w)
    say(w.basel.writing_for(w.natcom_jo), commissions, "@natcom-tn")
    deliver()
    spaces.end_mandate(w.haytham.actor, Mandate.objects.get(user=w.carmen.user))
    return commissions, w.carmen


@pytest.mark.parametrize("out", [out_of_several, out_of_the_group, out_of_office])
def test_what_was_told_of_a_conversation_leaves_the_inbox_and_the_bell_with_its_reader(out: object, world: SimpleNamespace) -> None:
    """Taken out by the convener, out of the group whose room it is, out of the office that took part."""
    conversation, who = out(world)  # type: ignore[operator]
    mentions = Notice.objects.filter(recipient=who.user, thread=conversation.stream)
    assert mentions.count() == 1
    deliver()
    assert "chat_mention" not in shown(who)
    # The bell rings for what the inbox shows, and for nothing else.
    assert queries.unread_count(who.actor) == len(shown(who))
