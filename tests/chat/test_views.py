"""The pages of conversations, their forms, and their answers to scripts: what each of the cast gets."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from PIL import Image

from chat import actions, queries
from chat.fragments import message_html
from chat.models import Attachment, Conversation, Message, Participant, Seat
from network.live import presence
from network.spaces.actors import forget
from network.spaces.models import Mandate, Space
from profiles import actions as profiles
from tests.cast import Person, mandate
from tests.chat.conftest import say, talk
from tests.house.pages import Page

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
SCRIPT = {"x-requested-with": "fetch"}


def at(who: Person | None) -> Client:
    """This person's browser."""
    client = Client()
    if who is not None:
        client.force_login(who.user)
    return client


def form(words: str = "السلام عليكم", **more: Any) -> dict[str, Any]:
    return {"body": words, "client_id": str(uuid.uuid4()), **more}


def many(conversation: Conversation, who: Person, count: int) -> None:
    """So many messages at once, as the action would have written them one by one."""
    conversation.refresh_from_db()
    numbers = range(conversation.last_number + 1, conversation.last_number + count + 1)
    began = timezone.now() - timedelta(hours=2)
    rows = [
        Message(
            conversation=conversation, number=number, version=conversation.version + number, author=who.user, client_id=uuid.uuid4(),
            html=f"<p>رسالة {number}</p>", text=f"رسالة {number}", folded=f"رساله {number}", created_at=began + timedelta(seconds=number),
        )
        for number in numbers
    ]  # fmt: skip
    Message.objects.bulk_create(rows)
    last = conversation.messages.order_by("-number")[0]
    Conversation.objects.filter(pk=conversation.pk).update(
        last_number=last.number, version=last.version, last_at=last.created_at, last_message=last
    )
    conversation.refresh_from_db()


def numbers(response: Any) -> list[int]:
    """The messages that a page or a piece of one shows, in its order."""
    return [int(number) for number in re.findall(r'id="message-\d+" data-number="(\d+)"', response.content.decode())]


def said(response: Any) -> str:
    return str(response.content.decode())


def whole(response: Any) -> bytes:
    """A file as it came; whoever opened it closes it."""
    found = b"".join(response.streaming_content)
    for close in response._resource_closers:  # not response.close(): that would end the test's own connection
        close()
    return found


def ticked(html: str) -> list[str]:
    """Who is chosen already in the form that begins a conversation."""
    return [
        one.attrs["value"]
        for one in Page(html).all("input")
        if one.attrs.get("name") == "who" and "checked" in one.attrs and "value" in one.attrs
    ]


def opens(response: Any) -> int:
    if response.streaming:
        whole(response)
    return int(response.status_code)


def kept(response: Any) -> dict[str, str]:
    """What stands in the composer of a page."""
    page = Page(said(response))
    box = next(element for element in page.all("form") if element.attrs.get("id") == "composer")
    fields = [element for element in page.elements if box in element.around and element.attrs.get("name")]
    return {
        one.attrs["name"]: "".join(one.text) if one.name == "textarea" else one.attrs.get("value", "")
        for one in fields
        if one.name == "textarea" or (one.attrs.get("type") == "hidden" and one.attrs["name"] != "csrfmiddlewaretoken")
    }


# --- Sending -----------------------------------------------------------------------------------------------------------------
def test_a_script_gets_the_message_and_a_retry_gets_the_same_answer(world: SimpleNamespace, direct: Conversation) -> None:
    basel, sent = at(world.basel), form("أهلا @nobody-is-called-this")
    path = f"/conversations/{direct.pk}/messages/"
    answer = basel.post(path, sent, headers=JSON)
    message = Message.objects.with_author().with_conversation().get()
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "id": message.pk,
            "number": 1,
            "version": 1,
            "html": message_html(message, "ar"),
            "unknown": ["nobody-is-called-this"],
        },
    )
    for _ in range(2):
        again = basel.post(path, sent, headers=JSON)
        assert (again.status_code, again.json()) == (200, answer.json())
    assert direct.messages.count() == 1


