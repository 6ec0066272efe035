"""The directory, an institution's pages, and its entry in the register."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from network.content import Audience
from network.entities import actions
from network.entities.models import Entity, Kind
from network.groups.models import Group
from network.spaces.models import Country, Mandate, Space
from tests.cast import mandate, topic_in

MOST = 15  # the house's own eight, and what other rooms show on an overview (settings.ENTITY_TABS, ENTITY_BLOCKS)
TABS = ("", "wall/", "topics/", "people/", "network/", "groups/")


def schools(world: SimpleNamespace, number: int) -> None:
    for n in range(number):
        Entity.objects.create(
            kind="entity",
            handle=f"school-{n}",
            name_ar=f"مدرسة {n}",
            entity_kind=world.school.entity_kind,
            country=world.tn,
            overseer=world.natcom_tn,
            skeleton=f"s{n}",
            folded=f"مدرسه {n}",
        )


def names(page: str) -> list[str]:
    return re.findall(r'<h3><a href="/\w\w/institutions/([^/]+)/', page)


def png() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "PNG")
    return SimpleUploadedFile("logo.png", data.getvalue(), "image/png")


def test_the_directory_keeps_protocol_order_in_every_language(world: SimpleNamespace, client: Client) -> None:
    Kind.objects.filter(code="organ").update(position=1)
    Kind.objects.filter(code="national-commission").update(position=2)
    Kind.objects.filter(code="associated-school").update(position=3)
    for code in ("ar", "fr", "en"):
        # Jordan sits before Tunisia at the Council, whatever their first letters.
        assert names(client.get(f"/{code}/institutions/").content.decode()) == ["secretariat", "natcom-jo", "natcom-tn", "school-tn"]


def test_search_and_filters_narrow_the_directory(world: SimpleNamespace, client: Client) -> None:
    def found(query: str) -> list[str]:
        return names(client.get(f"/en/institutions/?{query}").content.decode())

    actions.edit(world.sami.actor, world.natcom_jo, name_ar="اللجنة الوطنية الأردنية للتربية")
    assert found("q=الاردنيه") == ["natcom-jo"]
    assert found("country=TN&kind=national-commission") == ["natcom-tn"]
    assert found("kind=associated-school") == ["school-tn"]
    page = client.get("/en/institutions/?q=qqqq").content.decode()
    assert "No institution is called so" in page
    bar = client.get("/en/institutions/?country=TN").content.decode()
    assert re.findall(r'<data value="(\d+)">', bar) == ["2", "1", "1"]


def test_whoever_keeps_a_register_filters_it_by_status(world: SimpleNamespace, client: Client) -> None:
    """A commission finds its country's former schools; who keeps none is not asked, and finds what everyone does."""
    actions.set_status(world.sami.actor, world.school, "former", reason="سبب")
    everyones = ["secretariat", "natcom-jo", "natcom-tn"]
    narrow = mandate(world.rania, world.natcom_tn)
    Mandate.objects.filter(pk=narrow.pk).update(scope="own")
    expected = (
        (world.sami, ["school-tn"]),
        (world.carmen, ["school-tn"]),
        (world.basel, []),
        (world.ezz, everyones),
        (world.rania, everyones),
    )
    for person, seen in expected:
        client.force_login(person.user)
        assert ('name="status"' in client.get("/en/institutions/").content.decode()) == (seen != everyones)
        assert sorted(names(client.get("/en/institutions/?status=former").content.decode())) == sorted(seen)
    client.logout()
    assert client.get("/en/institutions/school-tn/").status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_for_everyone(world: SimpleNamespace, client: Client, tab: str) -> None:
    topic_in(world, world.open_board)
    for who in (None, world.dara, world.carmen, world.sami):
        client.logout()
        if who:
            client.force_login(who.user)
        for code in ("ar", "fr", "en"):
            answer = client.get(f"/{code}/institutions/natcom-tn/{tab}")
            assert answer.status_code == 200
            assert "اللجنة الوطنية التونسية" in answer.content.decode()
    assert client.post(f"/en/institutions/natcom-tn/{tab}").status_code == 405
    assert client.get(f"/en/institutions/natcom-xx/{tab}").status_code == 404


