"""Scenario 10: a visitor reads a commission's site in French, asks how to found a club, and is answered by mail; the officer builds the page."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from insights import counting
from network.sites.models import Question, SitePage
from notices.models import Mail
from tests.insights.test_visits import counted
from tests.journeys.support import SOON, Browse, World, in_language, looks, path, said

CLUB = "Comment créer un club dans mon lycée ?"


@pytest.mark.parametrize(("language", "width"), looks(("fr", 1280), ("ar", 390)))
def test_a_visitor_asks_and_the_commission_answers(browse: Browse, w: World, settings: object, language: str, width: int) -> None:
    settings.EMAIL_BACKEND = "notices.mail.outbox.Backend"  # type: ignore[attr-defined]
    site = f"/{language}/commissions/tn/"

    # --- The officer says what stands on the site, and publishes a page
    carmen = browse(w.carmen, language=language, width=width)
    carmen.goto(f"{site}pages/new/")
    carmen.fill("[name=title_ar]", "كيف تنشئون ناديا؟")
    carmen.fill("[name=title_fr]", "Comment créer un club ?")
    for name in ("body_ar", "body_fr"):
        carmen.locator(f"textarea[name={name}]").focus()
        carmen.keyboard.type("Écrivez-nous. راسلونا.")
    carmen.locator("button[name=publish]").click()
    carmen.wait_for_url("**/pages/*/")
    page = SitePage.objects.get()
    assert page.is_published

    # --- A visitor without an account comes by the list of sites
    visitor = browse(None, language=language, width=width)
    visitor.goto(f"/{language}/sites/")
    visitor.locator(f"main a[href='{site}']").click()
    visitor.wait_for_url(f"**{site}")
    expect(visitor.locator("h1")).to_contain_text(in_language(w.natcom_tn, language))
    visitor.locator(f"main a[href='{site}pages/{page.pk}/']").click()
    expect(visitor.locator("article h2")).to_have_text("كيف تنشئون ناديا؟" if language == "ar" else "Comment créer un club ?")
    visitor.locator(f"nav.tabs a[href='{site}contact/']").click()
    visitor.fill("[name=name]", "Nadia")
    visitor.fill("[name=email]", "nadia@example.net")
    visitor.fill("[name=text]", CLUB)
    visitor.locator("main form .button-primary").click()
    expect(visitor.get_by_role("status").filter(has_text=said("Your question has arrived", language))).to_be_visible(timeout=SOON)
    question = Question.objects.get()
    assert (question.space_id, question.language, question.text) == (w.natcom_tn.pk, language, CLUB)

    # --- It waits for the commission, stands in the secretariat's copy, and is nobody else's
    carmen.goto(f"/{language}/notices/")
    carmen.locator(".is-waiting", has_text=CLUB).locator("a").first.click()
    carmen.wait_for_url("**/questions/*/")
    carmen.fill("[name=text]", "Écrivez à votre délégation régionale.")
    carmen.locator("main form .button-primary").first.click()
    expect(carmen.locator("main .tag-done")).to_be_visible(timeout=SOON)
    mail = Mail.objects.get(address="nadia@example.net")
    assert "Écrivez à votre délégation régionale." in str(mail.about) or mail.state == "sent"
    sami = browse(w.sami, language=language, width=width)
    sami.goto(f"/{language}/questions/?state=answered")
    expect(sami.locator("main .lines a", has_text=CLUB)).to_be_visible()
    basel = browse(w.basel, language=language, width=width)
    basel.goto(f"/{language}/questions/?state=all")
    expect(basel.locator("main .lines a")).to_have_count(0)
    assert path(basel.url) == f"/{language}/questions/"


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def test_a_visit_counts_once_on_the_platform_and_once_on_the_site_and_a_program_nowhere(browse: Browse, w: World) -> None:
    counting._notes.clear()
    visitor, program = browse(language="fr", user_agent=FIREFOX), browse(language="fr", user_agent=GOOGLE)
    for reader in (visitor, program):
        for address in ("commissions/tn/", "commissions/tn/news/", "topics/", "commissions/tn/"):
            reader.goto(f"/fr/{address}")
    assert visitor.context.cookies() == []
    assert counted() == {"platform": (4, 1), f"site.{w.natcom_tn.pk}": (3, 1)}

    # --- The counter stands on the site; the days, for those who look after it
    cache.clear()  # it is worked out again every few minutes
    visitor.goto("/fr/commissions/tn/?again=1")
    expect(visitor.locator(".visitors").first).to_contain_text("1 visiteur")
    haytham = browse(w.haytham, language="fr", width=390)
    haytham.goto("/fr/institutions/natcom-tn/visits/")
    expect(haytham.locator(f"#site-{w.natcom_tn.pk} .stat b").nth(2)).to_have_text("3")