def test_without_script_one_comes_back_to_the_message_however_often_one_presses(world: SimpleNamespace, direct: Conversation) -> None:
    basel, sent = at(world.basel), form("أهلا")
    answers = [basel.post(f"/conversations/{direct.pk}/messages/", sent, headers={"referer": "http://testserver/fr/"}) for _ in range(3)]
    message = direct.messages.get()
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, f"/fr/conversations/{direct.pk}/#message-{message.pk}")
    }
    assert "أهلا" in said(at(world.carmen).get(f"/ar/conversations/{direct.pk}/"))


def test_a_script_is_told_why_not_and_keeps_the_words(world: SimpleNamespace, direct: Conversation, settings: Any) -> None:
    path = f"/conversations/{direct.pk}/messages/"

    def ask(who: Person | None, **sent: Any) -> tuple[int, list[str]]:
        answer = at(who).post(path, {**form(), **sent}, headers=JSON)
        assert answer["Content-Type"] == "application/json" and answer["Cache-Control"] == "private, no-store"
        return answer.status_code, sorted(answer.json())

    assert ask(None) == (401, ["error"])
    assert ask(world.ezz) == ask(world.sami) == (404, ["error"])
    assert ask(world.basel, body=" ") == ask(world.basel, body="ا" * 4_001) == (422, ["error"])
    assert ask(world.basel, on_behalf_of=str(world.natcom_tn.pk)) == (403, ["error"])
    profiles.block(world.carmen.actor, world.basel.user)
    assert ask(world.basel) == (403, ["error"])
    profiles.unblock(world.carmen.actor, world.basel.user)
    settings.RATES = {**settings.RATES, "chat": (0, 60)}
    wait = at(world.basel).post(path, form(), headers=JSON)
    assert (wait.status_code, sorted(wait.json())) == (429, ["error", "seconds"])
    assert 0 < wait.json()["seconds"] == int(wait["Retry-After"]) <= 60
    assert direct.messages.count() == 0
    absent = at(world.basel).post("/conversations/99999999/messages/", form(), headers=JSON)
    hidden = at(world.ezz).post(path, form(), headers=JSON)
    assert (absent.status_code, absent.content) == (hidden.status_code, hidden.content)  # hidden and absent are the same


def test_without_script_a_refusal_shows_the_room_with_the_words_in_the_box(
    world: SimpleNamespace, direct: Conversation, settings: Any
) -> None:
    first = say(world.carmen, direct)
    basel, path = at(world.basel), f"/conversations/{direct.pk}/messages/"
    long = form("ا" * 4_001, reply_to=str(first.pk))
    refused = basel.post(path, long)
    assert (refused.status_code, kept(refused)) == (422, {name: long[name] for name in ("client_id", "reply_to", "body")})
    assert "4,000" in said(refused) or "4000" in said(refused) or "٤" in said(refused)
    settings.RATES = {**settings.RATES, "chat": (0, 60)}
    fast = form("بسرعة")
    wait = basel.post(path, fast)
    assert (wait.status_code, kept(wait)["body"], kept(wait)["client_id"]) == (429, "بسرعة", fast["client_id"])
    assert 0 < int(wait["Retry-After"]) <= 60
    assert direct.messages.count() == 1


def test_a_mandate_that_ends_between_opening_and_sending_keeps_the_words(world: SimpleNamespace, several: Conversation) -> None:
    carmen, sent = at(world.carmen), form("باسم اللجنة", on_behalf_of=str(world.natcom_tn.pk))
    assert carmen.get(f"/ar/conversations/{several.pk}/").status_code == 200
    Mandate.objects.filter(user=world.carmen.user).update(ends_at=timezone.now() - timedelta(seconds=1))
    forget()
    script = carmen.post(f"/conversations/{several.pk}/messages/", sent, headers=JSON)
    assert (script.status_code, sorted(script.json())) == (403, ["error"])
    plain = carmen.post(f"/conversations/{several.pk}/messages/", sent)
    assert (plain.status_code, kept(plain)["body"]) == (403, "باسم اللجنة")
    assert several.messages.filter(kind="text").count() == 0


