"""Letters of the secretariat: to exactly those who were chosen, each once, each in their own language, and never to who wants none."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core import mail as sent
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from network.activity import worker
from network.activity.models import Activity
from network.entities.models import Entity
from network.spaces import actions as spaces
from network.spaces.actors import Actor
from notices import audience
from notices.actions import newsletters
from notices.actions import preferences as chosen
from notices.mail import outbox
from notices.models import Mail, Newsletter, Preferences
from profiles.models import User
from tests.cast import mandate
from tests.notices.support import hasten, work

TEXT = {"title_ar": "رسالة", "body_ar": "<p>نص الرسالة</p>", "title_fr": "Lettre", "body_fr": "<p>Le texte</p>"}


def secretary(world: SimpleNamespace) -> Actor:
    return world.sami.writing_for(world.secretariat)


def letter(world: SimpleNamespace, **chosen_audience: list[object]) -> Newsletter:
    fields = TEXT | {"title_en": "", "body_en": "", "audience": audience.EMPTY | chosen_audience}
    return newsletters.draft(secretary(world), None, **fields)


def names(world: SimpleNamespace, **chosen_audience: list[object]) -> set[str]:
    people = audience.of(audience.EMPTY | chosen_audience).people
    return {name for name, who in world.cast.items() if who.user.pk in people}


def test_each_choice_narrows_the_audience_and_none_means_all(world: SimpleNamespace) -> None:
    assert names(world) == {"carmen", "haytham", "basel", "amina", "sami"}
    assert names(world, kinds=["national-commission"]) == {"carmen", "haytham", "basel"}
    assert names(world, kinds=["national-commission"], countries=["TN"]) == {"carmen", "haytham"}
    assert names(world, entities=[world.school.pk]) == {"amina"}
    world.basel.user.language = "fr"
    world.basel.user.save()
    assert names(world, languages=["fr"]) == {"basel"}
    mandate(world.amina, world.natcom_jo)  # two institutions: one letter
    found = audience.of(audience.EMPTY | {"kinds": ["national-commission", "associated-school"]})
    assert (len(found.people), found.entities, found.countries) == (4, 3, 2)


def test_whoever_left_is_suspended_or_wants_none_is_not_counted(world: SimpleNamespace) -> None:
    spaces.end_mandate(world.haytham.actor, world.carmen.user.mandates.get())
    mandate(world.suspended, world.natcom_tn)
    mandate(world.ezz, world.natcom_tn, until=date(2021, 1, 1))
    chosen.stop_mail(world.basel.user, ["newsletter"])
    chosen.preferences_of(world.amina.user)
    Preferences.objects.filter(user=world.amina.user).update(paused_at=timezone.now())
    assert names(world) == {"haytham", "sami"}


def test_it_is_sent_once_to_each_in_their_language(world: SimpleNamespace) -> None:
    for who, language in ((world.basel, "fr"), (world.amina, "en")):
        who.user.language = language
        who.user.save()
    row = letter(world)
    newsletters.send(secretary(world), row)
    newsletters.send(secretary(world), row)
    newsletters.post(row.pk)  # as if the first worker had died after some
    work()
    assert sorted(message.to[0] for message in sent.outbox) == [
        f"{name}@example.org" for name in ("amina", "basel", "carmen", "haytham", "sami")
    ]
    subjects = {message.to[0]: message.subject for message in sent.outbox}
    assert subjects["basel@example.org"] == "Lettre"
    assert subjects["amina@example.org"] == "رسالة"  # none in English: the first that is whole, in its own direction
    english = next(message for message in sent.outbox if message.to == ["amina@example.org"])
    assert 'lang="ar" dir="rtl"' in english.alternatives[0][0]
    assert Activity.objects.filter(verb="sent_newsletter").count() == 1
    assert "newsletter" in english.extra_headers["List-Id"]


def test_whoever_said_no_between_sending_and_the_mail_gets_none(world: SimpleNamespace) -> None:
    newsletters.send(secretary(world), letter(world))
    newsletters.post(Newsletter.objects.get().pk)
    chosen.stop_mail(world.basel.user, ["newsletter"])
    work()
    assert ["basel@example.org"] not in [message.to for message in sent.outbox]
    assert Mail.objects.get(user=world.basel.user).state == Mail.State.DROPPED


def test_what_was_sent_is_not_changed_and_nothing_goes_to_nobody(world: SimpleNamespace) -> None:
    row = letter(world)
    newsletters.send(secretary(world), row)
    with pytest.raises(ValidationError):
        newsletters.draft(secretary(world), row, title_ar="أخرى")
    with pytest.raises(ValidationError):
        newsletters.send(secretary(world), letter(world, countries=["XX"]))
    for actor in (world.carmen.actor, world.carmen.writing_for(world.natcom_tn), world.sami.actor):  # sami in his own name
        with pytest.raises(PermissionDenied):
            newsletters.send(actor, letter(world))


def test_the_pages_lead_from_a_draft_to_the_exact_number_and_to_the_letter(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.sami.user)
    form = {"title_ar": "رسالة", "body_ar": "نص الرسالة", "kinds": ["national-commission"], "entities": ""}
    refused = client.post("/ar/newsletters/new/", form | {"entities": "nobody-xx", "title_fr": "Lettre"})
    assert refused.status_code == 422
    assert "nobody-xx" in refused.content.decode()
    assert "نص الرسالة" in refused.content.decode()
    kept = client.post("/ar/newsletters/new/", form | {"then": "send"})
    row = Newsletter.objects.get()
    assert kept["Location"] == f"/ar/newsletters/{row.pk}/send/"
    assert client.get("/ar/newsletters/count/", {"kinds": "national-commission", "countries": "TN"}).content.decode().count("<b>") == 1
    page = client.get(f"/en/newsletters/{row.pk}/send/").content.decode()
    assert ("3 people" in page, "2 institutions" in page, "2 countries" in page) == (True, True, True)
    assert "نص الرسالة" in client.get(f"/ar/newsletters/{row.pk}/mail/").content.decode()
    client.post(f"/ar/newsletters/{row.pk}/send/", {"people": "3"})
    row.refresh_from_db()
    assert row.people == 3
    assert client.get(f"/ar/newsletters/{row.pk}/").status_code == 200
    client.post(f"/newsletters/{row.pk}/end/")
    assert Newsletter.objects.exists()  # what was sent stays


def test_for_others_there_are_no_such_pages(world: SimpleNamespace, client: Client) -> None:
    row = letter(world)
    client.force_login(world.haytham.user)
    for path in ("", "new/", "count/", f"{row.pk}/", f"{row.pk}/send/", f"{row.pk}/mail/"):
        assert client.get(f"/ar/newsletters/{path}").status_code == 404, path
    assert client.post(f"/newsletters/{row.pk}/end/").status_code == 404


# --- Asked again when it is sent ---------------------------------------------------------------------------------------------
def test_whoever_lost_the_mandate_before_the_mail_went_gets_none(world: SimpleNamespace) -> None:
    newsletters.send(secretary(world), letter(world, kinds=["national-commission"]))
    newsletters.post(Newsletter.objects.get().pk)
    spaces.end_mandate(world.haytham.actor, world.carmen.user.mandates.get())
    Entity.objects.filter(pk=world.natcom_jo.pk).update(status=Entity.Status.SUSPENDED)
    work()
    assert [message.to for message in sent.outbox] == [["haytham@example.org"]]


def test_nobody_is_written_to_through_an_institution_that_is_not_active(world: SimpleNamespace) -> None:
    for status in (Entity.Status.DRAFT, Entity.Status.SUSPENDED, Entity.Status.FORMER):
        Entity.objects.filter(pk=world.school.pk).update(status=status)
        assert names(world) == {"carmen", "haytham", "basel", "sami"}
        assert names(world, entities=[world.school.pk]) == set()  # and never, because of it, to all


def test_the_number_that_was_read_is_the_number_it_goes_to(world: SimpleNamespace, client: Client) -> None:
    row = letter(world, countries=["TN"])
    mandate(world.ezz, world.school)
    with pytest.raises(ValidationError):
        newsletters.send(secretary(world), row, people=3)
    client.force_login(world.sami.user)
    for read in ("3", "", "x", "9" * 40):
        answer = client.post(f"/en/newsletters/{row.pk}/send/", {"people": read})
        assert answer["Location"] == f"/en/newsletters/{row.pk}/send/"  # which says four
    assert Newsletter.objects.get().sent_at is None
    client.post(f"/en/newsletters/{row.pk}/send/", {"people": "4"})
    assert Newsletter.objects.get().people == 4


def test_killed_in_the_middle_it_goes_on_without_doubles(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newsletters, "AT_ONCE", 2)
    row = newsletters.send(secretary(world), letter(world))
    posted, chunks = outbox.post_all, []

    def dies(mails: list[Mail]) -> list[Mail]:
        chunks.append([mail.user_id for mail in mails])
        rows = posted(mails)
        if len(chunks) == 2:
            raise RuntimeError("killed")
        return rows

    monkeypatch.setattr(outbox, "post_all", dies)
    work()
    assert (len(chunks), Mail.objects.count(), len(sent.outbox)) == (2, 2, 2)  # what the killed one wrote was taken back
    newsletters.post(row.pk)  # and an old job comes once more
    hasten()
    work()
    everybody = sorted(audience.of({}).people)
    assert sorted(Mail.objects.values_list("user_id", flat=True)) == everybody
    assert sorted(message.to[0] for message in sent.outbox) == sorted(User.objects.filter(pk__in=everybody).values_list("email", flat=True))
    assert max(len(chunk) for chunk in chunks) == 2
    row.refresh_from_db()
    assert row.people == 5


def test_a_sign_in_code_waits_for_some_of_the_mails_and_not_for_all(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newsletters, "AT_ONCE", 2)
    newsletters.send(secretary(world), letter(world))
    worker.work_one("mail")
    outbox.post(Mail.Kind.READY, "ready:1", address="new@example.org", subject="رمز", text="482913", html="")
    work()
    assert [message.to for message in sent.outbox].index(["new@example.org"]) == 2
    assert len(sent.outbox) == 6


def test_how_far_it_has_come_is_said_as_long_as_it_is_known(world: SimpleNamespace, django_assert_num_queries: Any) -> None:
    row = newsletters.send(secretary(world), letter(world))
    assert audience.progress([row])[row.pk] == audience.Progress(waiting=5, known=True)  # before a mail is written
    newsletters.post(row.pk)
    chosen.stop_mail(world.basel.user, ["newsletter"])
    Mail.objects.filter(user=world.amina.user).update(state=Mail.State.STOPPED)
    assert audience.progress([row])[row.pk] == audience.Progress(waiting=4, stopped=1, known=True)
    work()
    come = audience.Progress(sent=3, stopped=1, dropped=1, known=True)
    other = letter(world)
    with django_assert_num_queries(1):
        assert audience.progress([row, other]) == {row.pk: come, other.pk: audience.Progress()}
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        outbox.sweep()  # forgets what was dropped
        assert audience.progress([row])[row.pk] == come
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        outbox.sweep()
        assert audience.progress([row])[row.pk] == audience.Progress()
        assert Newsletter.objects.get(pk=row.pk).people == 5


# --- What is read -------------------------------------------------------------------------------------------------------------
def test_whoever_wants_no_content_in_mail_is_led_to_the_letter(world: SimpleNamespace, client: Client) -> None:
    chosen.preferences_of(world.amina.user)
    Preferences.objects.filter(user=world.amina.user).update(without_content=True)
    row = newsletters.send(secretary(world), letter(world, entities=[world.school.pk]))
    work()
    [message] = sent.outbox
    assert "رسالة" not in message.subject + message.body + message.alternatives[0][0]
    assert f"/ar/newsletters/{row.pk}/" in message.body
    client.force_login(world.amina.user)
    page = client.get(f"/fr/newsletters/{row.pk}/").content.decode()
    assert 'lang="fr" dir="ltr">Lettre' in page
    assert "Le texte" in page


def test_a_letter_is_read_by_those_it_was_written_to_once_it_is_sent(world: SimpleNamespace) -> None:
    row = letter(world, countries=["TN"])
    assert readers(world, row) == {"sami"}
    newsletters.send(secretary(world), row)
    assert readers(world, row) == {"sami", "carmen", "haytham", "amina"}
    spaces.end_mandate(world.haytham.actor, world.carmen.user.mandates.get())
    assert readers(world, row) == {"sami", "haytham", "amina"}


def readers(world: SimpleNamespace, row: Newsletter) -> set[str]:
    found = set()
    for name, who in world.cast.items():
        client = Client()
        client.force_login(who.user)
        if client.get(f"/ar/newsletters/{row.pk}/").status_code == 200:
            found.add(name)
    return found


def test_each_language_is_shown_as_its_reader_gets_it(world: SimpleNamespace, client: Client) -> None:
    row = letter(world)
    client.force_login(world.sami.user)
    shown = {code: client.get(f"/ar/newsletters/{row.pk}/mail/?language={code}").content.decode() for code in ("ar", "fr", "en", "xx")}
    assert {code: ("نص الرسالة" in html, "Le texte" in html) for code, html in shown.items()} == {
        "ar": (True, False),
        "fr": (False, True),
        "en": (True, False),  # not written: the first there is
        "xx": (True, False),
    }
    assert '<html lang="fr" dir="ltr"' in shown["fr"]
    assert '<html lang="en" dir="ltr"' in shown["en"]  # what stands around it is the reader's


# --- The number while one chooses ---------------------------------------------------------------------------------------------
def test_the_count_of_a_wrong_choice_is_not_the_count_of_all(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.sami.user)
    page = client.get("/en/newsletters/count/", {"entities": "no-such-code"}).content.decode()
    assert "no-such-code" in page
    assert "people" not in page
    assert "<b>1 person</b>" in client.get("/en/newsletters/count/", {"entities": "@school-tn"}).content.decode()


def test_without_script_a_button_counts_and_keeps_nothing(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.sami.user)
    row = letter(world)
    form = {"title_en": "Half", "countries": ["TN"], "entities": "", "count": "1"}
    for path in ("new/", f"{row.pk}/"):
        answer = client.post(f"/en/newsletters/{path}", form)
        assert answer.status_code == 200
        assert "<b>3 people</b>" in answer.content.decode()
        assert 'value="Half"' in answer.content.decode()
    refused = client.post(f"/en/newsletters/{row.pk}/", {"title_en": "Half", "countries": ["TN"]})
    assert (refused.status_code, "<b>3 people</b>" in refused.content.decode()) == (422, True)
    assert Newsletter.objects.values_list("title_en", flat=True).get() == ""
