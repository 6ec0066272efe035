"""Two bodies claim one commission: only the secretariat accredits, one at a time, and oversight follows its decision."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.entities import actions
from network.entities.models import Entity, Kind
from network.groups import actions as groups
from network.permissions import can
from network.sites import actions as sites
from network.sites.models import Site
from network.sites.places import at_of, find
from network.spaces import actions as spaces
from network.spaces.models import Country, Recognition, Space
from tests.cast import Person, mandate, person

PAGE = "/en/institutions/commissions/"


@pytest.fixture
def claimant(world: SimpleNamespace) -> SimpleNamespace:
    """A second body in Tunisia, registered by the secretariat, with an officer."""
    made = actions.create(
        world.sami.actor, kind=Kind.objects.get(code="national-commission"), handle="natcom-tn-2", country=world.tn, name_ar="هيئة أخرى"
    )
    who = person("nadia", "نادية")
    mandate(who, made)
    return SimpleNamespace(entity=made, officer=who)


def school(w: SimpleNamespace) -> Entity:
    return Entity.objects.get(pk=w.school.pk)


def oversees(who: Person, w: SimpleNamespace) -> bool:
    return can(who.actor, "entity.edit", Entity.objects.get(pk=w.school.pk))


def test_the_first_is_accredited_by_being_registered_the_second_waits(world: SimpleNamespace, claimant: SimpleNamespace) -> None:
    ly = Country.objects.create(code="LY", name_ar="ليبيا", zone="Africa/Tripoli")
    first = actions.create(
        world.sami.actor, kind=Kind.objects.get(code="national-commission"), handle="natcom-ly", country=ly, name_ar="اللجنة الليبية"
    )
    assert list(Recognition.objects.filter(country=ly).values_list("commission", "by", "ended_at")) == [
        (first.pk, world.sami.user.pk, None)
    ]
    assert not Recognition.objects.filter(commission=claimant.entity).exists()
    assert claimant.entity.listed  # it stands in the register
    assert not oversees(claimant.officer, world)
    assert oversees(world.carmen, world)
    made = actions.create(world.sami.actor, kind=Kind.objects.get(code="associated-school"), handle="s2", country=world.tn, name_ar="مدرسة")
    assert made.overseer_id == world.natcom_tn.pk


def test_a_decision_moves_all_oversight_at_once(world: SimpleNamespace, claimant: SimpleNamespace) -> None:
    group = groups.create(world.amina.writing_for(world.school), name_ar="مجموعة المدرسة", join_rule="open", audience=2)
    before = [person.user.rights for person in (world.carmen, claimant.officer)]
    actions.accredit(world.sami.actor, claimant.entity, note="قرار حكومي")
    assert (school(world).overseer_id, Space.objects.get(pk=group.pk).overseer_id) == (claimant.entity.pk, claimant.entity.pk)
    assert (oversees(world.carmen, world), oversees(claimant.officer, world)) == (False, True)
    assert [row.commission_id for row in Recognition.objects.filter(country=world.tn, ended_at=None)] == [claimant.entity.pk]
    past = Recognition.objects.get(commission=world.natcom_tn)
    assert (past.ended_by_id, past.end_note) == (world.sami.user.pk, "قرار حكومي")
    for who, was in zip((world.carmen, claimant.officer), before, strict=True):
        who.user.refresh_from_db()
        assert who.user.rights > was  # open sockets are asked at the door again
    actions.accredit(world.sami.actor, claimant.entity)  # twice is quiet
    assert Recognition.objects.filter(country=world.tn).count() == 2


def test_withdrawn_nobody_but_the_secretariat_oversees(world: SimpleNamespace) -> None:
    actions.withdraw_accreditation(world.sami.actor, world.natcom_tn, note="سبب")
    actions.withdraw_accreditation(world.sami.actor, world.natcom_tn)
    assert school(world).overseer_id is None
    assert (oversees(world.carmen, world), oversees(world.sami, world)) == (False, True)
    actions.accredit(world.sami.actor, world.natcom_tn)
    assert oversees(world.carmen, world)


def test_only_the_secretariat_decides(world: SimpleNamespace, claimant: SimpleNamespace, client: Client) -> None:
    for who in (world.carmen, world.haytham, world.basel, world.amina, claimant.officer, world.dara):
        for decide in (actions.accredit, actions.withdraw_accreditation):
            with pytest.raises(PermissionDenied):
                decide(who.actor, claimant.entity)
        client.force_login(who.user)
        assert client.get(PAGE).status_code == 403
        assert client.post("/en/institutions/natcom-tn-2/recognition/").status_code == 403
    assert school(world).overseer_id == world.natcom_tn.pk


def test_two_accredited_bodies_cannot_stand(world: SimpleNamespace, claimant: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Recognition.objects.create(country=world.tn, commission=claimant.entity)


@pytest.mark.parametrize("status", ["draft", "suspended", "former"])
def test_what_is_not_active_is_not_accredited_and_loses_it(world: SimpleNamespace, claimant: SimpleNamespace, status: str) -> None:
    entity = actions.set_status(world.sami.actor, claimant.entity, status, reason="سبب")
    with pytest.raises(ValidationError):
        actions.accredit(world.sami.actor, entity)
    actions.set_status(world.sami.actor, Entity.objects.get(pk=world.natcom_tn.pk), status, reason="سبب")
    assert school(world).overseer_id is None
    assert not Recognition.objects.filter(country=world.tn, ended_at=None).exists()


def test_a_school_is_no_commission(world: SimpleNamespace) -> None:
    with pytest.raises(ValidationError):
        actions.accredit(world.sami.actor, school(world))


def test_an_edit_by_the_school_keeps_its_overseer(world: SimpleNamespace, claimant: SimpleNamespace) -> None:
    actions.edit(world.amina.actor, school(world), city="تونس")
    assert school(world).overseer_id == world.natcom_tn.pk


def test_the_page_decides_and_remembers(world: SimpleNamespace, claimant: SimpleNamespace, client: Client) -> None:
    client.force_login(world.sami.user)
    page = client.get(PAGE).content.decode()
    assert "Two bodies claim this seat" in page
    assert page.index('id="seat-TN"') < page.index('id="seat-JO"')  # where there is something to decide first
    client.post("/en/institutions/natcom-tn-2/recognition/", {"note": "قرار حكومي"})
    page = client.get(PAGE).content.decode()
    assert "قرار حكومي" in page
    assert "History" in page
    client.post("/en/institutions/natcom-tn-2/recognition/end/", {"note": "خطأ"})
    assert "No body is accredited" in client.get(PAGE).content.decode()


def test_the_page_costs_the_same_at_two_and_at_many(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.sami.user)
    kind, counts = Kind.objects.get(code="national-commission"), []
    for codes in ((), ("LY", "EG", "OM", "MR")):
        for code in codes:
            country = Country.objects.create(code=code, name_ar=code)
            actions.create(world.sami.actor, kind=kind, handle=f"natcom-{code.lower()}", country=country, name_ar=f"لجنة {code}")
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_a_deputy_of_the_commission_loses_oversight_with_it(world: SimpleNamespace, claimant: SimpleNamespace) -> None:
    from datetime import timedelta  # noqa: PLC0415 -- only here

    from django.utils import timezone  # noqa: PLC0415 -- only here

    today = timezone.now().date()
    original = world.carmen.user.mandates.get()
    spaces.name_mandate(
        world.haytham.actor,
        world.natcom_tn,
        world.ezz.user,
        title="نائب",
        from_day=today,
        until_day=today + timedelta(days=3),
        deputises=original,
    )
    assert oversees(world.ezz, world)
    actions.accredit(world.sami.actor, claimant.entity)
    assert not oversees(world.ezz, world)


# --- Whose public site stands under the country ------------------------------------------------------------------------------
def test_the_accredited_body_has_the_countrys_site_and_is_asked_there(
    world: SimpleNamespace, claimant: SimpleNamespace, client: Client
) -> None:
    form = {"name": "Nadia", "email": "n@example.net", "text": "?", "client_id": "8d9f4e3e-6a0e-4a4c-8b6a-222222222222"}
    first, second = world.natcom_tn, claimant.entity
    assert (at_of(first), at_of(second)) == ("commissions/tn", "sites/natcom-tn-2")
    actions.accredit(world.sami.actor, second)
    assert (at_of(first), at_of(second), find("commissions/tn").space.pk) == ("sites/natcom-tn", "commissions/tn", second.pk)
    assert [client.get(f"/ar/{at}/").status_code for at in ("commissions/tn", "sites/natcom-tn", "sites/natcom-tn-2")] == [200, 200, 302]
    client.post("/ar/commissions/tn/contact/", form)
    assert (second.questions.count(), first.questions.count()) == (1, 0)
    answers = []
    for who in (world.carmen, claimant.officer):
        client.force_login(who.user)
        answers.append(client.get("/ar/commissions/tn/edit/").status_code)
    assert answers == [403, 200]


def test_without_an_accredited_body_the_first_that_everybody_sees_stands_there(world: SimpleNamespace, claimant: SimpleNamespace) -> None:
    actions.withdraw_accreditation(world.sami.actor, world.natcom_tn)
    assert (find("commissions/tn").space.pk, at_of(claimant.entity)) == (world.natcom_tn.pk, "sites/natcom-tn-2")
    actions.set_status(world.sami.actor, Entity.objects.get(pk=world.natcom_tn.pk), "suspended", reason="سبب")
    assert (find("commissions/tn").space.pk, find("commissions/tn", world.sami.actor).space.pk) == (claimant.entity.pk,) * 2
    assert at_of(claimant.entity) == "commissions/tn"


def test_every_site_stands_once_in_the_sitemap_and_in_lists(world: SimpleNamespace, claimant: SimpleNamespace, client: Client) -> None:
    actions.accredit(world.sami.actor, claimant.entity)
    for who, entity in ((world.carmen, world.natcom_tn), (claimant.officer, claimant.entity)):
        sites.write(who.actor, Site(space=entity), None, publish=True, title_ar="صفحة", body_ar="<p>نص</p>")
    said = client.get("/sitemap-sites.xml").content.decode()
    for at in ("commissions/tn", "sites/natcom-tn"):
        assert said.count(f"<loc>http://testserver/ar/{at}/</loc>") == 1
        assert said.count(f"<loc>http://testserver/ar/{at}/pages/") == 1
    listed = client.get("/ar/sites/").content.decode()
    assert (listed.count('href="/ar/commissions/tn/"'), listed.count('href="/ar/sites/natcom-tn/"')) == (1, 1)
    feed = client.get("/ar/feeds/national-commission.rss").content.decode()
    assert ("/ar/sites/natcom-tn/pages/" in feed, "/ar/commissions/tn/pages/" in feed) == (True, True)


def test_to_find_a_site_takes_two_queries_and_a_list_one_more_however_long(world: SimpleNamespace, client: Client) -> None:
    kind, counts = Kind.objects.get(code="national-commission"), []
    for codes in ((), ("LY", "EG", "OM", "MR")):
        for code in codes:
            country = Country.objects.create(code=code, name_ar=code)
            actions.create(world.sami.actor, kind=kind, handle=f"natcom-{code.lower()}", country=country, name_ar=f"لجنة {code}")
        for page in ("/ar/sites/", "/ar/feeds/national-commission.rss"):
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    with CaptureQueriesContext(connection) as queries:
        find("commissions/tn")
    assert len(queries) == 2