def test_who_is_taken_out_while_typing_sends_nothing_and_is_told(world: SimpleNamespace, several: Conversation) -> None:
    ezz = at(world.ezz)
    assert ezz.get(f"/ar/conversations/{several.pk}/").status_code == 200
    actions.remove(world.carmen.actor, several, several.participants.get(user=world.ezz.user))
    with translation.override("ar"):
        answer = ezz.post(f"/conversations/{several.pk}/messages/", form(), headers=JSON)
    assert (answer.status_code, sorted(answer.json())) == (404, ["error"])
    assert ezz.post(f"/conversations/{several.pk}/messages/", form()).status_code == 404
    assert several.messages.filter(kind="text").count() == 0


def test_files_go_with_a_message_and_are_read_through_its_door(
    world: SimpleNamespace, several: Conversation, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    paper = SimpleUploadedFile("برنامج.txt", "نص البرنامج".encode(), "text/plain")
    answer = at(world.ezz).post(f"/conversations/{several.pk}/messages/", form("", files=[paper]), headers=JSON)
    assert answer.status_code == 200
    file = Attachment.objects.get()
    door = f"/conversations/files/{file.key}/"
    assert door in answer.json()["html"]
    actions.add(world.carmen.actor, several, [world.haytham.page])
    doors = {name: opens(at(who).get(door)) for name, who in world.cast.items()}
    inside = {"carmen": 200, "basel": 200, "ezz": 200}
    assert doors == {name: inside.get(name, 404) for name in world.cast} | {"suspended": 302}
    assert whole(at(world.basel).get(door)).decode() == "نص البرنامج"
    actions.delete(world.ezz.actor, file.message)
    assert at(world.ezz).get(door).status_code == 404
    assert not default_storage.exists(file.stored) or connection.in_atomic_block  # it goes after commit


@pytest.mark.parametrize("name", ["صفحة.html", "x.svg", "كبير.exe", "a.pdf"])
def test_a_file_that_is_not_what_is_let_in_is_refused_with_the_words_kept(
    name: str, world: SimpleNamespace, direct: Conversation, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path

    def sent() -> dict[str, Any]:
        return form("انظروا", files=[SimpleUploadedFile(name, b"<script>alert(1)</script>", "application/pdf")])

    script = at(world.basel).post(f"/conversations/{direct.pk}/messages/", sent(), headers=JSON)
    plain = at(world.basel).post(f"/conversations/{direct.pk}/messages/", sent())
    assert (script.status_code, sorted(script.json())) == (422, ["error"])
    assert (plain.status_code, kept(plain)["body"]) == (422, "انظروا")
    assert (direct.messages.count(), Attachment.objects.count()) == (0, 0)


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

    def counted() -> dict[str, int]:
        found = {}
        for path in paths:
            carmen.get(path)  # what is kept of fragments and rights is kept now
            with CaptureQueriesContext(connection) as asked:
                assert carmen.get(path).status_code == 200
            found[path] = len([one for one in asked if "SAVEPOINT" not in one["sql"]])
        return found

    few = counted()
    many(direct, world.basel, 497)
    actions.mark_read(world.carmen.actor, direct, 500)
    paths[-1] = f"/live/?conversation.{direct.pk}={direct.version - 2}&lang=ar"
    assert list(counted().values()) == list(few.values())
    assert max(few.values()) <= 15, few


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


# --- Who takes part ------------------------------------------------------------------------------------------------------------
def test_leaving_leads_to_the_list_and_closes_the_door(world: SimpleNamespace, several: Conversation) -> None:
    ezz = at(world.ezz)
    answer = ezz.post(f"/conversations/{several.pk}/departure/", headers={"referer": "http://testserver/fr/conversations/"})
    assert (answer.status_code, answer["Location"]) == (302, "/fr/conversations/")
    assert {ezz.get(f"/ar/conversations/{several.pk}/{page}").status_code for page in ("", "details/", "messages/", "search/")} == {404}
    last = several.messages.order_by("-number")[0]
    assert (last.kind, last.data) == ("event", {"verb": "left", "spaces": [world.ezz.page.pk]})
    assert f'class="message message-event" id="message-{last.pk}"' in said(at(world.basel).get(f"/ar/conversations/{several.pk}/"))


@pytest.mark.parametrize(("history", "sees"), [("", ["تاليًا"]), ("yes", ["سابقًا", "تاليًا"])])
def test_whoever_is_added_sees_what_the_adder_chose(history: str, sees: list[str], world: SimpleNamespace, several: Conversation) -> None:
    say(world.ezz, several, "سابقًا")
    answer = at(world.basel).post(f"/conversations/{several.pk}/participants/", {"who": "@haytham، amina", "history": history})
    assert (answer.status_code, answer["Location"]) == (302, f"/ar/conversations/{several.pk}/")
    say(world.ezz, several, "تاليًا")
    for who in (world.haytham, world.amina):
        html = said(at(who).get(f"/ar/conversations/{several.pk}/messages/"))
        assert [word for word in ("سابقًا", "تاليًا") if word in html] == sees


def test_whom_one_cannot_add_one_is_told(world: SimpleNamespace, several: Conversation, room: Conversation) -> None:
    carmen = at(world.carmen)

    def add(conversation: Conversation, who: str) -> tuple[int, bool]:
        answer = carmen.post(f"/conversations/{conversation.pk}/participants/", {"who": who})
        return answer.status_code, who.strip("@") in said(answer)

    assert add(several, "") == (422, True)
    assert add(several, "@dara") == add(several, "@nobody-is-called-this") == (422, True)  # belongs nowhere, is not there
    assert add(room, "@amina")[0] == 403  # the group decides that
    before = several.participants.count()
    assert add(several, "@amina @nobody-is-called-this")[0] == 422  # not some of those whom one meant
    assert several.participants.count() == before


def test_the_convener_takes_somebody_out(world: SimpleNamespace, several: Conversation) -> None:
    held = several.participants.get(user=world.ezz.user)
    assert at(world.basel).post(f"/conversations/{several.pk}/participants/{held.pk}/end/").status_code == 403
    answer = at(world.carmen).post(f"/conversations/{several.pk}/participants/{held.pk}/end/")
    assert (answer.status_code, answer["Location"]) == (302, f"/ar/conversations/{several.pk}/details/")
    assert at(world.ezz).get(f"/ar/conversations/{several.pk}/").status_code == 404
    mine = several.participants.get(user=world.carmen.user)
    out = at(world.carmen).post(f"/conversations/{several.pk}/participants/{mine.pk}/end/")
    assert (out.status_code, out["Location"]) == (302, "/ar/conversations/")
    other = Participant.objects.get(conversation=talk(world.ezz, world.mona), user=world.mona.user)
    assert at(world.basel).post(f"/conversations/{several.pk}/participants/{other.pk}/end/").status_code == 404


def test_details_name_the_room_and_give_it_a_face(world: SimpleNamespace, several: Conversation, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    drawn = BytesIO()
    Image.new("RGB", (300, 300), "teal").save(drawn, "PNG")
    basel, path = at(world.basel), f"/ar/conversations/{several.pk}/details/"
    face = SimpleUploadedFile("وجه.png", drawn.getvalue(), "image/png")
    assert basel.post(path, {"name": "  لجنة\u202e الكتاب ", "topic": "معرض الربيع", "picture": face}).status_code == 302
    several.refresh_from_db()
    assert (several.name, several.topic, bool(several.picture)) == ("لجنة الكتاب", "معرض الربيع", True)
    doors = {name: opens(at(who).get(f"/conversations/{several.pk}/picture/")) for name, who in world.cast.items()}
    assert doors == dict.fromkeys(world.cast, 404) | {"carmen": 200, "basel": 200, "ezz": 200, "suspended": 302}
    got = basel.get(f"/conversations/{several.pk}/picture/")
    assert Image.open(BytesIO(whole(got))).format == "WEBP"
    assert (got["Content-Type"], got["Cache-Control"]) == ("image/webp", "private, no-store")
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert basel.post(path, {"name": "لجنة الكتاب", "topic": "", "without_picture": "on"}).status_code == 302
    assert basel.get(f"/conversations/{several.pk}/picture/").status_code == 404
    wrong = basel.post(path, {"name": "ا" * 101, "topic": "", "picture": SimpleUploadedFile("x.png", b"<svg/>", "image/png")})
    assert (wrong.status_code, "ا" * 101 in said(wrong)) == (422, True)
    several.refresh_from_db()
    assert (several.name, several.picture) == ("لجنة الكتاب", "")


def test_two_and_a_group_are_not_renamed(world: SimpleNamespace, direct: Conversation, room: Conversation) -> None:
    for conversation in (direct, room):
        assert at(world.carmen).post(f"/ar/conversations/{conversation.pk}/details/", {"name": "اسم"}).status_code == 403
        conversation.refresh_from_db()
        assert conversation.name == ""


# --- A message -----------------------------------------------------------------------------------------------------------------
def test_one_pins_for_all_and_unpins(world: SimpleNamespace, several: Conversation) -> None:
    early = say(world.carmen, several, "الموعد الخميس")
    assert at(world.ezz).post(f"/messages/{early.pk}/pin/", headers=SCRIPT).status_code == 204
    actions.add(world.carmen.actor, several, [world.haytham.page])

    def pinned(who: Person) -> list[int]:
        return [message.pk for message in at(who).get(f"/ar/conversations/{several.pk}/details/").context["pinned"]]

    assert (pinned(world.basel), pinned(world.haytham)) == ([early.pk], [])
    assert at(world.haytham).post(f"/messages/{early.pk}/pin/end/").status_code == 404
    assert at(world.basel).post(f"/messages/{early.pk}/pin/end/").status_code == 302
    assert pinned(world.basel) == []


def test_a_reaction_is_given_and_taken_back(world: SimpleNamespace, direct: Conversation) -> None:
    message = say(world.basel, direct)
    carmen, path = at(world.carmen), f"/messages/{message.pk}/reactions/"
    given = carmen.post(path, {"kind": "heart"}, headers=SCRIPT)
    assert (given.status_code, f'formaction="{path}end/" name="kind" value="heart" aria-pressed="true"' in said(given)) == (200, True)
    assert f'formaction="{path}" name="kind" value="heart" aria-pressed="false"' in said(
        at(world.basel).get(f"/ar/conversations/{direct.pk}/")
    )
    assert carmen.post(path, {"kind": "heart"}).status_code == 302
    message.refresh_from_db()
    assert message.reactions == {"heart": 1}
    assert carmen.post(f"{path}end/", {"kind": "heart"}).status_code == 302
    message.refresh_from_db()
    assert message.reactions == {}
    wrong = carmen.post(path, {"kind": "hate"}, headers=JSON)
    assert (wrong.status_code, sorted(wrong.json())) == (422, ["error"])


def test_one_edits_ones_own_within_the_window(world: SimpleNamespace, direct: Conversation, settings: Any) -> None:
    message = say(world.basel, direct, "خطأ")
    basel, path = at(world.basel), f"/ar/messages/{message.pk}/edit/"
    assert "خطأ" in said(basel.get(path))
    answer = basel.post(path, {"body": "صواب"}, headers=JSON)
    fresh = Message.objects.with_author().with_conversation().get(pk=message.pk)
    assert (answer.status_code, answer.json()) == (
        200,
        {"id": message.pk, "number": 1, "version": 2, "html": message_html(fresh, "ar"), "unknown": []},
    )
    assert fresh.text == "صواب" and fresh.edited_at is not None
    assert at(world.carmen).get(path).status_code == at(world.carmen).post(path, {"body": "لا"}).status_code == 403
    empty = basel.post(path, {"body": " "}, headers=JSON)
    assert (empty.status_code, sorted(empty.json())) == (422, ["error"])
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=settings.CHAT_EDIT_WINDOW_MINUTES, seconds=1))
    late = basel.post(path, {"body": "متأخر"})
    assert (late.status_code, "متأخر" in said(late)) == (403, True)  # what was written stays in the box
    assert basel.post(path, {"body": "متأخر"}, headers=JSON).status_code == 403


def test_one_is_asked_before_one_takes_a_message_back(world: SimpleNamespace, direct: Conversation) -> None:
    message = say(world.basel, direct, "كلام")
    basel = at(world.basel)
    assert basel.get(f"/ar/messages/{message.pk}/removal/").status_code == 200
    message.refresh_from_db()
    assert message.deleted_at is None
    assert basel.post(f"/ar/messages/{message.pk}/removal/").status_code == 302
    page = said(at(world.carmen).get(f"/ar/conversations/{direct.pk}/"))
    assert ("كلام" in page, f'class="message message-removed" id="message-{message.pk}"' in page) == (False, True)
    assert basel.post(f"/ar/messages/{message.pk}/removal/", headers=JSON).status_code == 204  # twice is quiet


def test_the_menu_offers_what_one_may_and_tells_only_the_writer_who_has_read(world: SimpleNamespace, several: Conversation) -> None:
    message = say(world.basel, several)
    actions.mark_read(world.ezz.actor, message.conversation, message.number)

    def menu(who: Person) -> tuple[set[str], list[str] | None]:
        context = at(who).get(f"/ar/messages/{message.pk}/menu/", headers={"hx-request": "true"}).context
        offered = {name for name in ("reply", "edit", "delete", "pin", "report", "forward") if context[f"may_{name}"]}
        read = context["read_by"]
        return offered, None if read is None else [page.handle for page in read]

    assert menu(world.basel) == ({"reply", "edit", "delete", "pin", "forward"}, ["ezz"])
    assert menu(world.carmen) == menu(world.ezz) == ({"reply", "pin", "report", "forward"}, None)
    page = at(world.ezz).get(f"/ar/messages/{message.pk}/menu/")
    assert (page.status_code, page.context["read_by"]) == (200, None)


def test_a_message_becomes_a_discussion_where_one_chooses_who_reads_it(world: SimpleNamespace, direct: Conversation) -> None:
    message = say(world.basel, direct, "فكرة للجميع")
    carmen = at(world.carmen)
    assert carmen.get(f"/ar/messages/{message.pk}/forward/").status_code == 200
    answer = carmen.post(f"/ar/messages/{message.pk}/forward/")
    assert (answer.status_code, answer["Location"]) == (302, "/ar/topics/new/")
    assert "فكرة للجميع" in said(carmen.get("/ar/topics/new/"))
    assert "فكرة للجميع" not in said(at(world.ezz).get("/ar/topics/new/"))
    actions.delete(world.basel.actor, message)
    assert carmen.post(f"/ar/messages/{message.pk}/forward/").status_code == 404


# --- Beginning -----------------------------------------------------------------------------------------------------------------
def test_one_begins_from_the_page_of_a_person_an_institution_or_a_group(world: SimpleNamespace) -> None:
    carmen = at(world.carmen)

    def begin(who: Client, space: Any, **more: Any) -> Conversation:
        answer = who.post(f"/conversations/with/{space.pk}/", more)
        assert answer.status_code == 302
        return Conversation.objects.get(pk=int(re.findall(r"/ar/conversations/(\d+)/", answer["Location"])[0]))

    with_basel = begin(carmen, world.basel.page)
    assert (with_basel.kind, begin(at(world.basel), world.carmen.page)) == ("direct", with_basel)
    between = begin(carmen, world.natcom_jo)
    assert (between.kind, begin(at(world.basel), world.natcom_tn)) == ("entities", between)
    assert (begin(carmen, world.group).kind, begin(carmen, world.group)) == ("group", begin(at(world.ezz), world.group))
    person = begin(at(world.ezz), world.natcom_jo)  # who speaks for nobody writes in person
    assert (person.kind, set(person.participants.values_list("user", "entity"))) == (
        "several",
        {(world.ezz.user.pk, None), (None, world.natcom_jo.pk)},
    )


def test_whom_one_cannot_write_to_one_is_led_back_to(world: SimpleNamespace) -> None:
    carmen = at(world.carmen)
    answer = carmen.post(f"/conversations/with/{world.dara.page.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/ar{world.dara.page.path}")
    assert Conversation.objects.count() == 0
    assert carmen.post(f"/conversations/with/{world.hidden_group.pk}/").status_code == 302
    assert at(world.ezz).post(f"/conversations/with/{world.hidden_group.pk}/").status_code == 404
    assert at(world.sami).post(f"/conversations/with/{world.hidden_group.pk}/").status_code == 403  # sees the group, not its room
    assert at(world.dara).post(f"/conversations/with/{world.basel.page.pk}/").status_code in (403, 404)


def test_one_form_begins_one_conversation_with_its_first_words(world: SimpleNamespace) -> None:
    carmen = at(world.carmen)
    assert [space.handle for space in carmen.get("/ar/conversations/new/?with=basel&with=ezz").context["chosen"]] == ["basel", "ezz"]
    sent = form("مرحبا بكم", who=["basel", "@ezz"], name="معرض الكتاب")
    answers = {carmen.post("/ar/conversations/new/", sent)["Location"] for _ in range(2)}
    conversation = Conversation.objects.get()
    assert answers == {f"/ar/conversations/{conversation.pk}/"}
    assert (conversation.kind, conversation.name) == ("several", "معرض الكتاب")
    assert [message.text for message in conversation.messages.filter(kind="text")] == ["مرحبا بكم"]


def test_a_form_that_begins_nothing_keeps_what_was_chosen_and_written(world: SimpleNamespace, settings: Any) -> None:
    carmen = at(world.carmen)
    for sent, status in (
        (form("نص", who=[]), 422),
        (form("نص", who=["dara"]), 422),
        (form("ا" * 4_001, who=["basel"]), 422),
        (form("نص", who=["basel", "nobody-is-called-this"]), 422),
    ):
        answer = carmen.post("/ar/conversations/new/", {**sent, "name": "معرض"})
        html, there = said(answer), [handle for handle in sent["who"] if handle != "nobody-is-called-this"]
        assert (answer.status_code, sent["body"] in html, "معرض" in html, ticked(html)) == (status, True, True, there)
    settings.RATES = {**settings.RATES, "converse": (0, 60)}
    wait = carmen.post("/ar/conversations/new/", form("نص", who=["basel"]))
    assert (wait.status_code, "نص" in said(wait), 0 < int(wait["Retry-After"]) <= 60) == (429, True, True)
    assert Conversation.objects.count() == 0


def test_the_search_button_of_the_form_begins_nothing_and_loses_nothing(world: SimpleNamespace) -> None:
    answer = at(world.carmen).post("/ar/conversations/new/", form("نص", who=["basel"], q="عز", search="1", name="معرض"))
    html = said(answer)
    assert (answer.status_code, [space.handle for space in answer.context["suggestions"]]) == (200, ["ezz"])
    assert ("نص" in html, "معرض" in html, ticked(html)) == (True, True, ["basel"])
    assert Conversation.objects.count() == 0


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
    assert page.context["reads"] == {str(world.basel.user.pk): 2, str(world.ezz.user.pk): 2}
    actions.remove(world.carmen.actor, several, several.participants.get(user=world.ezz.user))
    assert queries.reads(Conversation.objects.with_participants().get(pk=several.pk)) == {world.basel.user.pk: 2}


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
