"""Scenarios 2 and 8 with hands: a school joins through its commission, a chair is renewed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from network.accreditation import actions
from network.accreditation.models import Application, Certificate, Paper, Procedure, Series, YearReport
from tests.journeys.support import SOON, Browse, World, looks, said
from tests.network.accreditation import ASKED, REPORT, joined, networks, scan

LOOKS = looks(("ar", 1280), ("fr", 390))


def answer(page: Page, application: Application, language: str, outcome: str, remark: str = "") -> None:
    """On the file's page: the remark, the button, and back on the page."""
    page.goto(f"/{language}{application.path}")
    if remark:
        page.fill("#answer [name=remark]", remark)
    page.click(f"#answer button[value={outcome}]")
    expect(page.locator(".toast, .messages").first).to_be_visible()


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_a_school_joins_through_its_commission(browse: Browse, w: World, language: str, width: int, accessible, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    networks(w)
    Series.objects.create(letter="م", country="TN", year=timezone.localdate().year, last=30)
    dara = browse(w.dara, language=language, width=width)
    dara.goto(f"/{language}/join/")
    accessible(dara)
    dara.click(f"main a[href='/{language}/join/associated-school/']")
    dara.select_option("#begin [name=country]", "TN")
    held: list[Route] = []
    dara.route("**/behaviours/drafts*.js", lambda route: route.continue_() if held else held.append(route))
    with dara.expect_request("**/behaviours/drafts*.js"):
        dara.click("#begin .button-primary")
    dara.wait_for_url("**/edit/")
    application = Application.objects.get()

    # It is kept while it is written, even by somebody quicker than the script, and comes back half-filled.
    dara.fill("[name=name_ar]", ASKED["name_ar"])
    held[0].continue_()
    expect(dara.locator("[data-draft-badge]")).not_to_be_empty(timeout=SOON)
    dara.goto(f"/{language}{application.path}edit/")
    expect(dara.locator("[name=name_ar]")).to_have_value(ASKED["name_ar"])
    for name in ("city", "title"):
        dara.fill(f"[name={name}]", ASKED[name])
    dara.select_option("[name=a-level]", "primary")
    dara.click("button[value=send]")
    expect(dara.locator("[name=a-pupils]")).to_have_attribute("aria-invalid", "true")  # still missing
    accessible(dara)
    dara.fill("[name=a-pupils]", "312")
    dara.click("button[value=send]")
    dara.wait_for_url(f"**/{language}{application.path}")

    # Another country's commission is told that there is no such page; its own returns it with a word.
    basel = browse(w.basel, language=language, width=width)
    answered = basel.goto(f"/{language}{application.path}")
    assert answered is not None and answered.status == 404
    carmen = browse(w.carmen, language=language, width=width)
    carmen.goto(f"/{language}/notices/")
    carmen.locator(f".is-waiting a[href='/{language}{application.path}']").click()
    accessible(carmen)
    answer(carmen, application, language, "return", "يُرجى إرفاق التزام إدارة المدرسة")
    dara.goto(f"/{language}{application.path}edit/")
    expect(dara.locator(".note-due")).to_contain_text("يُرجى إرفاق التزام إدارة المدرسة")
    paper = scan()
    dara.set_input_files("[name=a-commitment]", {"name": paper.name, "mimeType": "application/pdf", "buffer": paper.read()})
    dara.click("button[value=send]")
    dara.wait_for_url(f"**/{language}{application.path}")
    assert Paper.objects.get().code == "commitment"

    # Endorsed, approved; the certificate proves itself to anybody.
    answer(carmen, application, language, "endorse", "مدرسة نشيطة")
    sami = browse(w.sami, language=language, width=width)
    sami.goto(f"/{language}/applications/queue/")
    accessible(sami)
    answer(sami, application, language, "approve")
    certificate = Certificate.objects.get()
    assert (certificate.number, certificate.name) == (f"م-TN-{timezone.localdate().year}-0031", ASKED["name_ar"])
    dara.goto(f"/{language}{application.path}")
    expect(dara.locator(".certificate-number")).to_have_text(certificate.number)
    expect(dara.locator(".timeline > li")).to_have_count(5)
    anyone = browse(language=language, width=width)
    anyone.goto(f"/{language}/certificates/")
    anyone.fill("[name=code]", certificate.code.lower())
    anyone.click("main form .button-primary")
    expect(anyone.locator(".certificate-card .note-done")).to_be_visible()
    assert anyone.locator(".certificate-card h2").inner_text() == ASKED["name_ar"]  # as it is seen, with each of its spaces
    accessible(anyone)


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_a_chair_is_renewed(browse: Browse, w: World, language: str, width: int, accessible) -> None:
    networks(w)
    end = timezone.localdate() + timedelta(days=75)
    application = joined(w, w.dara, w.chairs, name_ar="كرسي الذكاء الاصطناعي في خدمة العربية (تجريبي)", until=end)
    actions.turn()
    dara = browse(w.dara, language=language, width=width)
    dara.goto(f"/{language}/notices/")
    dara.locator(f".is-waiting a[href='/{language}{application.path}']").click()
    dara.fill("#answer [name=remark]", "نطلب التجديد")
    dara.click("#answer .button-primary")
    expect(dara.locator("#answer")).to_have_count(0)
    carmen, sami = browse(w.carmen, language=language, width=width), browse(w.sami, language=language, width=width)
    answer(carmen, application, language, "endorse", "عمل مثمر")
    sami.goto(f"/{language}{application.path}")
    accessible(sami)
    later = end + timedelta(days=4 * 365)
    sami.fill("#answer [name=until]", later.isoformat())
    sami.click("#answer button[value=renew]")
    expect(sami.locator("#answer")).to_have_count(0)
    application.refresh_from_db()
    assert (application.status, application.term_end) == ("active", later)
    expect(sami.locator(".timeline > li")).to_have_count(7)


@pytest.mark.parametrize(("language", "width"), looks(("fr", 1280), ("ar", 390)))
def test_the_report_of_a_chair_is_overdue_then_confirmed_and_what_it_brought_out_is_public(
    browse: Browse, w: World, language: str, width: int, accessible
) -> None:
    networks(w)
    publications = {"code": "publications", "kind": "long", "label": {"ar": "المنشورات", "fr": "Publications", "en": "Publications"}}
    Procedure.objects.filter(pk=w.chairs.pk).update(report_fields=[*REPORT, publications], outputs="publications")
    application = joined(w, w.dara, w.chairs, name_ar="كرسي الذكاء الاصطناعي في خدمة العربية (تجريبي)")
    Certificate.objects.update(issued_on=date(2020, 1, 1))
    year = timezone.localdate().year - 1
    actions.turn(date(year, 4, 1))  # asked for
    actions.turn(date(year, 6, 1))  # the last of May is over
    report = YearReport.objects.get()
    overdue = said("Overdue", language)

    # Overdue: to whoever writes it, to the commission, and in the queue.
    dara, carmen = browse(w.dara, language=language, width=width), browse(w.carmen, language=language, width=width)
    for reader in (dara, carmen):
        reader.goto(f"/{language}{application.path}")
        expect(reader.locator(".lines .tag-danger")).to_have_text(overdue)
    accessible(carmen)
    carmen.goto(f"/{language}/applications/queue/")
    expect(carmen.locator("tbody tr", has=carmen.locator(f"a[href='/{language}{application.path}']")).locator(".tag-danger")).to_have_text(
        said("Report overdue", language)
    )
    accessible(carmen)

    # Written and sent late, confirmed.
    dara.goto(f"/{language}{application.path}")
    dara.click(f".lines a[href='/{language}{report.path}']")
    dara.fill("[name=a-activities]", "ندوتان وورشة")
    dara.fill("[name=a-publications]", "معجم الذكاء الاصطناعي\nVers une IA qui lit l’arabe")
    dara.click("button[value=send]")
    dara.wait_for_url(f"**/{language}{application.path}")
    carmen.goto(f"/{language}{report.path}")
    carmen.click("button[value=confirm]")
    carmen.wait_for_url(f"**/{language}{application.path}")
    expect(carmen.locator(".lines .tag-done")).to_be_visible()
    expect(carmen.locator(".lines .tag-danger")).to_have_count(0)

    # What it brought out, on its page and its public site, for anybody; nothing else of the report.
    anyone = browse(language=language, width=width)
    entity = Application.objects.select_related("entity").get(pk=application.pk).entity
    assert entity is not None
    for path in (f"/{language}/institutions/{entity.handle}/", f"/{language}/sites/{entity.handle}/"):
        anyone.goto(path)
        expect(anyone.locator(".outputs > li")).to_have_text(["معجم الذكاء الاصطناعي", "Vers une IA qui lit l’arabe"])
        expect(anyone.locator("body")).not_to_contain_text("ندوتان وورشة")
        accessible(anyone)


@pytest.mark.parametrize(("language", "width"), looks(("ar", 390), ("fr", 1280)))
def test_a_chair_whose_term_ends_without_anybody_acting_is_lapsed_and_keeps_its_history(
    browse: Browse, w: World, language: str, width: int, accessible
) -> None:
    networks(w)
    end = timezone.localdate() + timedelta(days=75)
    application = joined(w, w.dara, w.chairs, name_ar="كرسي الذكاء الاصطناعي في خدمة العربية (تجريبي)", until=end)
    for day in (end - timedelta(days=75), end, end + timedelta(days=1)):
        actions.turn(day)
    lapsed = said("Affiliation lapsed", language)
    for who in (w.dara, w.carmen, w.sami):
        page = browse(who, language=language, width=width)
        page.goto(f"/{language}{application.path}")
        expect(page.locator("header .tag").first).to_have_text(lapsed)
        expect(page.locator(".timeline > li")).to_have_count(5)  # sent, endorsed, approved, called, lapsed
        expect(page.locator(".timeline > li").last).to_contain_text(said("by the calendar", language))
        accessible(page)
    entity = Application.objects.select_related("entity").get(pk=application.pk).entity
    assert entity is not None
    anyone = browse(language=language, width=width)
    anyone.goto(f"/{language}/institutions/{entity.handle}/")
    expect(anyone.locator(".side-card .tag-danger")).to_have_text(lapsed)
    anyone.goto(f"/{language}{Certificate.objects.get().path}")
    expect(anyone.locator(".certificate-card .note-danger")).to_be_visible()
    accessible(anyone)
