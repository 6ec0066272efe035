"""Scenario 10: a visitor asks a commission by its public site; its people and the secretariat hear of it, and answer by mail."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from network.activity.jobs import handler_of
from network.activity.models import Activity
from network.sites import actions
from network.sites.models import Question
from network.spaces.actors import Actor
from notices import waiting
from notices.models import Mail, Notice
from notices.subscribers import notify
from tests.cast import Person

PATH = "/fr/commissions/tn/contact/"
CLUB = "Comment créer un club dans mon lycée ?"


def form(**more: str) -> dict[str, str]:
    return {"name": "Nadia", "email": "nadia@example.net", "text": CLUB, "website": "", "client_id": str(uuid.uuid4()), **more}


def asked(w: SimpleNamespace, **more: Any) -> Question:
    fields = {"name": "Nadia", "email": "nadia@example.net", "text": CLUB, "language": "fr", **more}
    return actions.ask(Actor.nobody(), w.natcom_tn, client_id=uuid.uuid4(), **fields)


def browser(who: Person | None = None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who.user)
    return client


def tell() -> None:
    for activity in Activity.objects.filter(verb__endswith="_question").order_by("pk"):
        notify(activity)


def test_a_visitor_asks_the_tunisian_commission_without_an_account(world: SimpleNamespace) -> None:
    client = browser()
    response = client.post(PATH, form())
    assert (response.status_code, response["Location"]) == (302, f"{PATH}?sent=1")
    question = Question.objects.get()
    assert (question.space_id, question.text, question.language, question.status, question.user_id) == (
        world.natcom_tn.pk,
        CLUB,
        "fr",
        "new",
        None,
    )
    tell()
    told = sorted((notice.recipient.page.handle, notice.reason) for notice in Notice.objects.select_related("recipient__page"))
    assert told == [("carmen", "question"), ("haytham", "question"), ("sami", "question_copy")]
    queue = {name: CLUB in browser(who).get("/ar/questions/").content.decode() for name, who in world.cast.items() if name != "suspended"}
    assert {name for name, stands in queue.items() if stands} == {"carmen", "haytham", "sami"}
    assert [
        client.get(f"/ar/questions/{question.pk}/").status_code,
        browser(world.basel).get(f"/ar/questions/{question.pk}/").status_code,
    ] == [
        302,
        404,
    ]


def test_it_waits_for_those_who_answer_and_not_for_the_copy(world: SimpleNamespace) -> None:
    asked(world)
    lines = {name: len(waiting.questions(who.actor)) for name, who in world.cast.items() if name != "suspended"}
    assert {name for name, count in lines.items() if count} == {"carmen", "haytham"}


def test_what_nobody_answers_for_waits_for_the_secretariat(world: SimpleNamespace) -> None:
    actions.ask(Actor.nobody(), world.natcom_jo, client_id=uuid.uuid4(), name="x", email="x@example.net", text="?", language="ar")
    assert len(waiting.questions(world.sami.actor)) == 0
    from network.spaces.models import Mandate  # noqa: PLC0415 -- only here

    Mandate.objects.filter(entity=world.natcom_jo).delete()
    assert len(waiting.questions(world.sami.actor)) == 1
    tell()
    assert [(notice.recipient_id, notice.reason) for notice in Notice.objects.all()] == [(world.sami.user.pk, "question")]


def test_the_answer_goes_by_mail_in_the_visitors_language_and_is_kept(world: SimpleNamespace, settings: Any) -> None:
    settings.EMAIL_BACKEND = "notices.mail.outbox.Backend"
    question = asked(world)
    tell()
    client = browser(world.carmen)
    assert client.post(f"/ar/questions/{question.pk}/", {"text": "Écrivez à votre délégation."}).status_code == 302
    question.refresh_from_db()
    assert (question.status, question.answer, question.answered_by_id) == ("answered", "Écrivez à votre délégation.", world.carmen.user.pk)
    mail = Mail.objects.get(address="nadia@example.net")
    assert (mail.kind, "Écrivez à votre délégation." in mail.about["text"], CLUB in mail.about["text"]) == ("ready", True, True)
    assert "Commission nationale tunisienne" in mail.about["subject"]
    tell()
    assert (len(waiting.questions(world.haytham.actor)), Notice.objects.filter(unread=True, thread=f"question.{question.pk}").count()) == (
        0,
        0,
    )
    # Twice is refused: the visitor has one answer.
    again = client.post(f"/ar/questions/{question.pk}/", {"text": "Encore"})
    assert (again.status_code, Mail.objects.filter(address="nadia@example.net").count()) == (403, 1)


def test_the_same_form_sent_twice_is_one_question(world: SimpleNamespace) -> None:
    client, sent = browser(), form()
    assert [client.post(PATH, sent).status_code for _ in range(2)] == [302, 302]
    assert (Question.objects.count(), Activity.objects.filter(verb="asked_question").count()) == (1, 1)


def test_a_machine_that_fills_what_people_do_not_see_is_thanked_and_left(world: SimpleNamespace) -> None:
    response = browser().post(PATH, form(website="https://spam.example"))
    assert (response["Location"], Question.objects.count()) == (f"{PATH}?sent=1", 0)


def test_so_many_questions_of_one_address_and_of_one_site(world: SimpleNamespace, settings: Any) -> None:
    settings.RATES = settings.RATES | {"question": (2, 3600)}
    client = browser()
    assert [client.post(PATH, form()).status_code for _ in range(3)] == [302, 302, 429]
    settings.RATES = settings.RATES | {"question": (100, 3600), "questions": (3, 3600)}
    assert [browser().post(PATH, form(), REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(2)] == [302, 429]
    assert Question.objects.count() == 3


def test_a_wrong_address_comes_back_with_the_form_filled(world: SimpleNamespace) -> None:
    response = browser().post(PATH, form(email="nadia"))
    assert (response.status_code, "Comment créer un club" in response.content.decode(), Question.objects.count()) == (422, True, 0)


def test_a_section_asks_the_secretariat(world: SimpleNamespace) -> None:
    assert browser().post("/ar/chairs/contact/", form()).status_code == 302
    question = Question.objects.get()
    assert (question.space_id, question.section) == (world.secretariat.pk, "chairs")
    assert {name for name, who in world.cast.items() if name != "suspended" and Question.objects.visible_to(who.actor).exists()} == {"sami"}


def test_another_commission_neither_sees_nor_answers_nor_closes(world: SimpleNamespace) -> None:
    question = asked(world)
    for attempt in (lambda: actions.answer(world.basel.actor, question, text="x"), lambda: actions.close(world.basel.actor, question)):
        with pytest.raises(PermissionDenied):
            attempt()
    assert Question.objects.get().status == "new"
    actions.close(world.haytham.actor, question)
    actions.close(world.haytham.actor, question)
    assert (Question.objects.get().status, Mail.objects.filter(address="nadia@example.net").count()) == ("closed", 0)


def test_the_visitors_account_is_nobodys_and_stands_in_no_list(world: SimpleNamespace) -> None:
    asked(world)
    asked(world)
    activity = Activity.objects.filter(verb="asked_question").first()
    assert activity is not None
    page = activity.actor.page
    assert (activity.actor.is_active, activity.actor.has_usable_password(), page.listed) == (False, False, False)
    assert page.get_absolute_url() not in browser(world.carmen).get("/ar/people/").content.decode()
    assert browser(world.carmen).get(page.get_absolute_url()).status_code == 404
    # A visitor's words stand nowhere but in the queue.
    for who in (None, world.basel, world.ezz):
        for path in ("/ar/", "/ar/institutions/natcom-tn/", "/ar/commissions/tn/"):
            assert "Nadia" not in browser(who).get(path).content.decode()


def test_who_asked_is_forgotten_a_year_after_the_answer_and_what_was_asked_is_not(world: SimpleNamespace) -> None:
    long_ago = timezone.now() - timedelta(days=366)
    lately = timezone.now() - timedelta(days=364)
    rows = {name: asked(world) for name in ("answered", "closed", "recent", "waiting")}
    actions.answer(world.carmen.actor, rows["answered"], text="Oui")
    actions.close(world.carmen.actor, rows["closed"])
    actions.close(world.carmen.actor, rows["recent"])
    Question.objects.update(asked_at=long_ago, user=world.dara.user)
    Question.objects.filter(pk__in=[rows["answered"].pk, rows["closed"].pk]).update(answered_at=long_ago)
    Question.objects.filter(pk=rows["recent"].pk).update(answered_at=lately)
    for _twice in range(2):
        handler_of("sites.sweep")()
    kept = {name: Question.objects.get(pk=row.pk) for name, row in rows.items()}
    who = {name: (row.name, row.email, row.user_id) for name, row in kept.items()}
    known = ("Nadia", "nadia@example.net", world.dara.user.pk)
    assert who == {"answered": ("", "", None), "closed": ("", "", None), "recent": known, "waiting": known}
    assert {row.text for row in kept.values()} == {CLUB} and kept["answered"].answer == "Oui"
    client = browser(world.carmen)
    for path in ("/en/questions/?state=all", f"/en/questions/{rows['answered'].pk}/"):
        assert client.get(path).status_code == 200
    assert "Deleted: a year has passed" in client.get(f"/en/questions/{rows['answered'].pk}/").content.decode()


def test_the_clock_forgets_visitors_and_the_form_says_so(world: SimpleNamespace, settings: Any) -> None:
    assert ("sites.sweep", 86400) in settings.SCHEDULE
    assert "A year after the answer we delete your name and address." in browser().get("/en/commissions/tn/contact/").content.decode()
