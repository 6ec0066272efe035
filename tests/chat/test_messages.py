"""A message: what is done with it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from chat import actions
from chat.fragments import message_html
from chat.models import Conversation, Message
from tests.cast import Person
from tests.chat.conftest import say
from tests.chat.support import JSON, SCRIPT, at, said

pytestmark = pytest.mark.django_db


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
    plain = carmen.post(path, {"kind": "hate"}, follow=True)
    assert ("تفاعل غير معروف" in said(plain), message.reactions) == (True, {})


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
