"""The page of a conversation, the list of all, and what one keeps of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import actions, queries
from chat.models import Conversation, Message, Seat
from network.live import presence
from network.spaces.actors import forget
from network.spaces.models import Space
from tests.cast import Person, mandate
from tests.chat.conftest import say, talk
from tests.chat.support import JSON, SCRIPT, at, form, kept, many, numbers, said
from tests.house.pages import Page

pytestmark = pytest.mark.django_db


# --- The page and its windows --------------------------------------------------------------------------------------------------
def test_a_room_opens_at_the_first_unread_message(world: SimpleNamespace, direct: Conversation) -> None:
    many(direct, world.basel, 100)
    Seat.objects.create(conversation=direct, user=world.carmen.user, number=50)
    page = at(world.carmen).get(f"/ar/conversations/{direct.pk}/")
    assert numbers(page) == list(range(31, 71))  # twenty before the first unread, and what follows
    assert [page.context[name] for name in ("before", "after", "is_tail", "read_number", "unread")] == [31, 70, False, 50, 50]
    assert [one.number for one in page.context["messages_shown"] if one.unread_line] == [51]
    actions.mark_read(world.carmen.actor, direct, 100)
    end = at(world.carmen).get(f"/ar/conversations/{direct.pk}/")
    assert numbers(end) == list(range(61, 101))
    assert [end.context[name] for name in ("before", "after", "is_tail", "unread")] == [61, None, True, 0]


def test_the_line_of_unread_messages_stands_before_the_first_and_nowhere_else(world: SimpleNamespace, direct: Conversation) -> None:
    many(direct, world.basel, 100)
    Seat.objects.create(conversation=direct, user=world.carmen.user, number=10)
    carmen = at(world.carmen)

    def lines(place: str) -> list[int]:
        return [one.number for one in carmen.get(f"/ar/conversations/{direct.pk}/{place}").context["messages_shown"] if one.unread_line]

    assert (lines(""), lines("?around=12"), lines("?around=60"), lines("?around=100")) == ([11], [11], [], [])


def test_the_past_comes_in_pieces_without_gap_or_double(world: SimpleNamespace, direct: Conversation) -> None:
    many(direct, world.basel, 90)
    carmen, path = at(world.carmen), f"/ar/conversations/{direct.pk}/messages/"
    newest = carmen.get(path)
    older = carmen.get(path, {"before": newest["X-Before"]})
    oldest = carmen.get(path, {"before": older["X-Before"]})
    assert [numbers(piece) for piece in (oldest, older, newest)] == [list(range(1, 11)), list(range(11, 51)), list(range(51, 91))]
    assert [(piece["X-Before"], piece["X-After"], piece["X-Version"]) for piece in (oldest, older, newest)] == [
        ("", "10", str(direct.version)),
        ("11", "50", str(direct.version)),
        ("51", "", str(direct.version)),
    ]
    assert numbers(carmen.get(path, {"after": "70"})) == list(range(71, 91))
    assert numbers(carmen.get(path, {"around": "45"})) == list(range(25, 65))
    assert numbers(carmen.get(path, {"before": "1"})) == numbers(carmen.get(path, {"after": "90"})) == []
    assert numbers(carmen.get(path, {"around": "9999"})) == list(range(71, 91))


def test_who_came_later_finds_the_first_of_theirs_at_the_top(world: SimpleNamespace, several: Conversation) -> None:
    many(several, world.basel, 60)
    actions.add(world.carmen.actor, several, [world.haytham.page])
    first = several.last_number + 1
    many(several, world.ezz, 50)
    haytham, path = at(world.haytham), f"/ar/conversations/{several.pk}/messages/"
    for ask in ({"before": "9999"}, {"after": "0"}, {"around": "1"}, {}):
        assert min(numbers(haytham.get(path, ask))) >= first, ask
    assert [haytham.get(path, ask)["X-Before"] for ask in ({"after": "0"}, {"before": str(first + 5)})] == ["", ""]
    assert min(numbers(haytham.get(f"/ar/conversations/{several.pk}/?around=1"))) == first


def test_what_a_room_costs_does_not_depend_on_how_much_was_said(world: SimpleNamespace, direct: Conversation) -> None:
    """Counted at 3 messages and at 500: the page at its end, a piece of the past, the catch-up of what is new, the lists."""
    carmen = at(world.carmen)
    many(direct, world.basel, 3)
    actions.mark_read(world.carmen.actor, direct, 3)
    root = f"/ar/conversations/{direct.pk}"
    paths = [f"{root}/", f"{root}/messages/?before=3", f"{root}/messages/?around=2", f"{root}/details/", f"{root}/search/?q=رسالة"]
    paths += ["/ar/conversations/", "/conversations/count/", f"/live/?conversation.{direct.pk}=1&lang=ar"]

    def counted() -> dict[str, list[str]]:
        """What each address asks of which table: a question too many is named."""
        found = {}
        for path in paths:
            carmen.get(path)  # what is kept of fragments and rights is kept now
            with CaptureQueriesContext(connection) as asked:
                assert carmen.get(path).status_code == 200
            said = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
            found[path] = [(sql.partition(" FROM ")[2] or sql)[:40] for sql in said]
        return found

    few = counted()
    many(direct, world.basel, 497)
    actions.mark_read(world.carmen.actor, direct, 500)
    paths[-1] = f"/live/?conversation.{direct.pk}={direct.version - 2}&lang=ar"
    assert list(counted().values()) == list(few.values())
    assert max(map(len, few.values())) <= 15, few


@pytest.mark.parametrize("count", [60, 500])
def test_a_room_opened_at_its_first_unread_costs_one_question_more(
    count: int, world: SimpleNamespace, direct: Conversation, django_assert_max_num_queries: Any
) -> None:
    many(direct, world.basel, count)
    Seat.objects.create(conversation=direct, user=world.carmen.user, number=3)
    carmen = at(world.carmen)
    carmen.get(f"/ar/conversations/{direct.pk}/")
    with django_assert_max_num_queries(16):
        assert numbers(carmen.get(f"/ar/conversations/{direct.pk}/")) == list(range(1, 24))


def test_a_room_shows_who_takes_part_and_to_each_whom_they_talk_to(
    world: SimpleNamespace, direct: Conversation, commissions: Conversation
) -> None:
    say(world.basel, direct)
    titles = {
        name: Page(said(at(getattr(world, name)).get(f"/ar/conversations/{direct.pk}/"))).all("h1")[0].words for name in ("basel", "carmen")
    }
    assert titles == {"basel": "كارمن", "carmen": "باسل"}
    page = at(world.haytham).get(f"/ar/conversations/{commissions.pk}/")
    assert Page(said(page)).all("h1")[0].words == "اللجنة الوطنية الأردنية"
    assert {(person.page.handle, person.via.handle) for person in page.context["people"]} == {
        ("carmen", "natcom-tn"),
        ("haytham", "natcom-tn"),
        ("basel", "natcom-jo"),
    }


def test_a_permanent_link_leads_to_the_place_of_the_message(world: SimpleNamespace, direct: Conversation) -> None:
    many(direct, world.basel, 100)
    message = direct.messages.get(number=42)
    carmen = at(world.carmen)
    answer = carmen.get(f"/ar/messages/{message.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/ar/conversations/{direct.pk}/?around=42#message-{message.pk}")
    assert carmen.get(f"/messages/{message.pk}/").status_code == 302
    assert 42 in numbers(carmen.get(answer["Location"].partition("#")[0]))


def test_an_answer_without_script_stands_in_the_composer(world: SimpleNamespace, direct: Conversation) -> None:
    asked = say(world.carmen, direct, "سؤال")
    basel = at(world.basel)
    page = basel.get(f"/ar/conversations/{direct.pk}/?reply_to={asked.pk}")
    assert kept(page)["reply_to"] == str(asked.pk)
    basel.post(f"/conversations/{direct.pk}/messages/", {**kept(page), "body": "جواب"})
    assert direct.messages.get(number=2).reply_to == asked
    other = say(world.ezz, talk(world.ezz, world.mona), "في غرفة أخرى")
    elsewhere = basel.get(f"/ar/conversations/{direct.pk}/?reply_to={other.pk}")
    assert (elsewhere.context["reply_to"], kept(elsewhere)["reply_to"]) == (None, "")
    basel.post(f"/conversations/{direct.pk}/messages/", form("جواب", reply_to=str(other.pk)))
    assert direct.messages.get(number=3).reply_to is None


# --- What one keeps ------------------------------------------------------------------------------------------------------------
def test_the_badge_counts_rooms_and_each_room_its_messages(world: SimpleNamespace, direct: Conversation, several: Conversation) -> None:
    basel = at(world.basel)
    for conversation, count in ((direct, 2), (several, 3)):
        for _ in range(count):
            say(world.carmen, conversation)
    assert basel.get("/conversations/count/").json() == {"count": 2, "rooms": {str(direct.pk): 2, str(several.pk): 3}}
    assert basel.post(f"/conversations/{direct.pk}/read/", {"number": "1"}, headers=SCRIPT).status_code == 204
    assert basel.get("/conversations/count/").json() == {"count": 2, "rooms": {str(direct.pk): 1, str(several.pk): 3}}
    assert basel.post(f"/conversations/{direct.pk}/read/", {"number": "999"}).status_code == 302
    assert basel.post(f"/conversations/{several.pk}/mute/").status_code == 302
    assert basel.get("/conversations/count/").json() == {"count": 0, "rooms": {}}
    assert basel.post(f"/conversations/{several.pk}/mute/end/", headers=SCRIPT).status_code == 204
    assert basel.get("/conversations/count/").json() == {"count": 1, "rooms": {str(several.pk): 3}}
    many(direct, world.carmen, 150)
    assert basel.get("/conversations/count/").json()["rooms"][str(direct.pk)] == 100  # stands for more
    for who in (None, world.ezz, world.sami):
        rooms = at(who).get("/conversations/count/").json()
        assert rooms == ({"count": 1, "rooms": {str(several.pk): 3}} if who is world.ezz else {"count": 0, "rooms": {}})


def test_a_number_that_is_none_is_no_read_mark(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.carmen, direct)
    for odd in ("", "-1", "x", "٣", "1.5", "9" * 20, "9223372036854775808", "\0"):
        assert at(world.basel).post(f"/conversations/{direct.pk}/read/", {"number": odd}, headers=SCRIPT).status_code == 422, odd
    assert not Seat.objects.filter(user=world.basel.user).exists()


def test_what_is_archived_stands_in_the_archive_until_something_is_said(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.carmen, direct)
    basel = at(world.basel)

    def lists() -> tuple[list[int], list[int]]:
        return tuple([room.pk for room in basel.get(f"/ar/conversations/{which}").context["rooms"]] for which in ("", "?kind=archived"))  # type: ignore[return-value]

    answer = basel.post(f"/conversations/{direct.pk}/archive/", headers={"referer": "http://testserver/ar/conversations/"})
    assert (answer.status_code, answer["Location"]) == (302, "/ar/conversations/")
    assert lists() == ([], [direct.pk])
    assert basel.post(f"/conversations/{direct.pk}/archive/end/").status_code == 302
    assert lists() == ([direct.pk], [])
    basel.post(f"/conversations/{direct.pk}/archive/", headers=SCRIPT)
    say(world.carmen, direct)
    assert lists() == ([direct.pk], [])


def test_the_list_shows_the_last_words_only_to_those_who_came_before(world: SimpleNamespace, several: Conversation) -> None:
    last = say(world.ezz, several, "آخر الكلام")
    assert "آخر الكلام" in said(at(world.basel).get("/ar/conversations/rooms/"))
    actions.add(world.carmen.actor, several, [world.haytham.page])
    Conversation.objects.filter(pk=several.pk).update(last_message=last)  # as if the line about him were not the last
    assert "آخر الكلام" not in said(at(world.haytham).get("/ar/conversations/rooms/"))
    actions.delete(world.ezz.actor, last)
    assert "آخر الكلام" not in said(at(world.basel).get("/ar/conversations/rooms/"))


# --- Searching, and who is here -------------------------------------------------------------------------------------------------
def test_one_finds_what_was_said_in_this_room_however_its_hamza_is_written(
    world: SimpleNamespace, several: Conversation, direct: Conversation
) -> None:
    early = say(world.ezz, several, "إعلان أوّل")
    say(world.basel, direct, "إعلان في غرفة أخرى")
    gone = say(world.ezz, several, "إعلان محذوف")
    actions.delete(world.ezz.actor, gone)
    actions.add(world.carmen.actor, several, [world.haytham.page])
    late = say(world.ezz, several, "اعلان أخير")

    def found(who: Person, words: str) -> list[int]:
        return [message.pk for message in at(who).get(f"/ar/conversations/{several.pk}/search/", {"q": words}).context["found"]]

    assert found(world.carmen, "اعلان") == found(world.basel, "إعلان") == [late.pk, early.pk]
    assert (found(world.haytham, "إعلان"), found(world.carmen, "إعلان أخير"), found(world.carmen, "")) == ([late.pk], [late.pk], [])
    assert found(world.carmen, "%") == found(world.carmen, "_") == []


def test_a_dot_tells_who_is_here_and_nobody_of_whom_who_hides_it(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.basel, direct)
    carmen, basel = at(world.carmen), at(world.basel)

    def dot() -> tuple[bool, list[str]]:
        page = carmen.get(f"/ar/conversations/{direct.pk}/")
        return page.context["room"].online, [person.state for person in page.context["people"] if person.page.handle == "basel"]

    assert dot() == (False, [""])
    presence.seen(world.basel.user.pk, presence.HERE)
    assert dot() == (True, ["here"])
    presence.seen(world.basel.user.pk, presence.AWAY)
    assert dot() == (False, ["away"])
    presence.seen(world.basel.user.pk, presence.HERE)
    settings = {"language": "ar", "zone": "", "calendar": "gregorian", "digits": "western", "theme": "system"}
    assert basel.post("/ar/settings/", settings).status_code in (200, 302, 422)  # without the tick
    world.basel.user.refresh_from_db()
    if not world.basel.user.shows_presence:
        assert dot() == (False, [""])
    else:
        pytest.fail("the settings were not taken")


def test_how_far_each_has_read_is_told_to_those_who_take_part(world: SimpleNamespace, several: Conversation) -> None:
    actions.mark_read(world.ezz.actor, say(world.basel, several).conversation, 2)
    page = at(world.carmen).get(f"/ar/conversations/{several.pk}/")
    assert page.context["reads"] == {str(world.basel.user.pk): (2, 1), str(world.ezz.user.pk): (2, 1)}
    actions.remove(world.carmen.actor, several, several.participants.get(user=world.ezz.user))
    assert queries.reads(Conversation.objects.with_participants().get(pk=several.pk)) == {world.basel.user.pk: (2, 1)}


def test_one_speaks_in_the_room_of_institutions_in_a_chosen_name(world: SimpleNamespace, commissions: Conversation) -> None:
    mandate(world.carmen, world.school, "تنوب")
    forget()
    page = at(world.carmen).get(f"/ar/conversations/{commissions.pk}/")
    assert [space.handle for space in page.context["voices"]] == ["natcom-tn"]
    sent = form("باسم المدرسة", on_behalf_of=str(world.school.pk))
    assert at(world.carmen).post(f"/conversations/{commissions.pk}/messages/", sent, headers=JSON).status_code == 403
    sent = form("باسم اللجنة", on_behalf_of=str(world.natcom_tn.pk))
    answer = at(world.carmen).post(f"/conversations/{commissions.pk}/messages/", sent, headers=JSON)
    assert (answer.status_code, Message.objects.get(text="باسم اللجنة").on_behalf_of) == (200, Space.objects.get(pk=world.natcom_tn.pk))
