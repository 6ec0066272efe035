"""Public sites: what everyone reads, and how an institution's people look after it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents import actions as guides
from forums import actions as forums
from network.accreditation import queries as accredited
from network.activity.models import Activity
from network.entities.models import Entity
from network.feeds.calendar import Entry
from network.feeds.models import ExternalFeed, ExternalItem
from network.sites import actions
from network.sites.models import PageVersion, Section, Site, SitePage, SiteVersion
from network.spaces.models import Space
from tests.cast import Person

TN = "/ar/commissions/tn/"


@pytest.fixture(autouse=True)
def _commission(world: SimpleNamespace) -> None:
    Entity.objects.filter(pk=world.natcom_tn.pk).update(about_ar="تنسّق بين المؤسسات الوطنية والمنظمة.")


def browser(who: Person | None = None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who.user)
    return client


def seen(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def site_of(entity: Space) -> Site:
    return Site.objects.filter(space=entity, section="").first() or Site(space=entity)


def page_of(w: SimpleNamespace, title: str, body: str, *, publish: bool = True, page: SitePage | None = None) -> SitePage:
    return actions.write(w.carmen.actor, site_of(w.natcom_tn), page, publish=publish, title_ar=title, body_ar=f"<p>{body}</p>")


# --- What everyone reads -----------------------------------------------------------------------------------------------------
def test_a_commission_stands_under_its_country_and_others_under_their_code(world: SimpleNamespace) -> None:
    client = browser()
    assert "تنسّق بين المؤسسات الوطنية والمنظمة." in seen(client, TN)
    assert "مدرسة النخيل (تجريبية)" in seen(client, "/ar/sites/school-tn/")
    moved = client.get("/ar/sites/natcom-tn/")
    assert (moved.status_code, moved["Location"]) == (302, TN)
    assert [client.get(f"/ar/{at}/").status_code for at in ("commissions/xx", "sites/nobody", "commissions/tunisia")] == [404] * 3


def test_a_site_shows_what_is_public_even_to_those_who_see_more(world: SimpleNamespace) -> None:
    w = world
    speaker = w.carmen.writing_for(w.natcom_tn)
    forums.open_topic(speaker, w.natcom_tn, body="<p>خبر للجميع</p>")
    inner = forums.open_topic(speaker, w.natcom_tn, body="<p>خبر للشبكة وحدها</p>", audience=1)
    Entity.objects.filter(pk=w.school.pk).update(status="suspended", listed=False, audience=2)
    assert inner.reach == 1
    for who in (None, w.carmen, w.sami, w.amina):
        for part in ("", "news/", "institutions/"):
            html = seen(browser(who), TN + part)
            assert ("خبر للشبكة وحدها" in html, "مدرسة النخيل" in html.split('id="main"')[1]) == (False, False), (who, part)
        assert "خبر للجميع" in seen(browser(who), f"{TN}news/")


def test_the_site_of_a_suspended_institution_is_not_there(world: SimpleNamespace) -> None:
    Entity.objects.filter(pk=world.school.pk).update(status="suspended", listed=False, audience=2)
    assert [browser(who).get("/ar/sites/school-tn/").status_code for who in (None, world.sami, world.amina)] == [404] * 3


def test_the_team_is_titles_and_a_person_only_where_everyone_sees_them(world: SimpleNamespace) -> None:
    Space.objects.filter(pk=world.haytham.page.pk).update(audience=0)
    html = seen(browser(world.sami), TN).split('id="main"')[1]
    assert ("ضابط الاتصال" in html, "كارمن" in html, "هيثم" in html) == (True, False, True)


def test_an_empty_site_greets_politely_and_tells_its_officer_what_to_do(world: SimpleNamespace) -> None:
    path = "/ar/sites/school-tn/"
    assert ("site-greeting" in seen(browser(), path), "pages/new/" in seen(browser(), path)) == (True, False)
    assert "pages/new/" in seen(browser(world.amina), path)


def test_a_page_costs_the_same_number_of_queries_with_one_and_with_many(world: SimpleNamespace) -> None:
    w = world
    page_of(w, "صفحة", "نص")
    forums.open_topic(w.carmen.writing_for(w.natcom_tn), w.natcom_tn, body="<p>خبر</p>")
    client, counts = browser(), []
    for turn in range(2):
        for path in (TN, f"{TN}news/", f"{TN}institutions/", "/ar/sites/", "/ar/schools/", "/ar/schools/institutions/"):
            rounds = []  # what a process keeps for a minute is asked anew now and then: the fewest of three visits counts
            for _visit in range(3):
                with CaptureQueriesContext(connection) as queries:
                    seen(client, path)
                rounds.append(len(queries))
            counts.append(min(rounds))
        for number in range(3):
            page_of(w, f"صفحة {number}", "نص")
            forums.open_topic(w.carmen.writing_for(w.natcom_tn), w.natcom_tn, body=f"<p>خبر {number}</p>")
            Entity.objects.create(
                kind="entity",
                handle=f"s{turn}{number}",
                name_ar=f"مدرسة {number}",
                entity_kind=w.school.entity_kind,
                country=w.tn,
                overseer=w.natcom_tn,
            )
    assert counts[:6] == counts[6:]
    assert max(counts) <= 9


def test_a_section_shows_its_register_and_what_its_institutions_say(world: SimpleNamespace) -> None:
    w = world
    forums.open_topic(w.amina.writing_for(w.school), w.school, body="<p>زرعنا نخلة</p>")
    assert "زرعنا نخلة" in seen(browser(), "/ar/schools/")
    assert "مدرسة النخيل (تجريبية)" in seen(browser(), "/ar/schools/institutions/")
    assert "اللجنة الوطنية الأردنية" in seen(browser(), "/ar/commissions/institutions/")
    for at in ("general-conference", "executive-council", "clubs", "chairs"):
        seen(browser(), f"/ar/{at}/")


def test_a_section_shows_where_its_institutions_are(world: SimpleNamespace) -> None:
    w = world
    Entity.objects.create(kind="entity", handle="school-jo", name_ar="مدرسة البتراء", entity_kind=w.school.entity_kind, country=w.jo)
    Entity.objects.create(
        kind="entity", handle="school-zq", name_ar="zqhiddenqz", entity_kind=w.school.entity_kind, country=w.jo, listed=False, audience=2
    )
    for who in (None, w.sami):
        html = seen(browser(who), "/ar/schools/")
        assert html.count('href="/ar/schools/institutions/?country=JO" aria-label="الأردن: جهة واحدة"') == 1, who
        rows = seen(browser(who), "/ar/schools/institutions/?country=JO").split('id="main"')[1]
        assert ("مدرسة البتراء" in rows, "مدرسة النخيل" in rows, "zqhiddenqz" in rows) == (True, False, False), who
    assert 'href="/ar/commissions/tn/" aria-label="تونس' in seen(browser(), "/ar/commissions/")
    assert 'id="map-title"' not in seen(browser(), "/ar/executive-council/") + seen(browser(), TN)
    assert [browser().get(f"/ar/schools/institutions/?country={odd}").status_code for odd in ("zz", "", "تو")] == [200] * 3


def test_what_is_published_and_planned_stands_there_and_no_empty_part_does(world: SimpleNamespace, settings: Any) -> None:
    w, polite = world, "لا شيء مقرَّر بعد"
    assert [polite in seen(browser(who), TN) for who in (None, w.basel, w.carmen, w.sami)] == [False, False, True, True]
    assert "<h2>الأدلة</h2>" not in seen(browser(w.carmen), TN)
    actor = w.carmen.writing_for(w.natcom_tn)
    for title, audience in (("دليل الواحة", 0), ("zqinnerqz", 1)):
        guides.publish(
            actor, guides.create(actor, w.natcom_tn, meant_for="everyone", audience=audience, title_ar=title, body_ar="<p>نص</p>")
        )
    guides.create(actor, w.natcom_tn, meant_for="everyone", audience=0, title_ar="zqdraftqz")
    settings.CALENDAR_SOURCES = ("tests.network.test_sites.planned",)
    for who in (None, w.carmen):
        html = seen(browser(who), TN)
        assert ("<h2>الأدلة</h2>" in html, "دليل الواحة" in html, "zq" in html) == (True, True, False), who
        assert ("ورشة المخطوطات" in html, "ورشة مضت" in html, polite in html) == (True, False, False), who
    assert "ورشة المخطوطات" not in seen(browser(), "/ar/commissions/jo/")


def planned(entity: Entity | None) -> list[Entry]:
    """Two workshops of the Tunisian commission; one is over."""
    if entity is None or entity.handle != "natcom-tn":
        return []
    now, far = timezone.now(), timedelta(days=9)
    return [
        Entry("1", "ورشة المخطوطات", now + far, None, now, "http://testserver/ar/", place="تونس"),
        Entry("2", "ورشة مضت", (now - far).date(), None, now, "http://testserver/ar/"),
    ]


def test_what_an_institution_keeps_for_itself_stands_on_no_site(world: SimpleNamespace) -> None:
    Entity.objects.filter(pk=world.natcom_tn.pk).update(phone="+216 71 000 111", phone_reach=3, email="open@example.org", email_reach=0)
    for who in (None, world.carmen, world.sami):
        html = seen(browser(who), TN)
        assert ("+216 71 000 111" in html, "open@example.org" in html) == (False, True), who


def test_an_institutions_page_leads_to_its_site(world: SimpleNamespace) -> None:
    assert f'href="{TN}"' in seen(browser(), "/ar/institutions/natcom-tn/")
    assert f'href="{TN}pages/"' in seen(browser(world.carmen), "/ar/institutions/natcom-tn/")
    assert f'href="{TN}pages/"' not in seen(browser(world.basel), "/ar/institutions/natcom-tn/")


def test_machines_learn_the_one_address_and_the_other_languages(world: SimpleNamespace) -> None:
    html = seen(browser(), f"{TN}news/")
    assert '<link rel="canonical" href="http://testserver/ar/commissions/tn/news/">' in html
    assert html.count('hreflang="fr" href="http://testserver/fr/commissions/tn/news/"') == 1
    assert '<meta property="og:title" content="الأخبار – اللجنة الوطنية التونسية">' in html
    assert '<meta property="og:image" content="http://testserver/ar/commissions/tn/card.png">' in html


def test_a_page_says_to_others_what_it_says(world: SimpleNamespace) -> None:
    w = world
    page = page_of(w, "كيف ننضم", "نكتب إلى أمانة اللجنة ونرفق برنامج النادي.")
    actions.describe(w.carmen.actor, site_of(w.natcom_tn), intro_ar="<p>نعمل مع <b>المدارس</b></p>")
    forums.open_topic(w.carmen.writing_for(w.natcom_tn), w.natcom_tn, body="<p>ورشة للمعلمين</p>")
    told = {
        "": ("اللجنة الوطنية التونسية", "نعمل مع المدارس"),
        f"pages/{page.pk}/": ("كيف ننضم – اللجنة الوطنية التونسية", "نكتب إلى أمانة اللجنة ونرفق برنامج النادي."),
        "news/": ("الأخبار – اللجنة الوطنية التونسية", "ورشة للمعلمين"),
        "institutions/": ("الجهات – اللجنة الوطنية التونسية", "مدرسة النخيل (تجريبية)"),
    }
    for part, (title, words) in told.items():
        for who in (None, w.carmen):  # the head is the same for whoever reads
            html = seen(browser(who), TN + part)
            assert f"<title>{title} – " in html, part
            for name in ('property="og:title"', 'name="twitter:title"'):
                assert f'<meta {name} content="{title}">' in html, part
            for name in ('name="description"', 'property="og:description"'):
                assert f'<meta {name} content="{words}">' in html, part


def test_each_site_offers_its_news_in_three_forms(world: SimpleNamespace) -> None:
    w = world
    forums.open_topic(w.amina.writing_for(w.school), w.school, body="<p>زرعنا نخلة</p>")
    forums.open_topic(w.amina.writing_for(w.school), w.school, body="<p>خبر للشبكة وحدها</p>", audience=1)
    page_of(w, "صفحة", "نص")
    for site, feed in ((TN, "/ar/institutions/natcom-tn/feed"), ("/ar/schools/", "/ar/feeds/schools")):
        head, body = seen(browser(), site).split("</head>")
        for form in ("atom", "rss", "json"):
            assert (head.count(f'href="{feed}.{form}"'), body.count(f'href="{feed}.{form}"')) == (1, 1)
    for form in ("atom", "rss", "json"):
        told = seen(browser(), f"/ar/feeds/schools.{form}")
        assert ("زرعنا نخلة" in told, "خبر للشبكة وحدها" in told, "صفحة" in told) == (True, False, False)
        assert told == seen(browser(w.sami), f"/ar/feeds/schools.{form}")
        for section in Section.values:
            seen(browser(), f"/ar/feeds/{section}.{form}")
    assert browser().get("/ar/feeds/nothing.atom").status_code == 404


def test_what_its_own_website_told_stands_on_the_site_as_somebody_elses(world: SimpleNamespace) -> None:
    w = world
    assert 'class="card card-flush external"' not in seen(browser(w.carmen), TN)
    feed = ExternalFeed.objects.create(entity=w.natcom_tn, url="https://www.example.invalid/feed", added_by=w.carmen.user)
    ExternalItem.objects.create(feed=feed, key="1", title="معرض", link="https://www.example.invalid/1", published=timezone.now())
    for who in (None, w.carmen):
        html = seen(browser(who), TN)
        assert ("معرض" in html, 'rel="nofollow noopener noreferrer external"' in html) == (True, True)
    assert "معرض" not in seen(browser(), "/ar/commissions/jo/") + seen(browser(), "/ar/commissions/")
    assert "at_external" in seen(browser(w.carmen), f"{TN}edit/")


def test_publications_are_what_an_institution_brought_out_and_guides_are_guides(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    w = world
    assert "<h2>Publications</h2>" not in seen(browser(), "/en/commissions/tn/")
    actor = w.carmen.writing_for(w.natcom_tn)
    guides.publish(actor, guides.create(actor, w.natcom_tn, meant_for="everyone", audience=0, title_ar="دليل الواحة", body_ar="<p>نص</p>"))
    html = seen(browser(), "/en/commissions/tn/")
    assert ("<h2>Guides</h2>" in html, "<h2>Publications</h2>" in html) == (True, False)
    monkeypatch.setattr(accredited, "outputs", lambda pk: [accredited.Outputs(2026, ["كتاب الواحة"])] if pk == w.natcom_tn.pk else [])
    html = seen(browser(), "/en/commissions/tn/")
    assert "كتاب الواحة" in html.partition("<h2>Publications</h2>")[2]


# --- How it is looked after --------------------------------------------------------------------------------------------------
def test_only_its_people_and_those_above_look_after_it(world: SimpleNamespace) -> None:
    w = world
    answers = {
        name: browser(who).get("/ar/sites/school-tn/edit/").status_code for name, who in w.cast.items() if name not in ("suspended",)
    }
    assert {name for name, status in answers.items() if status == 200} == {"amina", "carmen", "haytham", "sami"}
    assert set(answers.values()) == {200, 403}
    with pytest.raises(PermissionDenied):
        actions.write(w.basel.actor, site_of(w.natcom_tn), None, title_ar="غريب")
    with pytest.raises(PermissionDenied):
        actions.describe(w.basel.actor, site_of(w.natcom_tn), tone=1, order=[], hidden=[], intro_ar="غريب")
    assert (Site.objects.count(), SitePage.objects.count()) == (0, 0)


def test_a_section_is_looked_after_by_the_secretariat_alone(world: SimpleNamespace) -> None:
    answers = {name: browser(who).get("/ar/schools/edit/").status_code for name, who in world.cast.items() if name != "suspended"}
    assert {name for name, status in answers.items() if status == 200} == {"sami"}


def test_an_officer_says_what_stands_where_without_code(world: SimpleNamespace) -> None:
    client = browser(world.carmen)
    sent = (
        {"tone": "3", "intro_ar": "نعمل مع المدارس", "intro_fr": "Avec les écoles", "intro_en": ""}
        | {f"at_{key}": str(at) for at, key in enumerate(("news", "about", "mandate", "institutions", "contact"), 1)}
        | {"publish": "1"}
    )
    response = client.post(f"{TN}edit/", sent | {"at_structure": "0"})
    assert (response.status_code, response["Location"]) == (302, TN)
    site = Site.objects.get()
    assert (site.tone, site.order, site.hidden) == (3, ["news", "about", "mandate", "institutions", "contact", "events"], ["structure"])
    html = seen(browser(), TN)
    assert ('data-tone="3"' in html, "نعمل مع المدارس" in html, "ضابط الاتصال" in html) == (True, True, False)
    assert "Avec les écoles" in seen(browser(), "/fr/commissions/tn/")
    assert client.post(f"{TN}edit/", sent | {"at_structure": "99"}).status_code == 422


def test_words_of_a_site_are_looked_at_before_everyone_reads_them(world: SimpleNamespace) -> None:
    client, places = browser(world.carmen), {f"at_{key}": "1" for key in ("about", "news", "institutions", "contact", "structure")}
    client.post(f"{TN}edit/", places | {"tone": "1", "intro_ar": "القول الأول", "publish": "1"})
    looked = client.post(f"{TN}edit/", places | {"tone": "5", "intro_ar": "القول الثاني", "at_structure": "0"})
    assert (looked.status_code, looked["Location"]) == (302, f"{TN}preview/")
    for who in (None, world.carmen):
        html = seen(browser(who), TN)
        assert ("القول الأول" in html, "القول الثاني" in html, 'data-tone="1"' in html, "ضابط الاتصال" in html) == (True, False, True, True)
    preview = client.get(f"{TN}preview/")
    html = preview.content.decode()
    assert ("القول الثاني" in html, 'data-tone="5"' in html, "ضابط الاتصال" in html.split('id="main"')[1]) == (True, True, False)
    assert (preview["X-Robots-Tag"], "X-Visit-Key" in preview, "X-Visitor-Cache" in preview) == ("noindex", False, False)
    assert "القول الثاني" in seen(client, f"{TN}edit/")  # it goes on from there
    assert [browser(who).get(f"{TN}{part}/").status_code for part in ("preview", "history") for who in (None, world.basel)] == [
        302,
        403,
    ] * 2
    for who in (world.basel,):
        with pytest.raises(PermissionDenied):
            actions.publish_words(who.actor, site_of(world.natcom_tn))
        with pytest.raises(PermissionDenied):
            actions.restore_words(who.actor, site_of(world.natcom_tn), 1)
    assert client.post(f"{TN}publication/")["Location"] == TN
    assert ("القول الثاني" in seen(browser(), TN), 'data-tone="5"' in seen(browser(), TN)) == (True, True)
    actions.publish_words(world.carmen.actor, site_of(world.natcom_tn))  # twice is quiet
    assert list(Activity.objects.filter(verb__endswith="_site").order_by("pk").values_list("verb", flat=True)) == [
        "described_site",
        "drafted_site",
        "described_site",
    ]


def test_what_a_site_said_before_comes_back_as_a_draft(world: SimpleNamespace) -> None:
    w, site = world, site_of(world.natcom_tn)
    # As it stood before versions were kept.
    site.intro_ar, site.tone, site.changed_by = "<p>القديم</p>", 4, w.haytham.user
    site.save()
    actions.describe(w.carmen.actor, site, intro_ar="<p>الجديد</p>", tone=2, order=["news"], hidden=["contact"])
    actions.describe(w.carmen.actor, site, intro_ar="<p>الجديد</p>", tone=2)  # the same makes no version
    rows = SiteVersion.objects.values_list("number", "intro_ar", "tone", "order", "hidden", "by")
    assert list(rows) == [
        (2, '<p dir="auto">الجديد</p>', 2, ["news"], ["contact"], w.carmen.user.pk),
        (1, "<p>القديم</p>", 4, [], [], w.haytham.user.pk),
    ]
    client = browser(w.carmen)
    assert seen(client, f"{TN}history/").count('class="author" href') == 2
    assert "القديم" in seen(client, f"{TN}preview/?version=1")
    assert client.get(f"{TN}preview/?version=9").status_code == 404
    assert client.post(f"{TN}restoration/", {"number": "1"})["Location"] == f"{TN}preview/"
    assert ("الجديد" in seen(browser(), TN), "القديم" in seen(client, f"{TN}preview/")) == (True, True)
    client.post(f"{TN}publication/")
    shown = Site.objects.get()
    assert (shown.intro_ar, shown.tone, shown.order, shown.hidden) == ("<p>القديم</p>", 4, [], [])
    assert client.post(f"{TN}restoration/", {"number": "9"})["Location"] == f"{TN}history/"
    assert SiteVersion.objects.count() == 3


# --- Pages -------------------------------------------------------------------------------------------------------------------
def test_what_is_not_published_is_read_by_nobody_but_its_officers(world: SimpleNamespace) -> None:
    page = page_of(world, "عنوان سري", "نص سري", publish=False)
    for who in (None, world.basel, world.sami, world.carmen):
        assert browser(who).get(f"{TN}pages/{page.pk}/").status_code == 404
        assert "عنوان سري" not in seen(browser(who), TN)
    preview = browser(world.carmen).get(f"{TN}pages/{page.pk}/preview/")
    assert ("نص سري" in preview.content.decode(), preview["X-Robots-Tag"]) == (True, "noindex")
    assert "noindex" in preview.content.decode()
    assert browser(world.basel).get(f"{TN}pages/{page.pk}/preview/").status_code == 403
    assert browser().get(f"{TN}pages/{page.pk}/preview/").status_code == 302


def test_a_change_waits_until_it_is_published(world: SimpleNamespace) -> None:
    page = page_of(world, "كيف ننضم", "الأول")
    page_of(world, "كيف ننضم", "الثاني", publish=False, page=page)
    path = f"{TN}pages/{page.pk}/"
    assert ("الأول" in seen(browser(), path), "الثاني" in seen(browser(world.carmen), path)) == (True, False)
    assert "الثاني" in seen(browser(world.carmen), f"{path}preview/")
    assert browser(world.carmen).post(f"{path}publication/").status_code == 302
    assert "الثاني" in seen(browser(), path)
    assert browser(world.carmen).post(f"{path}publication/end/").status_code == 302
    assert browser().get(path).status_code == 404


def test_what_a_page_said_before_comes_back_as_a_draft(world: SimpleNamespace) -> None:
    page = page_of(world, "عنوان", "الأول")
    page_of(world, "عنوان", "الثاني", page=page)
    client, path = browser(world.carmen), f"{TN}pages/{page.pk}/"
    assert seen(client, f"{path}history/").count('class="author" href') == 2
    assert client.post(f"{path}restoration/", {"number": "1"}).status_code == 302
    assert ("الثاني" in seen(browser(), path), "الأول" in seen(client, f"{path}preview/")) == (True, True)
    assert [version.number for version in page.versions.all()] == [3, 2, 1]
    actions.restore(world.carmen.actor, SitePage.objects.get(), 3)
    assert PageVersion.objects.count() == 3


def test_saving_the_same_words_makes_no_version(world: SimpleNamespace) -> None:
    page = page_of(world, "عنوان", "نص")
    page_of(world, "عنوان", "نص", page=page)
    assert PageVersion.objects.count() == 1


def test_a_page_is_cleaned_and_speaks_the_language_it_has(world: SimpleNamespace) -> None:
    page = actions.write(
        world.carmen.actor, site_of(world.natcom_tn), None, publish=True, title_fr="Rejoindre", body_fr="<p>Oui<script>x()</script></p>"
    )
    html = seen(browser(), f"{TN}pages/{page.pk}/")
    assert ('<article class="card stack stack-3 site-text" lang="fr">' in html, "x()" in html) == (True, False)


def test_the_menu_goes_in_the_order_its_officers_give_it(world: SimpleNamespace) -> None:
    first, second = page_of(world, "ألف", "نص"), page_of(world, "باء", "نص")
    client = browser(world.carmen)
    client.post(f"{TN}pages/{second.pk}/place/", {"to": "up"})
    client.post(f"{TN}pages/{second.pk}/place/", {"to": "up"})  # at the end already: nothing happens
    assert list(SitePage.objects.values_list("pk", flat=True)) == [second.pk, first.pk]
    html = seen(browser(), TN)
    assert html.index("باء") < html.index("ألف")
    client.post(f"{TN}pages/{first.pk}/removal/")
    assert "ألف" not in seen(browser(), TN)
    assert client.get(f"{TN}pages/{first.pk}/edit/").status_code == 404


def test_a_page_stands_on_its_own_site_only(world: SimpleNamespace) -> None:
    page = page_of(world, "عنوان", "نص")
    assert browser().get(f"/ar/commissions/jo/pages/{page.pk}/").status_code == 404
    assert browser(world.basel).get(f"/ar/commissions/jo/pages/{page.pk}/edit/").status_code == 404


def test_a_page_without_a_title_comes_back_filled(world: SimpleNamespace) -> None:
    response: Any = browser(world.carmen).post(f"{TN}pages/new/", {"body_ar": "نص بلا عنوان", "publish": "1"})
    assert (response.status_code, "نص بلا عنوان" in response.content.decode(), SitePage.objects.count()) == (422, True, 0)


def test_the_colours_are_named_in_the_readers_language(world: SimpleNamespace) -> None:
    said = seen(browser(world.carmen), "/en/commissions/tn/edit/") + seen(browser(world.carmen), "/ar/commissions/tn/edit/")
    assert (said.count(">Colour 5<"), said.count(">اللون 5<")) == (1, 1)