def test_a_missing_name_falls_back_and_the_others_stand_beside(world: SimpleNamespace, client: Client) -> None:
    french = client.get("/fr/institutions/natcom-tn/").content.decode()
    assert re.search(r"<h1><bdi>Commission nationale tunisienne", french)
    assert '<bdi lang="ar">اللجنة الوطنية التونسية</bdi>' in french
    assert re.search(r"<h1><bdi>اللجنة الوطنية الأردنية", client.get("/fr/institutions/natcom-jo/").content.decode())


def test_a_visitor_reads_titles_and_only_the_names_that_are_public(world: SimpleNamespace, client: Client) -> None:
    Space.objects.filter(user=world.haytham.user).update(audience=Audience.PUBLIC)
    page = client.get("/en/institutions/natcom-tn/people/").content.decode()
    assert "هيثم" in page
    assert "ضابط الاتصال" in page
    assert "كارمن" not in page
    client.force_login(world.basel.user)
    assert "كارمن" in client.get("/en/institutions/natcom-tn/people/").content.decode()


def test_a_visitors_page_may_be_kept_and_a_members_may_not(world: SimpleNamespace, client: Client) -> None:
    for address in ("/en/institutions/", "/en/institutions/natcom-tn/"):
        assert client.get(address).headers["X-Visitor-Cache"]
    client.force_login(world.carmen.user)
    assert "X-Visitor-Cache" not in client.get("/en/institutions/").headers


def test_hidden_groups_of_an_institution_are_counted_for_nobody_else(world: SimpleNamespace, client: Client) -> None:
    Group.objects.filter(pk__in=[world.group.pk, world.hidden_group.pk]).update(owner=world.natcom_tn)
    seen = {}
    for name in ("dara", "rania", "sami"):
        client.force_login(world.cast[name].user)
        page = client.get("/en/institutions/natcom-tn/groups/").content.decode()
        seen[name] = ("مدارس" in page, "سرّي" in page.split("rail")[-1].split("<main")[-1])
    assert seen == {"dara": (True, False), "rania": (True, True), "sami": (True, True)}


def entry(**fields: object) -> dict[str, object]:
    return {"name_ar": "نادي القراءة", "audience": "0", "about_ar": "نقرأ معًا", **fields}


