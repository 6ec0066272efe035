"""Working sessions with an institution, and what a chair brings out."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from network.accreditation import actions
from network.accreditation.models import Application, Minutes, Procedure, YearReport
from tests.network.accreditation import REPORT, due, sent, told

# --- Working sessions, and what is brought out ------------------------------------------------------------------------------
MET = {"held_on": "2020-02-03", "participants": "zqmetqz", "agreed": "zqagreedqz", "next_steps": "zqnextqz"}


def test_the_minutes_of_a_session_are_kept_by_the_commission_or_the_secretariat_and_read_by_all_three(
    w: SimpleNamespace, client: Client, chair: Application
) -> None:
    path = f"/en/applications/{chair.pk}/"
    answers = {}
    for name, who in w.cast.items():
        if who.user.is_active:
            client.force_login(who.user)
            answers[name] = client.post(f"{path}minutes/", {**MET, "participants": f"zqmetqz {name}"}).status_code
    assert answers == {
        **dict.fromkeys(("carmen", "haytham", "sami"), 302), "dara": 403, **dict.fromkeys(("basel", "amina", "mona", "ezz", "rania"), 404)
    }  # fmt: skip
    assert [row.on_behalf_of_id for row in Minutes.objects.order_by("pk")] == [w.natcom_tn.pk, w.natcom_tn.pk, w.secretariat.pk]
    assert told() == {"application_met": {"dara", "carmen", "haytham", "sami"}}
    for who in (w.dara, w.carmen, w.sami):
        client.force_login(who.user)
        page = client.get(path).content.decode()
        assert all(word in page for word in ("zqmetqz sami", "zqagreedqz", "zqnextqz", "Minutes of a working session"))
        assert ("Keep the minutes of a session" in page) == (who is not w.dara)
    assert client.post(f"{path}minutes/", {**MET, "participants": "zqmetqz sami"}).status_code == 302
    assert Minutes.objects.count() == 3  # sent twice, kept once
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    for wrong in ({**MET, "held_on": tomorrow}, {**MET, "agreed": ""}, {**MET, "agreed": "س" * 5001}):
        refused = client.post(f"{path}minutes/", wrong)
        assert refused.status_code == 422 and "zqnextqz" in refused.content.decode()
    assert Minutes.objects.count() == 3 and client.post(f"{path}minutes/", {**MET, "agreed": "س" * 5000}).status_code == 302


def test_there_are_no_minutes_of_what_is_not_affiliated(w: SimpleNamespace) -> None:
    application = sent(w, w.dara)
    with pytest.raises(PermissionDenied):
        actions.keep_minutes(w.carmen.actor, application, held_on=date(2020, 2, 3), participants="x", agreed="x")


def test_a_file_with_many_minutes_asks_as_much_as_one_with_few(w: SimpleNamespace, client: Client, chair: Application) -> None:
    client.force_login(w.dara.user)
    counts = []
    for number in range(3):
        for more in range(number * 2 + 1):
            said = {"participants": f"{number} {more}", "agreed": "x"}
            actions.keep_minutes(w.carmen.actor, chair, held_on=date(2020, 2, 3), **said)
        client.get(f"/ar/applications/{chair.pk}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/ar/applications/{chair.pk}/")
        counts.append(len(asked))
    assert len(set(counts)) == 1


def test_the_outputs_of_a_confirmed_report_stand_on_the_page_and_the_site_and_nothing_else_of_it(
    w: SimpleNamespace, client: Client, chair: Application
) -> None:
    publications = {"code": "publications", "kind": "long", "label": {"ar": "المنشورات", "en": "Publications"}}
    Procedure.objects.filter(pk=w.chairs.pk).update(report_fields=[*REPORT, publications])
    report = YearReport.objects.create(application=chair, year=2025, due_on=date(2025, 5, 31))
    actions.save_report(w.dara.actor, report, answers={"activities": "zqsecretqz", "publications": "zqbookqz\n\n zqpaperqz <b>"})
    entity = chair.entity
    assert entity is not None
    pages = (f"/en/institutions/{entity.handle}/", f"/en/sites/{entity.handle}/")

    def seen() -> list[tuple[bool, bool]]:
        client.logout()
        answers = [client.get(path, follow=True) for path in pages]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert not any("zqsecretqz" in answer.content.decode() for answer in answers)
        return [("zqbookqz" in body, "zqpaperqz &lt;b&gt;" in body) for body in (answer.content.decode() for answer in answers)]

    nothing, all_of_it = [(False, False)] * 2, [(True, True)] * 2
    actions.send_report(w.dara.actor, report)
    Procedure.objects.filter(pk=w.chairs.pk).update(outputs="publications")
    assert seen() == nothing  # sent, not confirmed
    actions.answer_report(w.carmen.actor, report, confirm=True)
    assert seen() == all_of_it
    Procedure.objects.filter(pk=w.chairs.pk).update(outputs="")
    assert seen() == nothing
    Procedure.objects.filter(pk=w.chairs.pk).update(outputs="publications")
    actions.save_report(w.dara.actor, due(chair), answers={"publications": "zqnextyearqz"})
    assert "zqnextyearqz" not in client.get(pages[0], follow=True).content.decode()
    client.force_login(w.dara.user)
    form = client.get(f"/en/applications/{chair.pk}/reports/{due(chair).pk}/").content.decode()
    assert "What you write under “Publications” stands on the institution’s page" in form


def test_the_field_that_everyone_reads_is_one_of_text(w: SimpleNamespace) -> None:
    for wrong in ("nothing", "album"):
        w.chairs.outputs = wrong
        with pytest.raises(ValidationError) as refused:
            w.chairs.full_clean()
        assert set(refused.value.message_dict) == {"outputs"}
    w.chairs.outputs = "activities"
    w.chairs.full_clean()
