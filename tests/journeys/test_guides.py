"""Scenario 10 and first steps: a guide in French as page and paper, by audience and in versions; a checklist recorded; public pages without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from documents import actions, reference
from documents.models import FinishedStep, Guide, Paper
from network.sites.models import Question
from tests.journeys.support import SOON, Browse, World, in_language, looks, path, said
from tests.network.accreditation import joined, networks

TITLE = "Rejoindre les réseaux – été 2027"
TEXTS = {"ar": ("كيف تنتسبون إلى الشبكات", "الشروط والآليات."), "fr": (TITLE, "Les conditions d’adhésion.")}


def download(page: Page, guide: Guide, language: str, folder: Path) -> bytes:
    """The paper by its button: the first reader waits for it on a page that asks again by itself."""
    with page.expect_download(timeout=60_000) as coming:
        page.locator(f"main a[href='/{language}{guide.path}versions/{guide.newest.number}/pdf/']").click()
    assert coming.value.suggested_filename == f"{TEXTS[language][0]} – {guide.newest.number}.pdf"
    coming.value.save_as(folder / "guide.pdf")
    return (folder / "guide.pdf").read_bytes()


@pytest.mark.parametrize(("language", "width"), looks(("fr", 1280), ("ar", 390)))
def test_a_guide_is_written_read_kept_on_paper_and_renewed(
    browse: Browse, w: World, settings: object, tmp_path: Path, language: str, width: int
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    carmen, visitor = browse(w.carmen, language=language, width=width), browse(language=language, width=width)

    # --- The officer writes it in two languages for everyone, looks at it, and publishes
    carmen.goto(f"/{language}/guides/new/")
    carmen.select_option("[name=meant_for]", "coordinators")
    for code, (title, text) in TEXTS.items():
        card = carmen.locator(f"details.guide-language[lang={code}]")
        if card.get_attribute("open") is None:
            card.locator("summary").click()
        card.locator(f"[name=title_{code}]").fill(title)
        card.locator("textarea[name^=body]").focus()
        expect(card.locator(".ProseMirror")).to_be_focused()
        carmen.keyboard.type(text)
    carmen.locator("main .save-bar .button-primary").click()
    carmen.wait_for_url("**/draft/")
    guide = Guide.objects.get()
    visitor.goto(f"/{language}/guides/")
    expect(visitor.locator("main", has_text=TEXTS[language][0])).to_have_count(0)
    carmen.locator(f"form[action='/guides/{guide.pk}/publication/'] button").click()
    carmen.wait_for_url(f"**{guide.path}")

    # --- A visitor finds it by whom it is for, reads it in the language of the page, and takes the paper along
    visitor.goto(f"/{language}/guides/?for=coordinators")
    visitor.locator(f"main a[href='/{language}{guide.path}']").first.click()
    expect(visitor.locator("h1")).to_have_text(TEXTS[language][0])
    expect(visitor.locator("article .prose")).to_have_text(TEXTS[language][1])
    guide = Guide.objects.with_words().get()
    assert download(visitor, guide, language, tmp_path).startswith(b"%PDF-")
    paper = Paper.objects.get(key=f"guide.{guide.newest_id}.{language}")
    assert paper.downloads == 1

    # --- The next version: what changed stands on it, the older one stays and says so
    carmen.goto(f"/{language}{guide.path}edit/")
    carmen.locator(f"[name=title_{language}]").fill("2028")
    carmen.locator(f"[name=changed_{language}]").fill("Année / السنة")
    carmen.locator("main .save-bar .button-primary").click()
    carmen.wait_for_url("**/draft/")
    carmen.locator(f"form[action='/guides/{guide.pk}/publication/'] button").click()
    carmen.wait_for_url(f"**{guide.path}")
    visitor.goto(f"/{language}{guide.path}")
    expect(visitor.locator("h1")).to_have_text("2028")
    expect(visitor.locator(".guide-changed")).to_contain_text("Année / السنة")
    visitor.locator(f"main a[href='/{language}{guide.path}versions/1/']").click()
    expect(visitor.locator("h1")).to_have_text(TEXTS[language][0])
    expect(visitor.locator(".note-due")).to_contain_text(said("A newer version has replaced this one.", language))

    # --- What is written for the network is there for it, and for nobody else
    words = {f"{part}_fr": "Réservé au réseau" for part in ("title", "body")}
    inner = actions.create(w.carmen.writing_for(w.natcom_tn), w.natcom_tn, meant_for="officers", audience=1, **words)
    actions.publish(w.carmen.actor, inner)
    for reader, status, count in ((carmen, 200, 1), (visitor, 404, 0)):
        reader.goto(f"/{language}/guides/")
        expect(reader.locator(f"main a[href='/{language}{inner.path}']")).to_have_count(count)
        answer = reader.request.get(f"/{language}{inner.path}versions/1/")
        assert answer.status == status


@pytest.mark.parametrize(("language", "width"), looks(("fr", 390), ("ar", 1280)))
def test_an_officer_takes_first_steps_and_they_are_written_down(browse: Browse, w: World, language: str, width: int) -> None:
    role = reference.put_in(w.sami.writing_for(w.secretariat), w.secretariat, "liaison-officer")
    carmen = browse(w.carmen, language=language, width=width)
    carmen.goto(f"/{language}/")
    carmen.locator(f".first-steps-card a[href='/{language}/first-steps/']").click()
    expect(carmen.locator("h1")).to_have_text(said("First steps of a liaison officer", language))
    expect(carmen.locator(".first-steps > li")).to_have_count(7)

    # --- The guide of her role says at its end that she has read it
    carmen.locator(f".first-steps a[href='/{language}{role.path}']").click()
    carmen.locator("form[action='/first-steps/guide/'] .button-primary").click()
    expect(carmen.locator("form[action='/first-steps/guide/']")).to_have_count(0)
    assert FinishedStep.objects.get(user=w.carmen.user, step="guide").by_hand

    # --- What she does counts by itself
    carmen.goto(f"/{language}/first-steps/")
    taken = carmen.locator(".first-steps > li.is-done")
    expect(taken).to_have_count(3)  # the cast's groups, and the guide
    for code in ("natcom-jo", "school-tn", "secretariat"):
        carmen.goto(f"/{language}/institutions/{code}/")
        button = carmen.locator("main form[action$='/follow/'] button, main form[action$='/follows/'] button").first
        button.click()
        carmen.wait_for_timeout(300)
    carmen.goto(f"/{language}/first-steps/")
    expect(taken).to_have_count(4)

    # --- The secretariat sees how far institutions are; nobody else does
    sami = browse(w.sami, language=language, width=width)
    sami.goto(f"/{language}/first-steps/institutions/")
    row = sami.locator("tbody tr", has_text=in_language(w.natcom_tn, language))
    expect(row).to_have_count(1)
    answer = carmen.request.get(f"/{language}/first-steps/institutions/")
    assert answer.status == 403

    # --- The card can be put away, and stays away
    carmen.goto(f"/{language}/")
    carmen.locator(".first-steps-card form button").click()
    expect(carmen.locator(".first-steps-card")).to_have_count(0, timeout=SOON)


@pytest.mark.parametrize(("language", "width"), looks(("fr", 390), ("ar", 1280)))
def test_public_pages_are_read_and_their_forms_sent_without_script(
    browse: Browse, w: World, settings: object, tmp_path: Path, language: str, width: int
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    networks(w)
    application = joined(w, w.dara)
    certificate = application.certificate
    guide = reference.put_in(w.sami.writing_for(w.secretariat), w.secretariat, "networks")
    page = browse(language=language, width=width, script=False)

    # --- A register: narrowed by its form
    page.goto(f"/{language}/institutions/?kind=national-commission&view=table")
    expect(page.locator("main", has_text=in_language(w.natcom_jo, language))).to_have_count(1)
    page.fill("main form [name=q]", "تونس")
    page.locator("main form [name=q]").press("Enter")
    expect(page.locator("main a[href$='/institutions/natcom-tn/']").first).to_be_visible()
    expect(page.locator("main a[href$='/institutions/natcom-jo/']")).to_have_count(0)

    # --- A guide: found by its form, read to its end
    page.goto(f"/{language}/guides/")
    page.locator("main form [name=q]").fill("الشبكات" if language == "ar" else "réseaux")
    page.locator("main form [name=q]").press("Enter")
    page.locator(f"main a[href='/{language}{guide.path}']").first.click()
    expect(page.locator("article .prose h2").first).to_be_visible()

    # --- A site, and a question to it
    page.goto(f"/{language}/commissions/tn/")
    page.locator(f"nav.tabs a[href='/{language}/commissions/tn/contact/']").click()
    page.fill("[name=name]", "Nadia")
    page.fill("[name=email]", "nadia")
    page.fill("[name=text]", "Comment créer un club ?")
    page.locator("main form .button-primary").click()
    expect(page.locator("[name=email][aria-invalid=true]")).to_have_value("nadia")  # refused in words, with all that was typed
    expect(page.locator("[name=text]")).to_have_value("Comment créer un club ?")
    page.fill("[name=email]", "nadia@example.net")
    page.locator("main form .button-primary").click()
    expect(page.locator("main, .messages, .toasts").get_by_text(said("Your question has arrived", language)).first).to_be_visible()
    assert Question.objects.get().email == "nadia@example.net"

    # --- A certificate, by its code
    page.goto(f"/{language}/certificates/")
    page.fill("[name=code]", certificate.code.lower())
    page.locator("main form .button-primary").click()
    assert path(page.url) == f"/{language}/certificates/{certificate.code}/"
    expect(page.locator(".certificate-card h2")).to_have_text(certificate.name)
    expect(page.locator(".certificate-card .note-done")).to_contain_text(said("Valid", language))
