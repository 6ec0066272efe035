"""Who takes part, and what a conversation is called."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from chat.models import Conversation, Participant
from tests.chat.conftest import say, talk
from tests.chat.support import at, opens, said, whole

pytestmark = pytest.mark.django_db


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