def test_its_people_edit_what_it_says_and_nothing_of_its_place(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.amina.user)
    address = "/en/institutions/school-tn/edit/"
    assert "In the register" not in client.get(address).content.decode()
    answer = client.post(address, entry(status="former", verified="on", country="JO"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/institutions/school-tn/")
    school = Entity.objects.get(pk=world.school.pk)
    assert (school.name_ar, school.about_ar, school.status, school.verified, school.country_id) == (
        "نادي القراءة",
        "نقرأ معًا",
        "active",
        False,
        "TN",
    )


def test_nobody_speaks_for_a_suspended_institution(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.amina.user)
    wall, text = f"/spaces/{world.school.pk}/wall/", {"body": "باسم المدرسة", "on_behalf_of": world.school.pk}
    assert client.post(wall, text).status_code == 302
    actions.set_status(world.carmen.actor, world.school, "suspended", reason="سبب")
    answer = client.post(wall, text)
    assert (answer.status_code, "باسم المدرسة" in answer.content.decode()) == (403, True)


def test_no_commission_makes_another(world: SimpleNamespace, client: Client) -> None:
    jordan_s = Entity.objects.create(
        kind="entity", handle="school-jo", name_ar="مدرسة أردنية", entity_kind=world.school.entity_kind, country=world.jo
    )
    client.force_login(world.carmen.user)
    chosen = entry(entity_kind=world.natcom_tn.entity_kind_id, country="JO", status="active")
    assert client.post("/en/institutions/school-tn/edit/", chosen).status_code == 422
    assert Entity.objects.get(pk=world.school.pk).entity_kind_id == world.school.entity_kind_id
    assert Space.objects.get(pk=jordan_s.pk).overseer_id is None


def test_who_may_edit(world: SimpleNamespace, client: Client) -> None:
    address = "/en/institutions/school-tn/edit/"
    assert client.get(address).headers["Location"].startswith("/en/accounts/login/")
    answers = {}
    for name in ("amina", "carmen", "sami", "basel", "dara"):
        client.force_login(world.cast[name].user)
        answers[name] = client.get(address).status_code
    assert answers == {"amina": 200, "carmen": 200, "sami": 200, "basel": 403, "dara": 403}


def test_a_refused_entry_comes_back_filled(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.amina.user)
    answer = client.post("/en/institutions/school-tn/edit/", entry(name_ar="", about_ar="كلام كثير", website="not an address"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "كلام كثير" in page
    assert "Write a name in at least one language." in page
    assert "مدرسة النخيل (تجريبية)" in page  # the page above still has its name
    assert Entity.objects.get(pk=world.school.pk).name_ar == "مدرسة النخيل (تجريبية)"


def test_a_logo_is_made_anew_and_taken_away_again(world: SimpleNamespace, client: Client, settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(world.amina.user)
    address = "/en/institutions/school-tn/edit/"
    assert client.post(address, entry(picture=SimpleUploadedFile("x.png", b"GIF89a no", "image/png"))).status_code == 422
    assert client.post(address, entry(picture=png())).status_code == 302
    school = Entity.objects.get(pk=world.school.pk)
    assert re.fullmatch(r"/pictures/[0-9a-f]{32}\.webp", school.picture_url)
    assert school.picture_url in client.get("/en/institutions/school-tn/").content.decode()
    client.post(address, entry(without_picture="on"))
    assert Entity.objects.get(pk=world.school.pk).picture_url == ""


def test_the_secretariat_adds_an_institution(world: SimpleNamespace, client: Client) -> None:
    kind = world.school.entity_kind
    data = entry(handle="club-tn", entity_kind=str(kind.pk), country="TN", status="active")
    client.force_login(world.haytham.user)
    assert [client.get("/en/institutions/new/").status_code, client.post("/en/institutions/new/", data).status_code] == [403, 403]
    client.force_login(world.sami.user)
    assert client.get("/en/institutions/new/").status_code == 200
    assert client.post("/en/institutions/new/", data).headers["Location"] == "/en/institutions/club-tn/mandates/"
    made = Entity.objects.get(handle="club-tn")
    assert (made.overseer_id, made.listed) == (world.natcom_tn.pk, True)
    for wrong in ({"handle": "new"}, {"handle": "natcom-tn"}, {"handle": "with space"}, {"handle": "club-two"}):  # the last: the same name
        answer = client.post("/en/institutions/new/", {**data, **wrong})
        assert answer.status_code == 422, wrong
    assert Entity.objects.filter(name_ar="نادي القراءة").count() == 1


def test_a_commission_that_comes_later_oversees_what_was_there(world: SimpleNamespace) -> None:
    sy = Country.objects.create(code="SY", name_ar="سوريا", protocol_order=9, zone="Asia/Damascus")
    school = actions.create(world.sami.actor, kind=world.school.entity_kind, handle="school-sy", country=sy, name_ar="مدرسة الشام")
    group = Group.objects.create(kind="group", name_ar="مجموعة الشام", owner=school, created_by=world.sami.user)
    assert school.overseer_id is None
    commission = actions.create(
        world.sami.actor, kind=world.natcom_tn.entity_kind, handle="natcom-sy", country=sy, name_ar="اللجنة الوطنية السورية"
    )
    assert Space.objects.get(pk=school.pk).overseer_id == commission.pk
    assert Space.objects.get(pk=group.pk).overseer_id == commission.pk


def count(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    assert len(queries) <= MOST, [query["sql"][:160] for query in queries]
    return len(queries)


@pytest.mark.parametrize("address", ["", *(f"natcom-tn/{tab}" for tab in TABS)])
def test_a_page_costs_the_same_at_one_row_and_at_thirty(world: SimpleNamespace, client: Client, address: str) -> None:
    client.force_login(world.carmen.user)
    topic_in(world, world.open_board)
    before = count(client, f"/en/institutions/{address}")
    schools(world, 30)
    for n in range(29):
        Group.objects.create(kind="group", name_ar=f"مجموعة {n}", owner=world.natcom_tn, created_by=world.carmen.user)
        mandate(world.ezz, world.natcom_tn, f"Title {n}")
    assert count(client, f"/en/institutions/{address}") <= max(before, 8)  # what a page shows may be absent at one row
    assert settings.PAGE_SIZE == 20


def test_thirty_institutions_stand_on_two_pages(world: SimpleNamespace, client: Client) -> None:
    schools(world, 30)
    first = client.get("/en/institutions/?country=TN").content.decode()
    second = client.get("/en/institutions/?country=TN&page=2").content.decode()
    assert (len(names(first)), len(names(second))) == (20, 12)
    assert len(set(names(first) + names(second))) == 32
