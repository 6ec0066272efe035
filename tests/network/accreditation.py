"""The world of applications: the ways to join, shortcuts along them, and what was told and written down."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from network.accreditation import actions, queries
from network.accreditation.models import Application, Procedure, YearReport
from network.activity.models import Activity
from network.entities.models import Kind
from notices.models import Notice
from notices.subscribers import notify
from tests.cast import Person

SCHOOL = [
    {"code": "level", "kind": "choice", "label": {"ar": "المرحلة", "en": "Level"}, "required": True,
     "choices": [{"value": "primary", "label": {"ar": "ابتدائية", "en": "primary"}}]},
    {"code": "pupils", "kind": "number", "label": {"ar": "عدد التلاميذ", "en": "Pupils"}, "required": True},
    {"code": "project", "kind": "long", "label": {"ar": "المشروع", "en": "Project"}},
    {"code": "commitment", "kind": "file", "label": {"ar": "التزام إدارة المدرسة", "en": "Commitment of the direction"}},
]  # fmt: skip
REPORT = [
    {"code": "activities", "kind": "long", "label": {"ar": "الأنشطة", "en": "Activities"}, "required": True},
    {"code": "album", "kind": "file", "label": {"ar": "صور", "en": "Pictures"}},
]
ASKED = {"name_ar": "مدرسةُ النّخيل  الابتدائية (تجريبية)", "city": "تونس", "title": "منسقة المدرسة"}  # with its own signs and spaces
ANSWERS = {"level": "primary", "pupils": 312, "project": "حديقة المدرسة مختبر حي"}

FORM = {f"a-{code}": value for code, value in {"level": "primary", "pupils": "312", "project": "حديقة"}.items()} | ASKED


def networks(w: SimpleNamespace) -> None:
    """Schools, chairs and partners may join."""
    school = Kind.objects.get(code="associated-school")
    school.fields = [field for field in SCHOOL if field["code"] in ("level", "pupils")]
    school.save()
    chair = Kind.objects.create(
        code="scientific-chair", name_ar="كرسي علمي", plural_ar="الكراسي العلمية", name_en="Scientific chair", overseen=True
    )
    partner = Kind.objects.create(code="partner", name_ar="مؤسسة شريكة", plural_ar="المؤسسات الشريكة", name_en="Partner", overseen=True)
    w.schools = Procedure.objects.create(
        kind=school, letter="م", prefix="school", fields=SCHOOL, report_fields=REPORT, report_month=6, network="schools", group=w.open_group
    )
    w.chairs = Procedure.objects.create(kind=chair, letter="ك", prefix="chair", report_month=5, report_fields=REPORT, term_years=4)
    w.partners = Procedure.objects.create(kind=partner, letter="ش", prefix="partner", needs_country=False)


def filled(w: SimpleNamespace, who: Person, procedure: Procedure | None = None, **more: Any) -> Application:
    """A draft that could be sent: of a school in Tunisia, unless said otherwise."""
    country = more.pop("country", w.tn)
    draft = actions.start(who.actor, procedure or w.schools, country=country)
    answers = ANSWERS if draft.procedure == w.schools else {}
    return actions.save(who.actor, draft, fields={**ASKED, **more}, answers=answers)


def sent(w: SimpleNamespace, who: Person, procedure: Procedure | None = None, **more: Any) -> Application:
    return actions.submit(who.actor, filled(w, who, procedure, **more))


def joined(w: SimpleNamespace, who: Person, procedure: Procedure | None = None, *, until: date | None = None, **more: Any) -> Application:
    """Endorsed by the commission and approved by the secretariat."""
    application = sent(w, who, procedure, **more)
    if application.status == "commission":
        actions.review(w.carmen.actor, application, outcome="endorse")
    return actions.decide(w.sami.actor, application, outcome="approve", until=until)


def scan(name: str = "التزام.pdf", words: bytes = b"x") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF " + words, "application/pdf")


@pytest.fixture
def w(world: SimpleNamespace, settings, tmp_path) -> SimpleNamespace:
    settings.MEDIA_ROOT = tmp_path
    networks(world)
    return world


def told() -> dict[str, set[str]]:
    """Who was told what since the last time this was asked: verb → people, by handle; and it is told only once."""
    for activity in Activity.objects.filter(verb__in=(*_verbs(),)).order_by("pk"):
        notify(activity)
        notify(activity)
    found: dict[str, set[str]] = {}
    for verb, handle in Notice.objects.filter(unread=True).values_list("verb", "recipient__page__handle"):
        found.setdefault(verb, set()).add(handle)
    Notice.objects.update(unread=False)
    Activity.objects.filter(verb__in=_verbs()).update(verb="told")
    return found


def _verbs() -> set[str]:
    return {verb for verb in Activity.objects.values_list("verb", flat=True) if verb.startswith(("application_", "report_"))}


def history(application: Application) -> list[tuple[str, str | None, str | None, str]]:
    return [
        (step.verb, step.by.page.handle if step.by else None, step.on_behalf_of.handle if step.on_behalf_of else None, step.remark)
        for step in application.steps.select_related("by__page", "on_behalf_of")
    ]


@pytest.fixture
def chair(w: SimpleNamespace) -> Application:
    """Of Tunisia, its agreement ends in seventy-five days."""
    made = joined(
        w, w.dara, w.chairs, name_ar="كرسي الذكاء الاصطناعي في خدمة العربية (تجريبي)", until=timezone.localdate() + timedelta(days=75)
    )
    told()
    return Application.objects.with_all().get(pk=made.pk)


def code(client: Client, path: str) -> int:
    """The answer's number; a file is closed again."""
    response = client.get(path)
    if response.streaming:
        b"".join(response.streaming_content)
    for close in response._resource_closers:
        close()
    return response.status_code


def due(application: Application) -> YearReport:
    return YearReport.objects.get_or_create(application=application, year=2026, defaults={"due_on": date(2026, 5, 31)})[0]


def waits(w: SimpleNamespace) -> dict[str, list[str]]:
    found = {name: [task.what for task in queries.tasks(who.actor)] for name, who in w.cast.items()}
    return {name: tasks for name, tasks in found.items() if tasks}
