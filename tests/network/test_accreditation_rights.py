"""Joining a network: what leaks to nobody, how far a mandate reaches, nobody in their own cause, and whoever leaves."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone, translation

from network.accreditation import actions, queries
from network.accreditation.models import Application, Paper, Step, YearReport
from network.activity.models import Activity
from network.entities import acts
from network.entities.models import Entity
from network.permissions import SENTENCES, can
from network.spaces import actions as spaces
from network.spaces.actors import forget
from network.spaces.handing import open_items, shown_items
from network.spaces.models import Field, Mandate
from notices.models import Notice
from notices.subscribers import notify
from tests.cast import Person, mandate, person
from tests.network.accreditation import ASKED, FORM, code, filled, joined, scan, sent, told, waits


# --- What leaks to nobody ------------------------------------------------------------------------------------------------
def test_other_commissions_and_the_world_do_not_see_the_file(w: SimpleNamespace, client: Client) -> None:
    word = "zqsecretqz"
    draft = filled(w, w.dara, name_ar=f"مدرسة {word}", email=f"{word}@example.org", city=f"مدينة {word}")
    paper = actions.attach(w.dara.actor, draft, "commitment", scan(f"{word}.pdf", word.encode()))
    secrets = (f"مدرسة {word}", f"{word}@", f"مدينة {word}", f"{word}.pdf", f"/applications/{draft.pk}/")
    pages = (
        "/ar/",
        "/ar/?scope=network",
        "/ar/institutions/",
        f"/ar/search/?q={word}",
        f"/ar/institutions/?q={word}",
        "/ar/notices/",
        "/ar/join/",
    )
    stages = {}

    def knock(stage: str) -> None:
        seers = set()
        for name, who in {"nobody": None, **w.cast}.items():
            if who is not None and not who.user.is_active:
                continue
            client.logout()
            if who is not None:
                client.force_login(who.user)
            answers = {code(client, path) for path in (f"/ar/applications/{draft.pk}/", f"/applications/files/{paper.key}/")}
            assert len(answers) == 1, (name, answers)
            if answers == {200}:
                seers.add(name)
                continue
            assert answers == ({302} if who is None else {404}), name
            for page in (*pages, "/ar/applications/"):
                body = client.get(page, follow=True).content.decode()
                assert [secret for secret in secrets if secret in body] == [], (name, page)
        stages[stage] = seers

    knock("draft")
    actions.submit(w.dara.actor, draft)
    for activity in Activity.objects.filter(verb="application_submitted"):
        notify(activity)
    knock("sent")
    actions.review(w.carmen.actor, draft, outcome="endorse")
    knock("endorsed")
    assert stages == {
        "draft": {"dara"},
        "sent": {"dara", "carmen", "haytham", "sami"},
        "endorsed": {"dara", "carmen", "haytham", "sami"},
    }


def test_the_queue_is_for_those_who_decide_and_holds_only_their_country(w: SimpleNamespace, client: Client) -> None:
    sent(w, w.dara, name_ar="مدرسة zqtnqz")
    sent(w, w.ezz, name_ar="مدرسة zqjoqz", country=w.jo)
    filled(w, w.rania, name_ar="مدرسة zqdraftqz")
    answers = {}
    for name, who in w.cast.items():
        if not who.user.is_active:
            continue
        client.force_login(who.user)
        page = client.get("/ar/applications/queue/")
        table = client.get("/ar/applications/queue/table/")
        found = tuple(word for word in ("zqtnqz", "zqjoqz", "zqdraftqz") if word in page.content.decode())
        assert page.status_code == table.status_code
        if page.status_code == 200:
            assert found == tuple(word for word in ("zqtnqz", "zqjoqz", "zqdraftqz") if word in table.content.decode())
        answers[name] = (page.status_code, found)
    nothing = (404, ())
    assert answers == {
        "carmen": (200, ("zqtnqz",)), "haytham": (200, ("zqtnqz",)), "basel": (200, ("zqjoqz",)), "sami": (200, ("zqtnqz", "zqjoqz")),
        "amina": nothing, "mona": nothing, "ezz": nothing, "rania": nothing, "dara": nothing,
    }  # fmt: skip


def test_a_report_is_its_institutions_until_it_is_sent(w: SimpleNamespace, client: Client) -> None:
    application = joined(w, w.dara)
    report = YearReport.objects.create(application=application, year=2026, due_on=date(2026, 6, 30))
    actions.save_report(w.dara.actor, report, answers={"activities": "zqreportqz"})
    paper = actions.attach(w.dara.actor, application, "album", scan("x.pdf"), report=report)
    path = f"/ar/applications/{application.pk}/reports/{report.pk}/"

    def seers() -> set[str]:
        found = set()
        for name, who in w.cast.items():
            if who.user.is_active:
                client.force_login(who.user)
                codes = {code(client, path), code(client, f"/applications/files/{paper.key}/")}
                assert len(codes) == 1
                found |= {name} if codes == {200} else set()
        return found

    assert seers() == {"dara"}
    actions.send_report(w.dara.actor, report)
    assert seers() == {"dara", "carmen", "haytham", "sami"}
    actions.answer_report(w.carmen.actor, report, confirm=False, remark="zqremarkqz")
    actions.save_report(w.dara.actor, report, answers={"activities": "zqhalfqz"})
    assert seers() == {"dara"}  # half-edited again
    client.force_login(w.carmen.user)
    page = client.get(f"/en/applications/{application.pk}/").content.decode()
    assert "Report for 2026" in page and "zqremarkqz" in page and path.removeprefix("/ar") not in page  # that it was returned, and why
    client.force_login(w.dara.user)
    saved = client.post(path.replace("/ar/", "/en/"), {"a-activities": "zqhalfqz", "do": "save"}, follow=True).content.decode()
    assert "Until it is sent, only those who speak for the institution read it." in saved
    actions.send_report(w.dara.actor, report)
    assert seers() == {"dara", "carmen", "haytham", "sami"}


def test_a_returned_application_is_read_by_nobody_else_until_it_is_sent_again(w: SimpleNamespace, client: Client) -> None:
    application = sent(w, w.dara, address="zqsentqz")
    paper = Paper.take_in(w.dara.user, scan("zqpaperqz.pdf"))
    Paper.objects.filter(pk=paper.pk).update(application=application, code="commitment")
    path = f"/en/applications/{application.pk}/"

    def seers() -> list[set[str]]:
        """Who reads its words, who its file, who its history."""
        found: list[set[str]] = [set(), set(), set()]
        for name, who in w.cast.items():
            if not who.user.is_active:
                continue
            client.force_login(who.user)
            page = client.get(path).content.decode()
            here = (
                "zqsentqz" in page or "zqhalfqz" in page,
                code(client, f"/applications/files/{paper.key}/") == 200,
                "Application sent" in page,
            )
            for place, one in zip(found, here, strict=True):
                place.update({name} if one else ())
        return found

    all_of_them = {"dara", "carmen", "haytham", "sami"}
    assert seers() == [all_of_them] * 3
    actions.review(w.carmen.actor, application, outcome="return", remark="سبب")
    client.force_login(w.dara.user)
    saved = client.post(f"{path}edit/", {**FORM, "address": "zqhalfqz", "do": "save"}, follow=True).content.decode()
    assert "Until you send it again, those who examine it read its name and its history only." in saved
    assert seers() == [{"dara"}, {"dara"}, all_of_them]
    actions.submit(w.dara.actor, application)
    assert seers() == [all_of_them] * 3
    actions.review(w.carmen.actor, application, outcome="return", remark="سبب")
    actions.withdraw(w.dara.actor, application)
    assert seers() == [{"dara"}, {"dara"}, all_of_them]


def test_whoever_left_the_institution_no_longer_sees_its_file_and_its_successor_does(w: SimpleNamespace) -> None:
    application = joined(w, w.dara)
    entity = application.entity
    assert entity is not None
    Mandate.objects.filter(entity=entity).update(ends_at=timezone.now())
    mandate(w.ezz, entity, "المنسق الجديد")
    forget()
    seen = {name for name, who in w.cast.items() if Application.objects.visible_to(who.actor).exists()}
    assert seen == {"carmen", "haytham", "sami", "ezz"}


def test_a_notice_names_the_application_only_to_those_who_still_see_it(w: SimpleNamespace, client: Client) -> None:
    application = sent(w, w.dara)
    for activity in Activity.objects.filter(verb="application_submitted"):
        notify(activity)
    client.force_login(w.carmen.user)
    assert ASKED["name_ar"] in client.get("/ar/notices/").content.decode()
    Mandate.objects.filter(user=w.carmen.user).update(ends_at=timezone.now())
    forget()
    assert ASKED["name_ar"] not in client.get("/ar/notices/").content.decode()
    assert Notice.objects.filter(recipient=w.carmen.user, thread=application.stream).count() == 1


# --- How far a mandate of the commission reaches ---------------------------------------------------------------------------
@pytest.mark.parametrize("scope", ["own", "field", "country"])
def test_only_a_mandate_over_the_country_reads_and_decides_its_files(w: SimpleNamespace, client: Client, scope: str) -> None:
    officer, reaches = _officer(w, w.natcom_tn, scope), scope == "country"
    files = [sent(w, w.dara, name_ar="مدرسة zqfileqz"), joined(w, w.ezz, w.chairs, name_ar="كرسي zqchairqz")]
    report = YearReport.objects.create(application=files[1], year=2026, due_on=date(2026, 6, 30), answers={"activities": "x"})
    actions.send_report(w.ezz.actor, report)
    paper = Paper.take_in(w.dara.user, scan())
    Paper.objects.filter(pk=paper.pk).update(application=files[0], code="commitment")
    actor = officer.actor
    both = {one.pk for one in files} if reaches else set()

    listed = set(Application.objects.visible_to(actor).values_list("pk", flat=True))
    doors = {row.pk for row in Application.objects.with_all() if can(actor, "application.view", row)}
    assert (listed, doors) == (both, both)
    assert set(Application.objects.reviewed_by(actor).values_list("pk", flat=True)) == both
    assert sum(stage.count for stage in queries.stages(actor)) == len(both)
    assert [task.what for task in queries.tasks(actor)] == (["review", "confirm"] if reaches else [])
    assert ("carmen" in told()["application_submitted"], Notice.objects.filter(recipient=officer.user).exists()) == (True, reaches)

    client.force_login(officer.user)
    path, expected = f"/ar/applications/{files[0].pk}/", 200 if reaches else 404
    opened = [path, "/ar/applications/queue/", "/ar/applications/queue/table/", f"/applications/files/{paper.key}/"]
    assert [code(client, one) for one in opened] == [expected] * 4
    entity = files[1].entity
    assert entity is not None
    page = client.get(f"/ar/institutions/{entity.handle}/", follow=True)
    assert (page.status_code, f"/ar/applications/{files[1].pk}/" in page.content.decode()) == (200, reaches)
    assert client.post(f"{path}review/", {"outcome": "endorse"}).status_code == (302 if reaches else 404)
    if not reaches:
        for act in (
            lambda: actions.review(actor, files[0], outcome="endorse"),
            lambda: actions.answer_report(actor, report, confirm=True),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_a_commission_in_which_no_mandate_reaches_over_the_country_cannot_examine_and_the_secretariat_stands_in(w: SimpleNamespace) -> None:
    Mandate.objects.filter(entity=w.natcom_jo).update(scope="own")
    forget()
    application = sent(w, w.dara, country=w.jo)
    assert told() == {"application_submitted": {"sami", "dara"}}
    assert waits(w) == {"sami": ["review"]}
    application = actions.review(w.sami.actor, application, outcome="endorse")
    assert application.steps.get(verb="endorsed").in_stead


def _officer(w: SimpleNamespace, entity: Entity, scope: str) -> Person:
    who = person(f"officer-{scope}", "مكلّف")
    field = Field.objects.create(code="education", name_ar="التربية") if scope == "field" else None
    if field is not None:
        Entity.objects.update(field=field)
    row = Mandate(entity=entity, user=who.user, title="مكلّف", named_by=who.user, scope=scope, field=field)
    row.set_days(date(2020, 1, 1), None)
    row.save()
    return who


# --- Nobody decides in their own cause --------------------------------------------------------------------------------------
def test_an_officer_does_not_examine_what_they_applied_for_and_a_colleague_does(w: SimpleNamespace, client: Client) -> None:
    application = sent(w, w.carmen)
    assert told() == {"application_submitted": {"haytham", "carmen"}}
    assert waits(w) == {"haytham": ["review"]}
    with pytest.raises(PermissionDenied, match=str(SENTENCES["application.judge"])):
        actions.review(w.carmen.actor, application, outcome="endorse")
    client.force_login(w.carmen.user)
    path = f"/en/applications/{application.pk}/"
    page = client.get(path).content.decode()
    assert ("Nobody decides on an application" in page, 'value="endorse"' in page) == (True, False)
    refused = client.post(f"{path}review/", {"outcome": "endorse"})
    assert refused.status_code == 403 and "Nobody decides on an application" in refused.content.decode()
    client.force_login(w.haytham.user)
    page = client.get(path).content.decode()
    assert ("Nobody decides on an application" in page, 'value="endorse"' in page) == (False, True)
    assert actions.review(w.haytham.actor, application, outcome="endorse").status == "secretariat"


def test_where_the_only_officer_applied_the_secretariat_stands_in(w: SimpleNamespace) -> None:
    application = sent(w, w.basel, country=w.jo)
    assert told() == {"application_submitted": {"sami", "basel"}}
    assert waits(w) == {"sami": ["review"]}
    assert actions.review(w.sami.actor, application, outcome="endorse").steps.get(verb="endorsed").in_stead


def test_nobody_of_the_secretariat_approves_renews_or_suspends_what_is_their_own(w: SimpleNamespace) -> None:
    second = person("nour", "نور")
    mandate(second, w.secretariat, "من الأمانة")
    application = sent(w, w.sami, w.chairs, name_ar="كرسي (تجريبي)")
    actions.review(w.carmen.actor, application, outcome="endorse")
    assert told()["application_endorsed"] == {"sami", "nour"}
    assert Notice.objects.get(recipient=w.sami.user, verb="application_endorsed").reason == "application_news"
    assert waits(w) == {}
    with pytest.raises(PermissionDenied):
        actions.decide(w.sami.actor, application, outcome="approve")
    end = timezone.localdate() + timedelta(days=20)
    application = actions.decide(second.actor, application, outcome="approve", until=end)
    renewal = actions.ask_renewal(w.sami.actor, application)
    actions.endorse_renewal(w.haytham.actor, renewal, endorse=True)
    for act in (
        lambda: actions.settle_renewal(w.sami.actor, renewal, until=end + timedelta(days=400)),
        lambda: actions.suspend(w.sami.actor, application, remark="سبب"),
        lambda: actions.end(w.sami.actor, application, remark="سبب"),
    ):
        with pytest.raises(PermissionDenied, match=str(SENTENCES["application.judge"])):
            act()
    actions.settle_renewal(second.actor, renewal, until=end + timedelta(days=400))


def test_an_officer_who_speaks_for_the_institution_does_not_confirm_its_report(w: SimpleNamespace, client: Client) -> None:
    application = joined(w, w.dara)
    assert application.entity is not None
    mandate(w.carmen, application.entity, "منسقة")
    forget()
    report = YearReport.objects.create(application=application, year=2026, due_on=date(2026, 6, 30), answers={"activities": "x"})
    actions.send_report(w.dara.actor, report)
    assert waits(w) == {"haytham": ["confirm"]}
    with pytest.raises(PermissionDenied):
        actions.answer_report(w.carmen.actor, report, confirm=True)
    client.force_login(w.carmen.user)
    page = client.get(f"/en/applications/{application.pk}/reports/{report.pk}/").content.decode()
    assert ("Nobody decides on an application" in page, 'value="confirm"' in page) == (True, False)
    assert actions.answer_report(w.haytham.actor, report, confirm=True).status == "confirmed"


# --- Whoever leaves ----------------------------------------------------------------------------------------------------------
def test_what_waits_with_an_officer_who_leaves_is_handed_over(w: SimpleNamespace, client: Client, chair: Application) -> None:
    application = sent(w, w.ezz)
    report = YearReport.objects.create(application=chair, year=2026, due_on=date(2026, 6, 30), answers={"activities": "x"})
    actions.send_report(w.dara.actor, report)
    actions.ask_renewal(w.dara.actor, chair)
    row = Mandate.objects.get(user=w.carmen.user)
    spaces.end_mandate(w.haytham.actor, row)
    keys = [f"review:{application.path}", f"confirm:{report.path}", f"endorse:{chair.path}"]
    assert sorted(item.key for item in open_items(w.natcom_tn, w.carmen.user)) == sorted(keys)
    client.force_login(w.haytham.user)
    page = client.get(f"/en/institutions/natcom-tn/mandates/{row.pk}/hand-over/").content.decode()
    assert f"Application {application.pk} " in page and ASKED["name_ar"] not in page
    made = spaces.hand_over_items(w.haytham.actor, row, w.haytham.user, keys=keys)
    assert len(made.items) == 3
    actions.review(w.haytham.actor, application, outcome="endorse")
    assert f"review:{application.path}" not in {item.key for item in open_items(w.natcom_tn, w.carmen.user)}


def test_a_head_whose_mandate_does_not_reach_the_country_reads_no_files_in_a_hand_over(w: SimpleNamespace) -> None:
    sent(w, w.dara)
    Mandate.objects.filter(user=w.haytham.user).update(scope="own")
    forget()
    assert [item.key.partition(":")[0] for item in open_items(w.natcom_tn, w.carmen.user)] == ["review"]
    assert shown_items(w.haytham.actor, w.natcom_tn, w.carmen.user) == []
    assert len(shown_items(w.sami.actor, w.natcom_tn, w.carmen.user)) == 1


def test_a_successor_takes_the_application_over_and_whoever_left_is_not_named_by_its_approval(w: SimpleNamespace) -> None:
    Entity.objects.filter(pk=w.school.pk).update(status="draft", listed=False, audience=2)
    application = actions.start(w.amina.actor, w.schools, entity=Entity.objects.get(pk=w.school.pk))
    fields = {**ASKED, "name_ar": w.school.name_ar}
    actions.save(w.amina.actor, application, fields=fields, answers={"level": "primary", "pupils": 9})
    mandate(w.ezz, w.school, "المنسق الجديد")
    mandate(w.rania, w.school, "المدير", head=True)
    row = Mandate.objects.get(user=w.amina.user)
    spaces.end_mandate(w.sami.actor, row)
    [item] = open_items(w.school, w.amina.user)
    assert item.key == f"send:{application.path}"
    other = actions.start(w.ezz.actor, w.schools, entity=Entity.objects.get(pk=w.school.pk))
    assert other == application  # the file is the institution's
    assert shown_items(w.sami.actor, w.school, w.amina.user) == []  # a draft is the institution's alone
    spaces.hand_over_items(w.rania.actor, row, w.ezz.user, keys=[item.key])
    application.refresh_from_db()
    assert (application.applicant_id, open_items(w.school, w.amina.user)) == (w.ezz.user.pk, [])
    Application.objects.update(applicant=w.amina.user)  # had it not been handed over
    actions.submit(w.ezz.actor, application)
    actions.review(w.carmen.actor, application, outcome="endorse")
    actions.decide(w.sami.actor, application, outcome="approve")
    assert not Mandate.objects.not_over().filter(user=w.amina.user).exists()


def test_the_page_of_acts_says_what_was_done_with_files_to_those_who_see_them(w: SimpleNamespace) -> None:
    chair = joined(w, w.dara, w.chairs, name_ar="كرسي (تجريبي)", until=timezone.localdate() + timedelta(days=75))
    draft = sent(w, w.ezz)
    actions.review(w.carmen.actor, draft, outcome="return", remark="سبب")
    actions.ask_renewal(w.dara.actor, chair)
    translation.activate("en")
    row = Mandate.objects.get(user=w.carmen.user)

    def said(reader: Person, about: Mandate) -> list[tuple[str, str]]:
        lines = acts.lines(reader.actor, acts.of_mandate(reader.actor, about))
        return [(str(line.words), line.path) for line in lines if line.path.startswith("/applications/")]

    both = [("Returned an application for completion", draft.path), ("Endorsed an application", chair.path)]
    assert (said(w.haytham, row), said(w.sami, row), said(w.basel, row)) == (both, both, [])
    assert said(w.dara, Mandate.objects.get(user=w.dara.user)) == [("Asked for the renewal of an agreement", chair.path)]
    actions.turn(chair.term_end - timedelta(days=10))  # the calendar speaks in sami's place, and it is not his act
    words = [words for words, _path in said(w.haytham, Mandate.objects.get(user=w.sami.user))]
    assert words == ["Approved an application"]


def test_every_verb_of_this_room_has_a_sentence_on_the_page_of_acts() -> None:
    clock = {"application_late", "application_renewal_called", "application_lapsed"}
    assert {f"application_{verb}" for verb in Step.Verb.values} - clock <= set(acts.all_words())
