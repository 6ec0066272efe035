"""How a conversation begins."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from chat.models import Conversation
from tests.chat.support import at, form, said, ticked

pytestmark = pytest.mark.django_db


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
