"""Letters of the secretariat: to exactly those who were chosen, each once, each in their own language, and never to who wants none."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.core import mail as sent
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from network.activity.models import Activity
from network.spaces import actions as spaces
from notices import audience
from notices.actions import newsletters
from notices.actions import preferences as chosen
from notices.models import Mail, Newsletter, Preferences
from tests.cast import mandate
from tests.notices.support import work

TEXT = {"title_ar": "رسالة", "body_ar": "<p>نص الرسالة</p>", "title_fr": "Lettre", "body_fr": "<p>Le texte</p>"}


def letter(world: SimpleNamespace, **chosen_audience: list[object]) -> Newsletter:
    fields = TEXT | {"title_en": "", "body_en": "", "audience": audience.EMPTY | chosen_audience}
    return newsletters.draft(world.sami.actor, None, space=world.secretariat, **fields)


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
    newsletters.send(world.sami.actor, row)
    newsletters.send(world.sami.actor, row)
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
    newsletters.send(world.sami.actor, letter(world))
    newsletters.post(Newsletter.objects.get().pk)
    chosen.stop_mail(world.basel.user, ["newsletter"])
    work()
    assert ["basel@example.org"] not in [message.to for message in sent.outbox]
    assert Mail.objects.get(user=world.basel.user).state == Mail.State.DROPPED


def test_what_was_sent_is_not_changed_and_nothing_goes_to_nobody(world: SimpleNamespace) -> None:
    row = letter(world)
    newsletters.send(world.sami.actor, row)
    with pytest.raises(ValidationError):
        newsletters.draft(world.sami.actor, row, space=world.secretariat, title_ar="أخرى")
    with pytest.raises(ValidationError):
        newsletters.send(world.sami.actor, letter(world, countries=["XX"]))
    with pytest.raises(PermissionDenied):
        newsletters.send(world.carmen.actor, letter(world))


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
    client.post(f"/ar/newsletters/{row.pk}/send/")
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
