"""First steps: whose are which, how they are known to be done, and what is written down."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from documents import actions, reference, steps
from documents.models import FinishedStep, Guide
from network.entities.models import Entity, Kind
from network.spaces.actors import Actor, forget
from network.spaces.models import Follow, Mandate, Space
from profiles.models import User
from tests.cast import topic_in
from tests.network.accreditation import networks


def done(actor: Actor) -> list[str]:
    return [one.step.code for one in steps.progress(actor, "en").taken if one.done]


def test_each_role_has_steps_of_its_own(world: SimpleNamespace) -> None:
    networks(world)
    roles = {name: steps.role_of(world.cast[name].actor) for name in ("sami", "haytham", "carmen", "amina", "ezz", "dara")}
    assert roles == {
        "sami": "secretariat",
        "haytham": "head",
        "carmen": "officer",
        "amina": "coordinator",
        "ezz": "fresh",
        "dara": "fresh",
    }
    assert all(len({step.code for step in own}) == len(own) for own in steps.STEPS.values())
    assert set(steps.ROLES) == set(steps.STEPS) == set(steps.GUIDES)


@pytest.mark.parametrize(
    ("network", "kind", "role", "guide"),
    [
        ("schools", "associated-school", "coordinator", "school-coordinator"),
        ("clubs", "scientific-chair", "club", "club-leader"),  # what the mandate is for counts
        ("chairs", "associated-school", "chair", "chair-holder"),
        ("platform", "associated-school", "coordinator", "school-coordinator"),  # what its kind joins
        ("platform", "scientific-chair", "chair", "chair-holder"),
        ("platform", "partner", "partner", "partner"),  # overseen by its commission as well, and no school
    ],
)
def test_the_guide_is_that_of_the_network_one_works_in(
    world: SimpleNamespace, client: Client, network: str, kind: str, role: str, guide: str
) -> None:
    networks(world)
    world.chairs.network = "chairs"
    world.chairs.save()
    Entity.objects.filter(pk=world.school.pk).update(entity_kind=Kind.objects.get(code=kind))
    Mandate.objects.filter(user=world.amina.user).update(network=network)
    forget()
    assert (steps.role_of(world.amina.actor), steps.GUIDES[role]) == (role, guide)
    (standing,) = steps.standings(Entity.objects.select_related("entity_kind").filter(pk=world.school.pk))
    assert standing.total == len(steps.STEPS[role])
    speaker = world.sami.writing_for(world.secretariat)
    for code in reference.missing():
        reference.put_in(speaker, world.secretariat, code)
    client.force_login(world.amina.user)
    assert client.get("/en/help/")["Location"] == f"/en/guides/{Guide.objects.get(code=guide).pk}/"


def test_the_guide_of_the_secretariat_is_its_own(world: SimpleNamespace, client: Client) -> None:
    made = reference.put_in(world.sami.writing_for(world.secretariat), world.secretariat, "secretariat")
    seen = {}
    for name in ("sami", "haytham", "amina", "dara"):
        client.force_login(world.cast[name].user)
        seen[name] = client.get("/en/help/")["Location"], client.get(f"/en/guides/{made.pk}/").status_code
    assert seen == {"sami": (f"/en/guides/{made.pk}/", 200)} | dict.fromkeys(("haytham", "amina", "dara"), ("/en/guides/", 404))


def test_what_was_done_is_known_from_the_rows(world: SimpleNamespace) -> None:
    assert done(world.carmen.actor) == ["group", "opened"]  # of the cast: she is in groups, and opened them
    Space.objects.filter(pk=world.carmen.page.pk).update(picture="x.webp")
    for entity in (world.natcom_jo, world.school):
        Follow.objects.create(user=world.carmen.user, space=entity)
    assert done(world.carmen.actor) == ["picture", "group", "opened"]
    Follow.objects.create(user=world.carmen.user, space=world.secretariat)
    topic_in(world, world.open_board, by=SimpleNamespace(actor=world.carmen.writing_for(world.natcom_tn)))
    assert done(world.carmen.actor) == ["picture", "follow", "group", "speak", "opened"]
    assert done(world.dara.actor) == []


def test_steps_are_written_down_once_with_their_day(world: SimpleNamespace) -> None:
    Space.objects.filter(pk=world.amina.page.pk).update(picture="x.webp")
    assert FinishedStep.objects.count() == 0
    steps.notice(everybody=True)
    first = FinishedStep.objects.get(user=world.amina.user, step="picture")
    assert (first.by_hand, steps.notice(everybody=True)) == (False, 0)
    actions.tick(world.amina.actor, "guide")
    actions.tick(world.amina.actor, "guide")
    actions.untick(world.amina.actor, "picture")  # known from the rows: not taken back by hand
    assert sorted(FinishedStep.objects.filter(user=world.amina.user).values_list("step", "by_hand")) == [
        ("guide", True),
        ("picture", False),
    ]
    with pytest.raises(PermissionDenied):
        actions.tick(world.suspended.actor, "guide")


def test_only_who_was_here_lately_is_looked_at(world: SimpleNamespace) -> None:
    Space.objects.filter(pk=world.dara.page.pk).update(picture="x.webp")
    assert steps.notice() == 0
    User.objects.filter(pk=world.dara.user.pk).update(last_login="2999-01-01T00:00Z")
    assert steps.notice() == 1


def test_the_card_stands_on_the_home_page_until_it_is_put_away(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.carmen.user)
    assert 'id="first-steps-title"' in client.get("/en/").content.decode()
    client.post("/first-steps/away/", {"next": "/en/"})
    assert 'id="first-steps-title"' not in client.get("/en/").content.decode()
    assert "Show them on my home page again" in client.get("/en/first-steps/").content.decode()
    client.post("/first-steps/away/", {"undo": "1"})
    assert 'id="first-steps-title"' in client.get("/en/").content.decode()
    client.post("/first-steps/guide/")
    assert "guide" in done(world.carmen.actor)
    for code in [step.code for step in steps.STEPS["officer"]]:
        actions.tick(world.carmen.actor, code)
    assert 'id="first-steps-title"' not in client.get("/en/").content.decode()
    assert 'id="first-steps-title"' not in Client().get("/en/").content.decode()
    assert client.post("/first-steps/nonsense/").status_code == 404


def test_the_secretariat_sees_how_far_institutions_are_and_nobody_else_does(world: SimpleNamespace, client: Client) -> None:
    for code in [step.code for step in steps.STEPS["officer"]]:
        FinishedStep.objects.create(user=world.carmen.user, step=code)
    FinishedStep.objects.create(user=world.haytham.user, step="picture")
    natcom = Entity.objects.select_related("entity_kind").get(pk=world.natcom_tn.pk)
    (standing,) = steps.standings([natcom])
    assert (standing.people, standing.finished, standing.total, standing.complete) == (2, 8, 13, 1)
    client.force_login(world.sami.user)
    shown = client.get("/en/first-steps/institutions/").content.decode()
    assert re.findall(r'<a class="author" href="/en/institutions/([\w-]+)/">', shown) == [
        "secretariat",
        "natcom-jo",
        "natcom-tn",
        "school-tn",
    ]
    for who in (world.carmen, world.haytham, world.dara):
        client.force_login(who.user)
        assert client.get("/en/first-steps/institutions/").status_code == 403


def test_progress_costs_the_same_however_much_is_done(world: SimpleNamespace) -> None:
    costs = []
    for codes in ([], ["picture", "guide", "follow"]):
        for code in codes:
            FinishedStep.objects.create(user=world.carmen.user, step=code)
        actor = world.carmen.actor
        steps.role_of(actor)
        with CaptureQueriesContext(connection) as asked:
            steps.progress(actor, "en")
        costs.append(len(asked))
    assert costs == [2, 2]
