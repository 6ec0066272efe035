"""What machines read of public sites: the sitemap, robots.txt, the pictures; and sites on hosts of their own."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from forums import actions as forums
from network import env
from network.entities.models import Entity
from network.sites import actions
from network.sites.cards import draw
from network.sites.models import Site, SitePage
from tests.cast import topic_in

OWN = "tunisia.example.org"


def page_of(w: SimpleNamespace, *, publish: bool = True) -> SitePage:
    site = Site.objects.filter(space=w.natcom_tn).first() or Site(space=w.natcom_tn)
    return actions.write(w.carmen.actor, site, None, publish=publish, title_ar="كيف ننضم", body_ar="<p>نص</p>")


# --- Sitemap -----------------------------------------------------------------------------------------------------------------
def test_the_sitemap_names_what_everyone_reads_in_three_languages_and_nothing_else(world: SimpleNamespace) -> None:
    w = world
    out, draft = page_of(w), page_of(w, publish=False)
    told = forums.open_topic(w.carmen.writing_for(w.natcom_tn), w.natcom_tn, body="<p>خبر</p>")
    inner = topic_in(w, w.board)
    Entity.objects.filter(pk=w.school.pk).update(status="draft", listed=False, audience=2)
    client = Client()
    index = client.get("/sitemap.xml").content.decode()
    text = ""
    for part in ("sites", "institutions", "topics"):
        assert f"<loc>http://testserver/sitemap-{part}.xml</loc>" in index
        text += client.get(f"/sitemap-{part}.xml").content.decode()
    for code in ("ar", "fr", "en"):
        for rest in (f"commissions/tn/pages/{out.pk}/", "commissions/jo/", "schools/", f"topics/{told.pk}/", "institutions/natcom-tn/"):
            assert f"<loc>http://testserver/{code}/{rest}</loc>" in text
    for hidden in (f"pages/{draft.pk}/", f"topics/{inner.pk}/", "school-tn", f"groups/{w.hidden_group.pk}/", f"groups/{w.group.pk}/"):
        assert hidden not in text, hidden
    assert 'hreflang="x-default" href="http://testserver/ar/schools/"' in text
    assert client.get("/sitemap-people.xml").status_code in (302, 404)


def test_a_signed_in_officer_reads_the_same_sitemap_as_everyone(world: SimpleNamespace) -> None:
    page_of(world, publish=False)
    forums.open_topic(world.carmen.writing_for(world.natcom_tn), world.natcom_tn, body="<p>داخلي</p>", audience=1)
    client = Client()
    client.force_login(world.sami.user)
    for part in ("sites", "institutions", "topics"):
        assert client.get(f"/sitemap-{part}.xml").content == Client().get(f"/sitemap-{part}.xml").content


def test_robots_are_told_where_the_map_is_and_what_is_not_theirs(world: SimpleNamespace) -> None:
    text = Client().get("/robots.txt").content.decode()
    assert text.splitlines()[-1] == "Sitemap: http://testserver/sitemap.xml"
    assert {"Disallow: /*/accounts/", "Disallow: /*/questions/", "Disallow: /files/"} <= set(text.splitlines())


# --- Pictures ----------------------------------------------------------------------------------------------------------------
def test_the_picture_of_a_site_is_drawn_once_for_each_language(world: SimpleNamespace, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = Client()
    for _round in range(2):
        for code in ("ar", "fr"):
            response = client.get(f"/{code}/commissions/tn/card.png")
            picture = Image.open(io.BytesIO(response.content))
            assert (response["Content-Type"], picture.size, picture.format) == ("image/png", (1200, 630), "PNG")
    assert len(list((tmp_path / "cards").iterdir())) == 2
    assert client.get("/ar/sites/nobody/card.png").status_code == 404


@pytest.mark.parametrize("name", ["", "اسم " * 60, "Ａ" * 300, "x\n\u202eevil"])
def test_no_name_breaks_the_picture(name: str) -> None:
    assert draw(name, "تونس", tone=9, language="ar").startswith(b"\x89PNG")


# --- Hosts of their own --------------------------------------------------------------------------------------------------------
@pytest.fixture
def own(settings: Any) -> Client:
    settings.SITE_HOSTS = {OWN: "commissions/tn"}
    settings.ALLOWED_HOSTS = ["testserver", OWN]
    settings.SITE_ORIGIN = settings.LINK_ORIGIN = "http://testserver"
    return Client(SERVER_NAME=OWN)


def test_a_site_stands_on_its_own_host_with_short_addresses(world: SimpleNamespace, own: Client) -> None:
    page = page_of(world)
    html = own.get("/ar/").content.decode()
    assert f'<link rel="canonical" href="http://{OWN}/ar/">' in html
    assert f'href="/ar/pages/{page.pk}/"' in html
    assert own.get(f"/ar/pages/{page.pk}/").status_code == 200
    assert [own.get(f"/fr/{part}").status_code for part in ("", "news/", "institutions/", "contact/", "card.png")] == [200] * 5
    # The main host says where it stands.
    assert f'<link rel="canonical" href="http://{OWN}/ar/news/">' in Client().get("/ar/commissions/tn/news/").content.decode()
    assert f"<loc>http://testserver/ar/commissions/tn/pages/{page.pk}/</loc>" not in Client().get("/sitemap-sites.xml").content.decode()


def test_nothing_but_the_site_stands_there(world: SimpleNamespace, own: Client) -> None:
    for path in (
        "/ar/accounts/login/",
        "/ar/topics/",
        "/ar/admin/",
        "/ar/edit/",
        "/ar/pages/",
        "/ar/commissions/jo/",
        "/sitemap-sites.xml",
        "/live/",
    ):
        response = own.get(path)
        assert (response.status_code, response["Location"]) == (302, f"http://testserver{path}"), path
    assert own.post("/ar/accounts/login/").status_code == 404


def test_a_site_on_its_own_host_has_a_small_map_that_its_robots_name(world: SimpleNamespace, own: Client) -> None:
    out, draft = page_of(world), page_of(world, publish=False)
    text = own.get("/sitemap.xml").content.decode()
    told = re.findall(r"<loc>(.*?)</loc>", text)
    parts = ("", "news/", "institutions/", "contact/", f"pages/{out.pk}/")
    assert told == [f"http://{OWN}/{code}/{part}" for part in parts for code in ("ar", "fr", "en")]
    assert f"pages/{draft.pk}/" not in text
    assert all(own.get(address.removeprefix(f"http://{OWN}")).status_code == 200 for address in told)
    assert own.get("/robots.txt").content.decode().splitlines()[-1] == f"Sitemap: http://{OWN}/sitemap.xml"
    # The main host's stay its own.
    assert Client().get("/robots.txt").content.decode().splitlines()[-1] == "Sitemap: http://testserver/sitemap.xml"
    assert "<sitemapindex" in Client().get("/sitemap.xml").content.decode()
    Entity.objects.filter(pk=world.natcom_tn.pk).update(status="suspended", listed=False, audience=2)
    assert own.get("/sitemap.xml").status_code == 404


def test_a_question_is_asked_there_too(world: SimpleNamespace, own: Client) -> None:
    sent = {"name": "Nadia", "email": "n@example.net", "text": "?", "client_id": "8d9f4e3e-6a0e-4a4c-8b6a-111111111111"}
    response = own.post("/fr/contact/", sent)
    assert (response.status_code, response["Location"]) == (302, "/fr/contact/?sent=1")
    assert world.natcom_tn.questions.get().language == "fr"


def test_an_unknown_host_is_refused_as_ever_and_the_main_one_asks_nothing_more(world: SimpleNamespace, own: Client, settings: Any) -> None:
    assert Client(SERVER_NAME="evil.example").get("/ar/").status_code == 422
    client, counts = Client(), []
    for hosts in ({}, {OWN: "commissions/tn"}):
        settings.SITE_HOSTS = hosts
        client.get("/ar/commissions/tn/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/ar/commissions/tn/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("value", ["*=commissions/tn", "a.example", "a.example=commissions/tun", "a.example=x/y", "A.example=schools"])
def test_a_wrong_list_of_hosts_refuses_to_start(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_HOSTS", value)
    with pytest.raises(ImproperlyConfigured, match="SITE_HOSTS"):
        env.sites("SITE_HOSTS")


def test_a_list_of_hosts_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_HOSTS", "tunisia.example.org=commissions/tn, x.example.org=sites/school-12 schools.example.org=schools")
    assert env.sites("SITE_HOSTS") == {
        "tunisia.example.org": "commissions/tn",
        "x.example.org": "sites/school-12",
        "schools.example.org": "schools",
    }
