"""A reported message: moderators see it and nothing else, and answer it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chat import actions as chat
from chat.models import Conversation, Message
from moderation import actions
from moderation.models import Report
from tests.cast import Person, mandate
from tests.chat.conftest import between, room, say, several
from tests.chat.support import at, opens, said
from tests.house.pages import Page

__all__ = ["room", "several"]
pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1, 9, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def message(world: SimpleNamespace, several: Conversation) -> Message:
    """Something that basel said between two other things."""
    say(world.carmen, several, "zqbefore")
    found = say(world.basel, several, "zqreported")
    say(world.ezz, several, "zqafter")
    return found


def reports(who: Person) -> list[Report]:
    """As the page of reports lists them."""
    return list(at(who).get("/ar/reports/").context["found"])


def test_a_report_shows_moderators_that_message_and_nothing_else(world: SimpleNamespace, message: Message) -> None:
    ezz = at(world.ezz)
    path = f"/ar/messages/{message.pk}/report/"
    assert ezz.get(path).status_code == 200
    answer = ezz.post(path, {"reason": "كلام جارح"})
    assert (answer.status_code, answer["Location"]) == (302, message.get_absolute_url())
    html = said(at(world.sami).get("/ar/reports/"))
    assert [word in html for word in ("zqreported", "كلام جارح", "باسل", "عز", "zqbefore", "zqafter", "لجنة التحضير")] == [True] * 4 + [
        False
    ] * 3
    sami = at(world.sami)
    for door in (
        f"conversations/{message.conversation_id}/",
        *(f"messages/{message.pk}/{end}" for end in ("", "menu/", "removal/", "edit/")),
    ):
        assert sami.get(f"/ar/{door}").status_code == 404, door
    assert sami.post(f"/ar/messages/{message.pk}/removal/").status_code == 404  # only by answering the report
    assert Message.objects.visible_to(world.sami.actor).count() == 0


def test_reports_are_for_the_secretariat_alone(world: SimpleNamespace, message: Message) -> None:
    held = actions.report(world.ezz.actor, message, reason="جارح")
    lists = {name: at(who).get("/ar/reports/").status_code for name, who in world.cast.items()}
    assert lists == dict.fromkeys(world.cast, 404) | {"sami": 200, "suspended": 302}
    answers = {
        name: at(who).post(f"/reports/{held.pk}/answer/", {"outcome": "left"}).status_code
        for name, who in world.cast.items()
        if name != "sami"
    }
    assert answers == dict.fromkeys(set(world.cast) - {"sami"}, 404) | {"suspended": 302}
    held.refresh_from_db()
    assert held.settled_at is None
    for who in (world.carmen, world.haytham, world.mona, world.ezz):
        for outcome in ("removed", "left"):
            with pytest.raises(PermissionDenied):
                actions.settle(who.actor, held, outcome=outcome)
    held.refresh_from_db()
    assert held.settled_at is None


def test_whoever_takes_no_part_or_wrote_it_reports_nothing(world: SimpleNamespace, message: Message) -> None:
    chat.add(world.carmen.actor, message.conversation, [world.haytham.page])
    for who, status in ((world.basel, 403), (world.haytham, 404), (world.sami, 404), (world.mona, 404)):
        assert at(who).get(f"/ar/messages/{message.pk}/report/").status_code == status
        assert at(who).post(f"/ar/messages/{message.pk}/report/", {"reason": "x"}).status_code == status
        with pytest.raises(PermissionDenied):
            actions.report(who.actor, message, reason="x")
    assert Report.objects.count() == 0
    message.refresh_from_db()
    assert message.reported_at is None


def test_nobody_reports_for_the_institution_what_it_said_itself(world: SimpleNamespace) -> None:
    spoken = say(world.carmen.writing_for(world.natcom_tn), between(world))
    with pytest.raises(PermissionDenied):
        actions.report(world.haytham.actor, spoken, reason="x")
    assert actions.report(world.basel.actor, spoken, reason="x").message == spoken


@pytest.mark.parametrize(
    ("reason", "status"), [("", 422), ("  ", 422), ("ا" * 501, 422), ("x\0y", 422), ("\u202eجارح", 302), ("ا" * 500, 302)]
)
def test_a_report_needs_a_few_words(reason: str, status: int, world: SimpleNamespace, message: Message) -> None:
    answer = at(world.ezz).post(f"/ar/messages/{message.pk}/report/", {"reason": reason})
    assert (answer.status_code, Report.objects.count()) == (status, status == 302)
    if status == 422 and reason.strip() and "\0" not in reason:
        [box] = [one for one in Page(said(answer)).all("textarea") if one.attrs.get("name") == "reason"]
        assert "".join(box.text).strip() == reason  # what was written is kept


def test_reporting_twice_is_quiet_and_two_may_report_the_same(world: SimpleNamespace, message: Message) -> None:
    first = actions.report(world.ezz.actor, message, reason="أوّلًا")
    assert actions.report(world.ezz.actor, message, reason="ثانيًا") == first
    second = actions.report(world.carmen.actor, message, reason="أنا أيضًا")
    assert {(held.pk, held.reason) for held in Report.objects.all()} == {(first.pk, "أوّلًا"), (second.pk, "أنا أيضًا")}


def test_what_moderators_see_is_what_was_reported_whatever_becomes_of_it(world: SimpleNamespace, message: Message) -> None:
    held = actions.report(world.ezz.actor, message, reason="جارح")
    chat.edit(world.basel.actor, message, body="<p>zqharmless</p>")
    chat.delete(world.basel.actor, message)
    html = said(at(world.sami).get("/ar/reports/"))
    assert ("zqreported" in html, "zqharmless" in html) == (True, False)
    actions.settle(world.sami.actor, held, outcome="removed")
    message.refresh_from_db()
    assert message.deleted_by == world.basel.user  # it was gone already


def test_a_removed_message_is_gone_for_all_and_its_reports_are_answered(world: SimpleNamespace, message: Message) -> None:
    first, second = actions.report(world.ezz.actor, message, reason="أ"), actions.report(world.carmen.actor, message, reason="ب")
    answer = at(world.sami).post(
        f"/reports/{first.pk}/answer/", {"outcome": "removed"}, headers={"referer": "http://testserver/fr/reports/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/fr/reports/")
    message.refresh_from_db()
    assert (message.html, message.text, message.deleted_by, message.reported_at) == ("", "", world.sami.user, None)
    for held in (first, second):
        held.refresh_from_db()
        assert (held.outcome, held.settled_by, held.settled_at is not None) == ("removed", world.sami.user, True)
    page = said(at(world.basel).get(f"/ar/conversations/{message.conversation_id}/"))
    assert ("zqreported" in page, "zqbefore" in page) == (False, True)


def test_a_message_that_is_left_stands_and_nobody_of_the_secretariat_may_take_it_down_any_more(
    world: SimpleNamespace, message: Message
) -> None:
    held = actions.report(world.ezz.actor, message, reason="أ")
    actions.settle(world.sami.actor, held, outcome="left")
    message.refresh_from_db()
    assert (message.text, message.reported_at) == ("zqreported", None)
    with pytest.raises(PermissionDenied):
        chat.delete(world.sami.actor, message)
    settled = actions.settle(world.sami.actor, held, outcome="removed")  # answering twice is quiet
    assert settled.outcome == "left"
    message.refresh_from_db()
    assert message.deleted_at is None


def test_an_answer_that_is_none_answers_nothing(world: SimpleNamespace, message: Message) -> None:
    held = actions.report(world.ezz.actor, message, reason="أ")
    for odd in ("", "x", "\0", "REMOVED"):
        assert at(world.sami).post(f"/reports/{held.pk}/answer/", {"outcome": odd}).status_code == 302
        with pytest.raises(ValidationError):
            actions.settle(world.sami.actor, held, outcome=odd)
    assert Report.objects.open().count() == 1
    for absent in ("99999999", "9223372036854775808"):
        assert at(world.sami).post(f"/reports/{absent}/answer/", {"outcome": "left"}).status_code == 404


def test_those_that_wait_stand_first_and_then_the_newest(world: SimpleNamespace, message: Message) -> None:
    """On either database: an empty date comes first on one and last on the other."""
    others = [say(world.basel, message.conversation, f"رسالة {number}") for number in range(3)]
    held = [actions.report(world.ezz.actor, one, reason="سبب") for one in [message, *others]]
    for days, one in enumerate((held[2], held[0])):
        actions.settle(world.sami.actor, one, outcome="left")
        Report.objects.filter(pk=one.pk).update(settled_at=DAY + timedelta(days=days))
    assert [one.pk for one in reports(world.sami)] == [held[one].pk for one in (3, 1, 0, 2)]
    assert at(world.sami).get("/ar/reports/").context["waiting"] == 2


def test_what_was_reported_and_left_can_be_reported_again_when_it_has_changed(world: SimpleNamespace, message: Message) -> None:
    held = actions.report(world.ezz.actor, message, reason="أ")
    actions.settle(world.sami.actor, held, outcome="left")
    chat.edit(world.basel.actor, message, body="<p>zqworse</p>")
    again = actions.report(world.ezz.actor, message, reason="ب")
    assert (again.pk, again.settled_at, again.outcome, again.reason, "zqworse" in again.html) == (held.pk, None, "", "ب", True)
    actions.settle(world.sami.actor, again, outcome="removed")
    message.refresh_from_db()
    assert message.deleted_by == world.sami.user


def test_a_reported_file_is_looked_into_until_the_report_is_answered(
    world: SimpleNamespace, several: Conversation, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    papers = [chat.upload(world.basel.actor, SimpleUploadedFile(f"{name}.txt", name.encode())) for name in ("shown", "other")]
    message, _other = (chat.send(world.basel.actor, several, body="", client_id=uuid.uuid4(), attachments=[paper]) for paper in papers)
    sami, doors = at(world.sami), [f"/conversations/files/{paper.key}/" for paper in papers]
    assert [opens(sami.get(door)) for door in doors] == [404, 404]
    report = actions.report(world.ezz.actor, message, reason="أ")
    assert doors[0] in said(sami.get("/ar/reports/"))
    assert [opens(sami.get(door)) for door in doors] == [200, 404]
    assert [opens(at(who).get(doors[0])) for who in (world.haytham, world.rania, None)] == [404, 404, 302]
    actions.settle(world.sami.actor, report, outcome="left")
    page = said(sami.get("/ar/reports/"))
    assert (opens(sami.get(doors[0])), "shown.txt" in page, doors[0] in page) == (404, True, False)


def test_a_moderator_who_no_longer_is_one_sees_no_reports(world: SimpleNamespace, message: Message) -> None:
    actions.report(world.ezz.actor, message, reason="أ")
    sami = at(world.sami)
    assert sami.get("/ar/reports/").status_code == 200
    mandate(world.mona, world.secretariat)
    from network.spaces import actions as spaces  # noqa: PLC0415 -- only here

    spaces.end_mandate(world.mona.actor, world.sami.user.mandates.get())
    assert (sami.get("/ar/reports/").status_code, at(world.mona).get("/ar/reports/").status_code) == (404, 200)


def test_a_moderator_who_takes_part_reads_on_and_may_not_report_as_a_stranger(world: SimpleNamespace, message: Message) -> None:
    chat.add(world.carmen.actor, message.conversation, [world.sami.page])
    late = say(world.basel, message.conversation, "بعد")
    assert actions.report(world.sami.actor, late, reason="أ").by == world.sami.user
    with pytest.raises(PermissionDenied):
        actions.report(world.sami.actor, message, reason="أ")  # said before he came


def test_too_many_reports_wait(world: SimpleNamespace, message: Message, settings: Any) -> None:
    settings.RATES = {**settings.RATES, "report": (0, 60)}
    answer = at(world.ezz).post(f"/ar/messages/{message.pk}/report/", {"reason": "أ"})
    assert (answer.status_code, 0 < int(answer["Retry-After"]) <= 60, Report.objects.count()) == (429, True, 0)


def test_the_list_of_reports_costs_the_same_at_any_length(
    world: SimpleNamespace, message: Message, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        one = chat.send(world.basel.actor, message.conversation, body=f"<p>{number}</p>", client_id=uuid.uuid4())
        actions.report(world.ezz.actor, one, reason="أ")
    sami = at(world.sami)
    sami.get("/ar/reports/")
    with django_assert_max_num_queries(8):
        assert sami.get("/ar/reports/").status_code == 200
