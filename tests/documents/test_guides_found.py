"""Guides where people look for them: the search box, the sitemap; a draft is found by nobody."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from documents import actions
from documents.models import Guide
from network.content import Audience
from network.sites import actions as sites
from network.sites.models import Site
from network.spaces.actors import Actor
from search.queries import Query, guides
from tests.documents.test_guides import WORDS, page, written


@pytest.fixture
def shelf(world: SimpleNamespace) -> SimpleNamespace:
    """One guide for everyone, one for the network, one never published, and a draft of a published one; all about emeralds."""
    words = {"title_ar": "دليل الزمردة", "summary_ar": "كيف تُصقل", "body_ar": "<p>نصّ عن الصقل والقطع</p>"}
    world.public = written(world, **words)
    world.inner = written(world, audience=Audience.NETWORK, **words)
    world.draft = written(world, publish=False, title_ar="مسودة الزمردة", body_ar="<p>zqdraftqz</p>")
    world.changed = written(world)
    actions.edit(world.carmen.actor, world.changed, meant_for="officers", audience=0, **WORDS | {"title_ar": "زمردة zqnextqz"})
    return world


def test_a_guide_is_found_by_title_summary_and_text_by_whoever_may_read_it(shelf: SimpleNamespace) -> None:
    assert list(guides(Actor.nobody(), Query.of("زمرده دليل"))) == [shelf.public]
    assert list(guides(shelf.basel.actor, Query.of("تصقل"))) == [shelf.inner, shelf.public]
    assert list(guides(shelf.dara.actor, Query.of("والقطع"))) == [shelf.public]


def test_a_draft_is_found_by_nobody_not_even_by_whoever_writes_it(shelf: SimpleNamespace) -> None:
    assert Guide.objects.visible_to(shelf.carmen.actor).filter(pk=shelf.draft.pk).exists()
    for who in (None, shelf.dara, shelf.basel, shelf.carmen, shelf.sami):
        actor = who.actor if who is not None else Actor.nobody()
        assert [guides(actor, Query.of(word)).exists() for word in ("مسودة", "zqdraftqz", "zqnextqz")] == [False] * 3, who
        for kind in ("", "guides"):
            html = page(f"/ar/search/?q=زمردة&kind={kind}", who)
            assert ("دليل" in html, "مسودة" in html, "zqdraftqz" in html, "zqnextqz" in html) == (True, False, False, False), (who, kind)


def test_the_search_page_shows_the_guide_with_the_word_marked(shelf: SimpleNamespace) -> None:
    html = page("/ar/search/?q=الصقل&kind=guides")
    assert f'<a href="/ar/guides/{shelf.public.pk}/"><bdi>دليل الزمردة</bdi></a>' in html
    assert "<mark>الصقل</mark> والقطع" in html
    assert "<mark>والقطع</mark>" in page("/ar/search/?q=والقطع&kind=guides")


def test_the_sitemap_names_public_guides_in_the_languages_they_have(shelf: SimpleNamespace, client: Client) -> None:
    assert "/sitemap-guides.xml</loc>" in client.get("/sitemap.xml").content.decode()
    text = client.get("/sitemap-guides.xml").content.decode()
    origin, pk = "http://testserver", shelf.changed.pk
    assert [f"<loc>{origin}/{code}/guides/{pk}/</loc>" in text for code in ("ar", "fr", "en")] == [True, True, False]
    assert text.count(f'hreflang="fr" href="{origin}/fr/guides/{pk}/"') == 2  # said beside each of the two
    assert f'hreflang="x-default" href="{origin}/ar/guides/{pk}/"' in text
    assert [f"/guides/{one.pk}/" in text for one in (shelf.public, shelf.inner, shelf.draft)] == [True, False, False]
    client.force_login(shelf.sami.user)
    assert client.get("/sitemap-guides.xml").content.decode() == text


def test_guides_cost_a_search_one_query(shelf: SimpleNamespace, django_assert_num_queries: Any) -> None:
    for _each in range(3):
        written(shelf, title_ar="دليل الزمردة", body_ar="<p>نص</p>")
    with django_assert_num_queries(1):
        assert {one.name for one in guides(Actor.nobody(), Query.of("زمردة"))} == {"دليل الزمردة"}


def test_public_guides_and_pages_of_a_site_stand_in_its_feed_and_in_nobody_elses(shelf: SimpleNamespace, client: Client) -> None:
    w, site = shelf, Site(space=shelf.natcom_tn)
    out = sites.write(w.carmen.actor, site, None, publish=True, title_ar="كيف ننضم", body_ar="<p>اكتبوا إلينا</p>")
    sites.write(w.carmen.actor, Site.objects.get(), out, title_ar="zqlaterqz", body_ar="<p>zqlaterqz</p>")
    sites.write(w.carmen.actor, Site.objects.get(), None, title_ar="zqnotyetqz", body_ar="<p>نص</p>")
    sites.hide(w.carmen.actor, sites.write(w.carmen.actor, Site.objects.get(), None, publish=True, title_ar="zqtakenoffqz"))
    for who in (None, w.carmen):
        if who is not None:
            client.force_login(who.user)
        for form in ("atom", "rss", "json"):
            text = client.get(f"/ar/institutions/natcom-tn/feed.{form}").content.decode()
            told = [f"/ar/commissions/tn/pages/{out.pk}/" in text, "اكتبوا إلينا" in text, f"/ar/guides/{w.public.pk}/" in text]
            assert (told, "zq" in text, f"/guides/{w.inner.pk}/" in text) == ([True] * 3, False, False), (who, form)
        frame = client.get("/ar/institutions/natcom-tn/widget/?count=12").content.decode()
        assert ("كيف ننضم" in frame, "دليل الزمردة" in frame, "zq" in frame) == (True, True, False)
    items = json.loads(client.get("/fr/institutions/natcom-tn/feed.json?language=fr").content)["items"]
    assert [(item["title"], item["language"]) for item in items] == [("Guide de l’oasis", "fr")]
    assert "دليل" not in client.get("/ar/institutions/natcom-jo/feed.atom").content.decode()


def test_a_page_of_a_section_is_told_by_its_section(shelf: SimpleNamespace) -> None:
    page = sites.write(
        shelf.sami.actor, Site(space=shelf.secretariat, section="schools"), None, publish=True, title_ar="موعد", body_ar="<p>نص</p>"
    )
    items = json.loads(Client().get("/ar/institutions/secretariat/feed.json").content)["items"]
    assert [(item["url"], item["authors"][0]["url"]) for item in items] == [
        (f"http://testserver/ar/schools/pages/{page.pk}/", "http://testserver/ar/schools/")
    ]
