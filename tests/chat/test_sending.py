"""Saying something: with script and without, in a name, with files; and what is refused loses nothing."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone, translation

from chat import actions
from chat.fragments import message_html
from chat.models import Attachment, Conversation, Message
from forums import actions as forums
from network.files import UploadRefused
from network.spaces.actors import forget
from network.spaces.models import Mandate
from profiles import actions as profiles
from tests.cast import Person
from tests.chat.conftest import say
from tests.chat.support import JSON, at, form, kept, opens, said, whole

pytestmark = pytest.mark.django_db


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


def test_files_of_a_page_that_comes_back_need_not_be_chosen_again(
    world: SimpleNamespace, direct: Conversation, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    good, bad = SimpleUploadedFile("خطة.txt", "الخطة".encode()), SimpleUploadedFile("page.html", b"<script>")
    basel, path = at(world.basel), f"/conversations/{direct.pk}/messages/"
    answer = basel.post(path, form("انظروا", files=[good, bad]))
    file = Attachment.objects.get()
    assert (answer.status_code, kept(answer)["kept"], "page.html" in said(answer)) == (422, file.key, True)
    stolen = at(world.carmen).post(path, form("لي", kept=[file.key]))
    assert (stolen.status_code, Attachment.objects.get().message) == (302, None)
    again = form("", kept=[file.key])
    answers = [basel.post(path, again, headers=JSON) for _each in range(2)]  # a retry answers the same
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Attachment.objects.get().message == direct.messages.order_by("-number").first()


def test_a_refusal_keeps_the_files_of_a_page_too(world: SimpleNamespace, direct: Conversation, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, settings.RATES = tmp_path, {**settings.RATES, "chat": (0, 60)}
    answer = at(world.basel).post(f"/conversations/{direct.pk}/messages/", form(files=[SimpleUploadedFile("a.txt", b"a")]))
    assert (answer.status_code, kept(answer)["kept"]) == (429, Attachment.objects.get().key)


def test_a_retry_does_not_store_its_files_again(world: SimpleNamespace, direct: Conversation, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, sent = tmp_path, form("انظروا")
    answers = [
        at(world.basel)
        .post(f"/conversations/{direct.pk}/messages/", {**sent, "files": [SimpleUploadedFile("a.txt", b"a")]}, headers=JSON)
        .json()
        for _each in range(2)
    ]
    assert answers[0] == answers[1]
    assert [file.message_id for file in Attachment.objects.all()] == [answers[0]["id"]]


def test_one_store_holds_what_one_sends_in_posts_and_in_messages(
    world: SimpleNamespace, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("network.files.accept.MAX_USER_FILES", 2)
    forums.upload(world.basel.actor, SimpleUploadedFile("a.txt", b"a"))
    actions.upload(world.basel.actor, SimpleUploadedFile("b.txt", b"b"))
    for room in (forums, actions):
        with pytest.raises(UploadRefused):
            room.upload(world.basel.actor, SimpleUploadedFile("c.txt", b"c"))


def test_names_that_an_edit_adds_are_counted_too(world: SimpleNamespace, direct: Conversation, settings: Any) -> None:
    settings.RATES = {**settings.RATES, "mention": (1, 60)}
    message = say(world.basel, direct, f"سلام @{world.carmen.page.handle}")
    path = f"/ar/messages/{message.pk}/edit/"
    again = at(world.basel).post(path, {"body": f"سلام عليكم @{world.carmen.page.handle}"}, headers=JSON)
    more = at(world.basel).post(
        path, {"body": f"@{world.carmen.page.handle} @{world.ezz.page.handle} @{world.mona.page.handle}"}, headers=JSON
    )
    assert (again.status_code, more.status_code) == (200, 429)
