"""Joining a network: the acceptances of scenarios 2 and 8, who decides at each step, and what leaks to nobody."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pypdf import PdfReader

from network.accreditation import actions, queries
from network.accreditation.models import Application, Certificate, Paper, Procedure, Renewal, Series, Step, YearReport
from network.accreditation.views.certificates import drawn
from network.activity.jobs import handler_of
from network.activity.models import Activity, Job
from network.entities import acts
from network.entities.models import Entity, StatusChange
from network.spaces.models import Mandate, Membership, Recognition
from tests.cast import Person, mandate, person
from tests.network.accreditation import ASKED, FORM, filled, history, joined, scan, sent, told, waits


# --- Scenario 2 ------------------------------------------------------------------------------------------------------------
def test_a_school_joins_through_its_commission(w: SimpleNamespace) -> None:
    draft = filled(w, w.dara)
    actions.submit(w.dara.actor, draft)
    assert told() == {"application_submitted": {"carmen", "haytham", "dara"}}  # who sent it has it in writing
    actions.review(w.carmen.actor, draft, outcome="return", remark="يُرجى إرفاق التزام إدارة المدرسة")
    assert told() == {"application_returned": {"dara", "haytham"}}
    actions.attach(w.dara.actor, draft, "commitment", scan())
    actions.submit(w.dara.actor, draft)
    actions.review(w.haytham.actor, draft, outcome="endorse", remark="مدرسة نشيطة")
    assert told()["application_endorsed"] == {"dara", "sami"}
    Series.objects.create(letter="م", country="TN", year=timezone.localdate().year, last=30)
    application = actions.decide(w.sami.actor, draft, outcome="approve")

    assert history(application) == [
        ("submitted", "dara", None, ""),
        ("returned", "carmen", "natcom-tn", "يُرجى إرفاق التزام إدارة المدرسة"),
        ("submitted", "dara", None, ""),
        ("endorsed", "haytham", "natcom-tn", "مدرسة نشيطة"),
        ("approved", "sami", "secretariat", ""),
    ]
    certificate = Certificate.objects.get(application=application)
    assert (certificate.number, certificate.name) == (f"م-TN-{timezone.localdate().year}-0031", ASKED["name_ar"])
    entity = application.entity
    assert entity is not None
    assert (entity.status, entity.country_id, entity.overseer_id, entity.parent_id, entity.city, entity.details) == (
        "active", "TN", w.natcom_tn.pk, w.natcom_tn.pk, "تونس", {"level": "primary", "pupils": 312},
    )  # fmt: skip
    held = Mandate.objects.get(entity=entity)
    assert (held.user_id, held.title, held.network, held.is_head) == (w.dara.user.pk, "منسقة المدرسة", "schools", False)
    assert Membership.objects.filter(space=w.open_group, entity=entity).exists()
    assert w.dara.actor.is_networked and [one.pk for one in w.dara.actor.entities] == [entity.pk]
    assert Activity.objects.filter(verb="welcomed", object_id=entity.pk, space=w.open_group).count() == 1
    assert told() == {"application_approved": {"dara", "carmen", "haytham"}}


@pytest.mark.parametrize("status", ["draft", "commission", "returned", "declined", "withdrawn"])
def test_nobody_skips_the_commission(w: SimpleNamespace, status: str) -> None:
    application = filled(w, w.dara)
    if status != "draft":
        application = actions.submit(w.dara.actor, application)
    if status in ("returned", "declined"):
        application = actions.review(
            w.carmen.actor, application, outcome=status.removesuffix("ed").replace("declin", "decline"), remark="سبب"
        )
    if status == "withdrawn":
        application = actions.withdraw(w.dara.actor, application)
    assert application.status == status
    for who in (w.dara, w.carmen, w.sami, w.basel):
        with pytest.raises(PermissionDenied):
            actions.decide(who.actor, application, outcome="approve")
    for who in (w.dara, w.sami, w.basel):  # somebody speaks for the commission: nobody examines in its stead
        with pytest.raises(PermissionDenied):
            actions.review(who.actor, application, outcome="endorse")
    assert (Certificate.objects.count(), Entity.objects.filter(name_ar__contains="النّخيل").count()) == (0, 0)


def test_what_the_secretariat_returns_goes_to_the_commission_again(w: SimpleNamespace) -> None:
    application = sent(w, w.dara)
    actions.review(w.carmen.actor, application, outcome="endorse")
    actions.decide(w.sami.actor, application, outcome="return", remark="ناقص")
    assert actions.submit(w.dara.actor, application).status == "commission"


def test_where_nobody_speaks_for_the_commission_the_secretariat_acts_in_its_stead_and_the_history_says_so(w: SimpleNamespace) -> None:
    Mandate.objects.filter(entity=w.natcom_jo).update(ends_at=timezone.now())
    application = sent(w, w.dara, country=w.jo)
    assert told() == {"application_submitted": {"sami", "dara"}}
    application = actions.review(w.sami.actor, application, outcome="endorse")
    step = application.steps.get(verb="endorsed")
    assert (step.in_stead, step.on_behalf_of_id, application.status) == (True, w.secretariat.pk, "secretariat")
    assert actions.decide(w.sami.actor, application, outcome="approve").status == "active"


def test_a_partner_goes_to_the_commission_of_its_country_or_without_one_to_the_secretariat(w: SimpleNamespace) -> None:
    with_country = sent(w, w.dara, w.partners)
    without = sent(w, w.ezz, w.partners, country=None, name_ar="مؤسسة بلا بلد (تجريبية)")
    assert (with_country.status, with_country.commission_id) == ("commission", w.natcom_tn.pk)
    assert (without.status, without.commission_id) == ("secretariat", None)
    done = actions.decide(w.sami.actor, without, outcome="approve")
    assert done.certificate.number == f"ش-00-{timezone.localdate().year}-0001"


def test_what_is_missing_is_named_and_a_draft_may_be_half_filled(w: SimpleNamespace) -> None:
    draft = actions.start(w.dara.actor, w.schools, country=w.tn)
    assert actions.start(w.dara.actor, w.schools, country=w.tn) == draft  # beginning twice leads to the first
    actions.save(w.dara.actor, draft, fields={"name_ar": "مدرسة"}, answers={"level": "primary"})
    with pytest.raises(ValidationError) as refused:
        actions.submit(w.dara.actor, draft)
    assert set(refused.value.message_dict) == {"city", "title"}
    actions.save(w.dara.actor, draft, fields=ASKED, answers={"level": "primary"})
    with pytest.raises(ValidationError, match="عدد التلاميذ"):
        actions.submit(w.dara.actor, draft)
    with pytest.raises(ValidationError) as refused:
        actions.start(w.ezz.actor, w.schools)
    assert set(refused.value.message_dict) == {"country"}


def test_a_name_that_is_taken_is_said_when_the_application_is_sent(w: SimpleNamespace) -> None:
    joined(w, w.dara)
    with pytest.raises(ValidationError) as refused:
        sent(w, w.ezz)
    assert set(refused.value.message_dict) == {"name_ar"}


def test_a_representative_applies_for_the_draft_that_waits_in_the_register(w: SimpleNamespace) -> None:
    Entity.objects.filter(pk=w.school.pk).update(status="draft", listed=False, audience=2)
    entity = Entity.objects.get(pk=w.school.pk)
    draft = actions.start(w.amina.actor, w.schools, entity=entity)
    assert (draft.name_ar, draft.commission_id) == (entity.name_ar, w.natcom_tn.pk)
    with pytest.raises(PermissionDenied):
        actions.start(w.dara.actor, w.schools, entity=entity)
    actions.save(w.amina.actor, draft, fields={**ASKED, "name_ar": entity.name_ar}, answers={"level": "primary", "pupils": 9})
    actions.submit(w.amina.actor, draft)
    actions.review(w.carmen.actor, draft, outcome="endorse")
    actions.decide(w.sami.actor, draft, outcome="approve")
    entity.refresh_from_db()
    assert (entity.status, entity.listed, entity.audience, entity.details) == ("active", True, 0, {"level": "primary", "pupils": 9})
    assert Mandate.objects.filter(entity=entity).count() == 1


def test_numbers_have_no_gap_and_each_row_its_own(w: SimpleNamespace) -> None:
    people = [w.dara, w.ezz, w.rania]
    made = [joined(w, who, name_ar=f"مدرسة {word} (تجريبية)") for who, word in zip(people, ("الأولى", "الثانية", "الثالثة"), strict=True)]
    year = timezone.localdate().year
    assert [one.certificate.number for one in made] == [f"م-TN-{year}-000{n}" for n in (1, 2, 3)]
    assert joined(w, w.dara, w.chairs, name_ar="كرسي (تجريبي)").certificate.number == f"ك-TN-{year}-0001"


def test_a_refusal_says_why(w: SimpleNamespace) -> None:
    application = sent(w, w.dara)
    for outcome in ("return", "decline"):
        with pytest.raises(ValidationError) as refused:
            actions.review(w.carmen.actor, application, outcome=outcome, remark="  ")
        assert set(refused.value.message_dict) == {"remark"}


# --- Scenario 8 ------------------------------------------------------------------------------------------------------------
def test_a_chair_is_called_ninety_days_before_and_renewed(w: SimpleNamespace, chair: Application) -> None:
    end = chair.term_end
    assert end is not None
    assert actions.turn(end - timedelta(days=91)) == 0
    actions.turn(end - timedelta(days=90))
    assert actions.turn(end - timedelta(days=89)) == 0  # once
    assert told() == {"application_renewal_called": {"dara", "carmen", "haytham"}}
    renewal = actions.ask_renewal(w.dara.actor, chair)
    assert told() == {"application_renewal_asked": {"carmen", "haytham"}}
    with pytest.raises(ValidationError):  # not before the commission
        actions.settle_renewal(w.sami.actor, renewal, until=end + timedelta(days=365))
    with pytest.raises(PermissionDenied):
        actions.endorse_renewal(w.basel.actor, renewal, endorse=True)
    actions.endorse_renewal(w.haytham.actor, renewal, endorse=True, remark="عمل مثمر")
    assert told() == {"application_renewal_endorsed": {"dara", "sami"}}
    with pytest.raises(ValidationError):  # not shorter
        actions.settle_renewal(w.sami.actor, renewal, until=end)
    actions.settle_renewal(w.sami.actor, renewal, until=end + timedelta(days=4 * 365))
    chair.refresh_from_db()
    assert (chair.status, chair.term_end) == ("active", end + timedelta(days=4 * 365))
    assert [step[0] for step in history(chair)][-4:] == ["renewal_called", "renewal_asked", "renewal_endorsed", "renewed"]
    assert actions.turn(end + timedelta(days=1)) == 0
    assert told() == {"application_renewed": {"dara", "carmen", "haytham"}}


def test_a_chair_lapses_if_nobody_acts_and_stands_again_when_renewed(w: SimpleNamespace, chair: Application) -> None:
    end = chair.term_end
    assert end is not None
    actions.turn(end)
    chair.refresh_from_db()
    assert chair.status == "active"
    Application.objects.filter(pk=chair.pk).update(
        term_end=timezone.localdate() - timedelta(days=1), term_start=timezone.localdate() - timedelta(days=9)
    )
    actions.turn()
    actions.turn()
    chair = Application.objects.with_all().get(pk=chair.pk)
    assert (chair.status, chair.certificate.standing, Step.objects.filter(application=chair, verb="lapsed").count()) == (
        "lapsed",
        "lapsed",
        1,
    )
    assert told()["application_lapsed"] == {"dara", "carmen", "haytham", "sami"}
    renewal = actions.ask_renewal(w.dara.actor, chair)
    actions.endorse_renewal(w.carmen.actor, renewal, endorse=True)
    actions.settle_renewal(w.sami.actor, renewal, until=timezone.localdate() + timedelta(days=400))
    chair = Application.objects.with_all().get(pk=chair.pk)
    assert (chair.status, chair.certificate.standing) == ("active", "valid")


def test_a_report_falls_due_is_flagged_when_late_and_confirmed(w: SimpleNamespace, chair: Application) -> None:
    Certificate.objects.update(issued_on=date(2020, 1, 1))
    Application.objects.filter(pk=chair.pk).update(term_start=date(2020, 1, 1), term_end=date(2999, 1, 1))
    year = timezone.localdate().year - 1
    assert actions.turn(date(year, 3, 31)) == 0  # sixty days before 31 May is the first of April
    assert actions.turn(date(year, 4, 1)) == 1
    assert actions.turn(date(year, 4, 2)) == 0
    assert told() == {"report_due": {"dara"}}
    report = YearReport.objects.get()
    assert (report.year, report.due_on, report.is_overdue) == (year, date(year, 5, 31), True)
    actions.turn(date(year, 6, 1))
    actions.turn(date(year, 6, 2))
    assert told() == {"report_overdue": {"dara", "carmen", "haytham"}}
    with pytest.raises(ValidationError, match="الأنشطة"):
        actions.send_report(w.dara.actor, report)
    actions.save_report(w.dara.actor, report, answers={"activities": "ندوتان"})
    with pytest.raises(PermissionDenied):
        actions.send_report(w.ezz.actor, report)
    report = actions.send_report(w.dara.actor, report)
    assert told() == {"application_reported": {"carmen", "haytham"}}
    actions.answer_report(w.carmen.actor, report, confirm=False, remark="أضيفوا المنشورات")
    actions.send_report(w.dara.actor, report)
    with pytest.raises(PermissionDenied):
        actions.answer_report(w.sami.actor, report, confirm=True)  # its commission has people
    report = actions.answer_report(w.carmen.actor, report, confirm=True)
    assert report.status == "confirmed"
    assert [step[0] for step in history(chair)][-4:] == ["reported", "report_returned", "reported", "report_confirmed"]


@pytest.mark.parametrize(
    ("month", "asked", "due"),
    [
        (1, date(2029, 12, 2), date(2030, 1, 31)),
        (2, date(2029, 12, 30), date(2030, 2, 28)),
        (6, date(2030, 5, 1), date(2030, 6, 30)),
        (12, date(2030, 11, 1), date(2030, 12, 31)),
    ],
)
def test_a_report_is_asked_for_sixty_days_ahead_also_across_the_new_year(
    w: SimpleNamespace, chair: Application, month: int, asked: date, due: date
) -> None:
    Certificate.objects.update(issued_on=date(2020, 1, 1))
    Application.objects.filter(pk=chair.pk).update(term_start=date(2020, 1, 1), term_end=date(2999, 1, 1))
    Procedure.objects.filter(pk=w.chairs.pk).update(report_month=month)
    turns = [actions.turn(asked + timedelta(days=days)) for days in (-1, 0, 1)]
    assert (turns, list(YearReport.objects.values_list("year", "due_on"))) == ([0, 1, 0], [(due.year, due)])


def test_reminders_come_seven_days_before_and_not_after_the_answer(w: SimpleNamespace) -> None:
    application = sent(w, w.dara)
    job = Job.objects.get(name="accreditation.remind")
    assert application.due_at is not None and job.due_at == application.due_at - timedelta(days=7)
    told()
    handler_of("accreditation.remind")(**job.args)
    assert told() == {"application_due": {"carmen", "haytham"}}
    actions.review(w.carmen.actor, application, outcome="endorse")
    told()
    assert actions.remind(**job.args) is False
    assert told() == {}


def test_suspended_restored_ended(w: SimpleNamespace) -> None:
    application = joined(w, w.dara)
    for who in (w.dara, w.carmen, w.basel):
        with pytest.raises(PermissionDenied):
            actions.suspend(who.actor, application, remark="سبب")
    with pytest.raises(ValidationError):
        actions.suspend(w.sami.actor, application, remark="")
    seen = []
    for act, remark in ((actions.suspend, "سبب"), (actions.reinstate, ""), (actions.end, "سبب")):
        application = act(w.sami.actor, application, remark=remark)
        entity = Entity.objects.get(pk=application.entity_id)
        seen.append((application.status, entity.status, entity.listed, Certificate.objects.get().standing))
    assert seen == [
        ("suspended", "suspended", False, "suspended"),
        ("active", "active", True, "valid"),
        ("ended", "former", False, "ended"),
    ]


def test_an_institution_leaves_its_network_with_a_reason_and_its_history_is_kept(
    w: SimpleNamespace, client: Client, chair: Application
) -> None:
    entity = chair.entity
    assert entity is not None
    mandate(w.ezz, entity, "عضو في الكرسي")  # neither heads it nor applied for it
    path = f"/en/applications/{chair.pk}/"
    client.force_login(w.ezz.user)
    assert client.get(f"{path}departure/").status_code == 403 and f"{path}departure/" not in client.get(path).content.decode()
    client.force_login(w.dara.user)
    assert f"{path}departure/" in client.get(path).content.decode()
    assert "The affiliation ends today" in client.get(f"{path}departure/").content.decode()
    assert client.post(f"{path}departure/", {"remark": " "}).status_code == 422
    told()
    assert client.post(f"{path}departure/", {"remark": "zqreasonqz"}).status_code == 302
    with translation.override("en"):
        lines = acts.lines(w.sami.actor, acts.of_mandate(w.sami.actor, Mandate.objects.get(entity=entity, user=w.dara.user)))
        assert "Withdrew an institution from its network" in [str(line.words) for line in lines]
    assert told() == {"application_left": {"ezz", "carmen", "haytham", "sami"}}
    chair = Application.objects.with_all().get(pk=chair.pk)
    change = StatusChange.objects.filter(entity=entity).latest("pk")
    assert (chair.status, chair.certificate.standing, change.now, change.reason) == ("ended", "ended", "former", "zqreasonqz")
    assert history(chair)[-1] == ("left", "dara", entity.handle, "zqreasonqz")
    for who in (w.dara, w.ezz, w.carmen, w.sami):
        client.force_login(who.user)
        page = client.get(path).content.decode()
        assert "Left the network" in page and "zqreasonqz" in page and "departure/" not in page
    client.logout()
    proof = client.get(f"/en/certificates/{chair.certificate.code}/").content.decode()
    assert "The affiliation has ended" in proof and "zqreasonqz" not in proof
    with pytest.raises(PermissionDenied):  # once
        actions.leave(w.dara.actor, chair, remark="سبب")
    assert actions.start(w.dara.actor, w.chairs, entity=Entity.objects.get(pk=entity.pk)).pk != chair.pk  # anew


def test_the_head_of_an_institution_withdraws_it_also_while_it_is_suspended(w: SimpleNamespace, chair: Application) -> None:
    entity = chair.entity
    assert entity is not None
    mandate(w.ezz, entity, "شاغل الكرسي", head=True)
    actions.suspend(w.sami.actor, chair, remark="سبب")
    for who in (w.carmen, w.sami, w.basel):
        with pytest.raises(PermissionDenied):
            actions.leave(who.actor, chair, remark="سبب")
    with pytest.raises(ValidationError):
        actions.leave(w.ezz.actor, chair, remark=" ")
    assert actions.leave(w.ezz.actor, chair, remark="سبب").status == "ended"


def test_a_commission_that_lets_its_day_pass_is_told_once_with_the_secretariat_and_the_history_says_so(
    w: SimpleNamespace, client: Client
) -> None:
    application = sent(w, w.dara)
    assert application.due_at is not None
    day = timezone.localdate(application.due_at)
    told()
    assert [actions.turn(day + timedelta(days=days)) for days in (0, 1, 1, 9)] == [0, 1, 0, 0]
    assert told() == {"application_late": {"carmen", "haytham", "sami"}}
    application.refresh_from_db()
    assert (history(application)[-1], application.status, application.due_at.date()) == (("late", None, None, ""), "commission", day)
    for who in (w.dara, w.carmen, w.sami):
        client.force_login(who.user)
        assert "The day for the answer has passed" in client.get(f"/en/applications/{application.pk}/").content.decode()
    actions.review(w.carmen.actor, application, outcome="return", remark="سبب")
    assert actions.turn(day + timedelta(days=99)) == 0  # it waits for nobody but the applicant
    actions.submit(w.dara.actor, application)
    told()
    assert [actions.turn(day + timedelta(days=days)) for days in (99, 100)] == [1, 0]  # another examination, another day
    actions.review(w.carmen.actor, application, outcome="endorse")
    told()
    assert (actions.turn(day + timedelta(days=999)), told()) == (0, {})


# --- What waits ------------------------------------------------------------------------------------------------------------
def test_what_waits_stands_with_whoever_must_act(w: SimpleNamespace) -> None:
    application = filled(w, w.dara)
    assert waits(w) == {}
    actions.submit(w.dara.actor, application)
    assert waits(w) == {"carmen": ["review"], "haytham": ["review"]}
    actions.review(w.carmen.actor, application, outcome="return", remark="سبب")
    assert waits(w) == {"dara": ["complete"]}
    actions.submit(w.dara.actor, application)
    actions.review(w.carmen.actor, application, outcome="endorse")
    assert waits(w) == {"sami": ["decide"]}
    actions.decide(w.sami.actor, application, outcome="approve")
    assert waits(w) == {}
    report = YearReport.objects.create(application=application, year=2026, due_on=date(2026, 6, 30), answers={"activities": "x"})
    assert waits(w) == {"dara": ["report"]}
    actions.send_report(w.dara.actor, report)
    assert waits(w) == {"carmen": ["confirm"], "haytham": ["confirm"]}


def test_a_chair_waits_with_its_people_its_commission_and_the_secretariat_in_turn(w: SimpleNamespace, chair: Application) -> None:
    assert waits(w) == {"dara": ["renew"]}
    renewal = actions.ask_renewal(w.dara.actor, chair)
    assert waits(w) == {"carmen": ["endorse"], "haytham": ["endorse"]}
    actions.endorse_renewal(w.carmen.actor, renewal, endorse=True)
    assert waits(w) == {"sami": ["settle"]}
    assert Renewal.objects.get().status == "endorsed"


# --- Pages -----------------------------------------------------------------------------------------------------------------


def test_the_form_is_kept_half_filled_by_hand_and_by_itself_and_sent_when_whole(w: SimpleNamespace, client: Client) -> None:
    client.force_login(w.dara.user)
    begun = client.post("/ar/join/associated-school/", {"country": "TN"})
    application = Application.objects.get()
    path = f"/ar/applications/{application.pk}/edit/"
    assert (begun.status_code, begun.headers["Location"]) == (302, path)
    assert client.post(path, {"name_ar": "مدرسة", "do": "save"}).status_code == 302
    assert client.post(path, {"name_ar": "مدرسة ثانية", "a-level": "primary"}, headers={"X-Requested-With": "fetch"}).status_code == 204
    application.refresh_from_db()
    assert (application.name_ar, application.answers, application.status) == ("مدرسة ثانية", {"level": "primary"}, "draft")
    refused = client.post(path, {"name_ar": "مدرسة ثالثة", "do": "send"})
    assert refused.status_code == 422 and "مدرسة ثالثة" in refused.content.decode()
    wrong = client.post(path, {**FORM, "do": "save", "a-commitment": scan("قناع.pdf").__class__("x.exe", b"MZ")})
    assert wrong.status_code == 422 and not Paper.objects.exists()
    whole = client.post(path, {**FORM, "do": "send", "a-commitment": scan()})
    assert (whole.status_code, whole.headers["Location"]) == (302, f"/ar/applications/{application.pk}/")
    application.refresh_from_db()
    assert (application.status, application.name_ar, Paper.objects.get().code) == ("commission", ASKED["name_ar"], "commitment")
    assert client.post(path, {**FORM, "do": "save"}).status_code == 403  # it is being examined


def test_a_file_is_replaced_and_taken_away(w: SimpleNamespace) -> None:
    draft = filled(w, w.dara)
    actions.attach(w.dara.actor, draft, "commitment", scan("قديم.pdf"))
    kept = actions.attach(w.dara.actor, draft, "commitment", scan("جديد.pdf"))
    assert [paper.name for paper in Paper.objects.all()] == [kept.name]
    with pytest.raises(ValidationError):
        actions.attach(w.dara.actor, draft, "level", scan())
    actions.detach(w.dara.actor, draft, ["commitment"])
    assert not Paper.objects.exists()


def test_each_step_on_its_page(w: SimpleNamespace, client: Client) -> None:
    application = sent(w, w.dara)
    path = f"/ar/applications/{application.pk}/"
    client.force_login(w.carmen.user)
    assert 'value="endorse"' in client.get(path).content.decode()
    assert client.post(f"{path}review/", {"outcome": "return", "remark": ""}).status_code == 422
    assert client.post(f"{path}review/", {"outcome": "endorse", "remark": "نزكّي"}).status_code == 302
    assert client.post(f"{path}review/", {"outcome": "endorse"}).status_code == 403
    assert client.post(f"{path}decision/", {"outcome": "approve"}).status_code == 403
    client.force_login(w.sami.user)
    assert 'value="approve"' in client.get(path).content.decode()
    assert client.post(f"{path}decision/", {"outcome": "approve"}).status_code == 302
    assert client.post(f"{path}standing/", {"outcome": "suspend"}).status_code == 422
    shown = client.get(path).content.decode()
    assert "نزكّي" in shown and Certificate.objects.get().number in shown
    client.force_login(w.dara.user)
    paper = client.get(f"{path}certificate/")
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF-")


def test_the_certificate_shows_the_name_exactly_as_typed_and_who_endorsed_it(w: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.template.loader import render_to_string  # noqa: PLC0415 -- only here

    from network.accreditation.views import certificates  # noqa: PLC0415 -- as above

    monkeypatch.setattr(certificates, "pdf", lambda name, context, language: render_to_string(name, {**context, "language": language}))
    html = str(certificates.drawn(joined(w, w.dara).certificate))
    certificate = Certificate.objects.get()
    assert f'<p class="name">{ASKED["name_ar"]}</p>' in html and certificate.number in html and certificate.code in html
    assert w.natcom_tn.name_ar in html
    Mandate.objects.filter(entity=w.natcom_jo).update(ends_at=timezone.now())
    orphan = sent(w, w.ezz, country=w.jo)
    actions.review(w.sami.actor, orphan, outcome="endorse")
    html = str(certificates.drawn(actions.decide(w.sami.actor, orphan, outcome="approve").certificate))
    assert w.natcom_jo.name_ar not in html


def test_the_paper_itself_keeps_the_spaces_of_the_name(w: SimpleNamespace) -> None:
    """Read from the finished PDF. Two ways of writing, since whoever reads a PDF puts signs of Arabic text in an order of their own."""
    certificate = joined(w, w.dara).certificate
    for name, read in ((ASKED["name_ar"], "مدرسةُ النّخيل  الابتدائية"), ("École  Les Palmiers (démo)",) * 2):
        certificate.name = name
        assert read in PdfReader(BytesIO(drawn(certificate))).pages[0].extract_text()


def test_anyone_verifies_a_certificate_and_learns_nothing_else(w: SimpleNamespace, client: Client) -> None:
    application = joined(w, w.dara, email="private@example.org", phone="+21611111111")
    certificate = application.certificate
    asked = client.get("/ar/certificates/", {"code": certificate.code.lower().replace("-", " ")})
    assert asked.headers["Location"] == f"/ar/certificates/{certificate.code}/"
    seen = {}
    for standing, change in (
        ("سارية", lambda: None),
        ("معلّقة", lambda: actions.suspend(w.sami.actor, application, remark="سرّ السبب")),
    ):
        change()
        page = client.get(f"/en/certificates/{certificate.code}/").content.decode()
        seen[standing] = ("Valid" in page, "Suspended" in page)
        assert certificate.number in page and certificate.name in page
        for secret in ("private@example.org", "21611111111", "سرّ السبب", "منسقة المدرسة", w.dara.page.name_ar):
            assert secret not in page, secret
    assert seen == {"سارية": (True, False), "معلّقة": (False, True)}
    unknown = client.get("/en/certificates/AAAA-BBBB-CCCC/")
    assert unknown.status_code == 404 and "Unknown" in unknown.content.decode()
    assert client.get("/en/certificates/", {"code": "short"}).status_code == 422


# --- How long people write --------------------------------------------------------------------------------------------------
def test_a_remark_as_long_as_the_form_takes_fits_wherever_it_goes(w: SimpleNamespace, client: Client) -> None:
    """On PostgreSQL a column that is shorter than the form refuses with an error of the server."""
    long = "س" * 2000
    application = joined(w, w.dara)
    client.force_login(w.sami.user)
    for outcome in ("suspend", "reinstate", "end"):
        assert client.post(f"/ar/applications/{application.pk}/standing/", {"outcome": outcome, "remark": long}).status_code == 302
    assert application.entity is not None
    assert set(application.entity.status_changes.exclude(was="").values_list("reason", flat=True)) == {long}
    standing = f"/ar/institutions/{w.natcom_tn.handle}/standing/"
    assert client.post(standing, {"status": "suspended", "reason": long}).status_code == 302
    assert Recognition.objects.get(commission=w.natcom_tn).end_note == long
    assert client.post(standing, {"status": "active", "reason": long + "س"}).status_code == 422
    for model, name in ((StatusChange, "reason"), (Recognition, "end_note")):
        assert model._meta.get_field(name).max_length == 2000


# --- Weight ------------------------------------------------------------------------------------------------------------------
def test_the_queue_asks_the_same_number_of_questions_for_one_and_for_many(w: SimpleNamespace, client: Client) -> None:
    client.force_login(w.sami.user)
    counts = []
    for number in range(4):
        sent(w, person(f"applicant{number}", f"متقدم {number}"), name_ar=f"مدرسة رقم {number}")
        client.get("/ar/applications/queue/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/ar/applications/queue/")
        counts.append(len(asked))
    assert counts[1] == counts[3]


def test_a_file_with_many_steps_asks_as_much_as_one_with_few(w: SimpleNamespace, client: Client) -> None:
    application = sent(w, w.dara)
    client.force_login(w.carmen.user)
    path = f"/ar/applications/{application.pk}/"
    counts = []
    for _round in range(3):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        counts.append(len(asked))
        actions.review(w.carmen.actor, application, outcome="return", remark="سبب")
        actions.submit(w.dara.actor, application)
    assert len(set(counts)) == 1


def test_waiting_costs_one_question_where_nothing_waits(w: SimpleNamespace) -> None:
    for who in (w.dara, w.carmen, w.sami):
        actor = who.actor
        with CaptureQueriesContext(connection) as asked:
            queries.tasks(actor)
        assert len(asked) == 1


def test_an_administrator_declares_a_form_and_a_wrong_one_is_refused(w: SimpleNamespace) -> None:
    for wrong in ({"level": 1}, [{"code": "x"}], [{"code": "x", "kind": "picture", "label": {"ar": "س"}}]):
        w.schools.fields = wrong
        with pytest.raises(ValidationError):
            w.schools.full_clean()
    assert isinstance(w.schools, Procedure) and isinstance(w.dara, Person)
