"""Ties between institutions: proposed, answered, ended; who sees them; the space of twins; who is alike; the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from forums import actions as forums
from network.activity.models import Activity
from network.content import Audience
from network.entities import actions as entities
from network.entities.facets import facets_of
from network.entities.models import Entity, Kind
from network.groups.models import Group
from network.permissions import can
from network.spaces import actions as spaces
from network.spaces.actors import Actor, forget
from network.spaces.models import Follow, Mandate, Membership, Space
from network.ties import actions
from network.ties.models import Relation, Tie
from network.ties.similar import similar
from notices import waiting
from notices.models import Notice
from notices.subscribers import notify
from realtime import feed
from tests.cast import mandate


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def proposed(w: SimpleNamespace, relation: str = "twin", message: str = "لنعمل معا") -> Tie:
    """The school in Tunis proposes to the Jordanian commission."""
    return actions.propose(w.amina.writing_for(w.school), w.natcom_jo, relation=relation, message=message)


def accepted(w: SimpleNamespace, relation: str = "twin") -> Tie:
    return actions.answer(w.basel.actor, proposed(w, relation), accept=True)


def told() -> None:
    for activity in Activity.objects.order_by("pk"):
        notify(activity)


def notices() -> list[tuple[str, str, str]]:
    rows = Notice.objects.order_by("pk").values_list("recipient__page__handle", "verb", "reason")
    return [(str(who), str(verb), str(why)) for who, verb, why in rows]


# --- Proposing and answering -------------------------------------------------------------------------------------------------
def test_a_tie_is_proposed_by_one_and_accepted_by_the_other(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.amina.user)
    answer = client.post("/en/institutions/natcom-jo/ties/new/", {"relation": "partner", "message": "Shall we?"})
    tie = Tie.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/en/ties/{tie.pk}/")
    assert (tie.kind, tie.state, tie.first_id, tie.second_id, tie.asked_id) == (
        "partner",
        "proposed",
        world.school.pk,
        world.natcom_jo.pk,
        world.natcom_jo.pk,
    )
    told()
    assert notices() == [("basel", "tie_proposed", "tie_request")]
    client.force_login(world.basel.user)
    inbox = client.get("/en/notices/").content.decode()
    assert f'action="/ties/{tie.pk}/answer/"' in inbox and "proposes a partnership to" in inbox
    client.post(f"/ties/{tie.pk}/answer/", {"answer": "accept", "message": "Yes"})
    tie.refresh_from_db()
    assert (tie.state, tie.answer, tie.answered_by_id, tie.group_id) == ("active", "Yes", world.basel.user.pk, None)
    assert waiting.of(world.basel.actor) == []
    for code in ("school-tn", "natcom-jo"):
        page = Client().get(f"/en/institutions/{code}/ties/").content.decode()
        assert re.findall(r'data-relation="(\w+)">Partner', page) == ["partner"]
    told()
    assert notices()[-1] == ("amina", "tie_accepted", "tie")


def test_a_directed_tie_reads_from_each_side(world: SimpleNamespace) -> None:
    tie = proposed(world, "has_member")
    assert (tie.first_id, tie.second_id, tie.kind, tie.asked_id) == (world.natcom_jo.pk, world.school.pk, "member", world.natcom_jo.pk)
    assert (tie.relation_of(world.school), tie.relation_of(world.natcom_jo)) == (Relation.HAS_MEMBER, Relation.MEMBER)
    supervised = actions.propose(world.carmen.writing_for(world.natcom_tn), world.natcom_jo, relation="supervised")
    assert (supervised.relation_of(world.natcom_tn), supervised.relation_of(world.natcom_jo)) == (
        Relation.SUPERVISED,
        Relation.SUPERVISES,
    )


def test_a_tie_is_never_doubled_from_either_side(world: SimpleNamespace) -> None:
    tie = proposed(world, "partner")
    with pytest.raises(ValidationError, match="waits for an answer"):
        actions.propose(world.basel.writing_for(world.natcom_jo), world.school, relation="partner")
    actions.answer(world.basel.actor, tie, accept=True)
    with pytest.raises(ValidationError, match="stands already"):
        proposed(world, "partner")
    values = {"kind": "partner", "space": world.natcom_jo, "asked": world.school, "proposed_by": world.basel.user}
    with pytest.raises(IntegrityError), transaction.atomic():
        Tie.objects.create(first=world.natcom_jo, second=world.school, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tie.objects.create(first=world.school, second=world.school, **{**values, "space": world.school, "asked": world.school})
    proposed(world, "twin")  # another kind
    assert Tie.objects.count() == 2
    # A membership has a direction: two networks may be members of each other, each once.
    proposed(world, "member")
    actions.propose(world.basel.writing_for(world.natcom_jo), world.school, relation="member")
    with pytest.raises(ValidationError, match="waits for an answer"):
        actions.propose(world.basel.writing_for(world.natcom_jo), world.school, relation="member")


def test_nobody_proposes_in_their_own_name_or_to_their_own_institution(world: SimpleNamespace) -> None:
    for actor, entity in (
        (world.amina.actor, world.natcom_jo),
        (world.amina.writing_for(world.school), world.school),
        (world.sami.actor, world.natcom_jo),
    ):
        with pytest.raises(PermissionDenied):
            actions.propose(actor, entity, relation="partner")
    assert Tie.objects.count() == 0


def test_only_the_institution_that_is_asked_answers(world: SimpleNamespace, client: Client) -> None:
    tie = proposed(world)
    for who in (world.amina, world.carmen, world.sami):
        with pytest.raises(PermissionDenied):
            actions.answer(who.actor, tie, accept=True)
    actions.answer(world.basel.actor, tie, accept=False, message="ليس الآن")
    actions.answer(world.basel.actor, tie, accept=False)  # twice is quiet
    with pytest.raises(PermissionDenied):
        actions.answer(world.basel.actor, tie, accept=True)
    tie.refresh_from_db()
    assert (tie.state, tie.answer, Group.objects.filter(name_ar__contains="توأمة").count()) == ("declined", "ليس الآن", 0)
    told()
    assert notices() == [("amina", "tie_declined", "tie")]
    proposed(world)  # a declined one stands in nobody's way


def test_a_lapsed_mandate_answers_nothing(world: SimpleNamespace) -> None:
    tie = proposed(world)
    Mandate.objects.filter(user=world.basel.user).update(ends_at=timezone.now() - timedelta(seconds=1))
    forget()
    with pytest.raises(PermissionDenied):
        actions.answer(world.basel.actor, tie, accept=True)


def test_a_proposal_is_taken_back_before_it_is_answered(world: SimpleNamespace, client: Client) -> None:
    tie = proposed(world)
    told()
    client.force_login(world.basel.user)
    assert client.post(f"/ties/{tie.pk}/withdrawal/").status_code == 403
    client.force_login(world.amina.user)
    assert client.post(f"/ties/{tie.pk}/withdrawal/").status_code == 302
    told()
    tie.refresh_from_db()
    assert (tie.state, waiting.of(world.basel.actor), Notice.objects.filter(unread=True).count()) == ("withdrawn", [], 0)
    with pytest.raises(PermissionDenied):
        actions.answer(world.basel.actor, tie, accept=True)


def test_a_tie_ends_with_a_day_and_stays_in_the_history_of_both(world: SimpleNamespace, client: Client) -> None:
    tie = accepted(world, "partner")
    client.force_login(world.basel.user)
    refused = client.post(f"/en/ties/{tie.pk}/end/", {"on": "2999-01-01", "reason": ""})
    assert (refused.status_code, "lies ahead" in refused.content.decode()) == (422, True)
    client.post(f"/en/ties/{tie.pk}/end/", {"on": timezone.localdate().isoformat(), "reason": "انتهى المشروع"})
    tie.refresh_from_db()
    assert (tie.state, tie.ended_on, tie.ended_by_id) == ("ended", timezone.localdate(), world.basel.user.pk)
    told()
    assert notices()[-1] == ("amina", "tie_ended", "tie")
    for code in ("school-tn", "natcom-jo"):
        public = Client().get(f"/ar/institutions/{code}/ties/").content.decode()
        assert (f'href="/ar/ties/{tie.pk}/"' in public, "انتهى المشروع" in public) == (True, False)
    assert "انتهى المشروع" in client.get("/ar/institutions/natcom-jo/ties/").content.decode()


def test_the_secretariat_ends_a_tie_and_both_are_told(world: SimpleNamespace) -> None:
    tie = accepted(world, "partner")
    with pytest.raises(PermissionDenied):
        actions.end(world.carmen.actor, tie)  # oversees the school, and speaks for neither
    actions.end(world.sami.actor, tie, reason="سبب")
    actions.end(world.sami.actor, tie, reason="آخر")
    told()
    assert sorted(notices()[-2:]) == [("amina", "tie_ended", "tie"), ("basel", "tie_ended", "tie")]


# --- Twins -----------------------------------------------------------------------------------------------------------------------
def test_an_accepted_twinning_opens_a_shared_space_once(world: SimpleNamespace) -> None:
    tie = accepted(world)
    group = Group.objects.get(pk=tie.group_id or 0)
    assert (group.owner_id, group.overseer_id, group.audience, group.join_rule, group.listed) == (
        world.school.pk,
        world.natcom_tn.pk,
        Audience.MEMBERS,
        "invitation",
        False,
    )
    assert group.name_ar == f"توأمة: {world.school.name_ar} – {world.natcom_jo.name_ar}"
    members = set(Membership.objects.filter(space=group).values_list("user__page__handle", "entity__handle", "role"))
    assert members == {("amina", None, "owner"), ("basel", None, "owner"), (None, "school-tn", "member"), (None, "natcom-jo", "member")}
    actions.answer(world.basel.actor, tie, accept=True)
    actions.end(world.amina.actor, tie)
    again = actions.answer(
        world.amina.actor, actions.propose(world.basel.writing_for(world.natcom_jo), world.school, relation="twin"), accept=True
    )
    assert (again.group_id, Group.objects.filter(owner=world.school).count()) == (group.pk, 1)


def test_whoever_proposed_and_left_does_not_run_the_shared_space(world: SimpleNamespace) -> None:
    tie = proposed(world)
    Mandate.objects.filter(user=world.amina.user).update(ends_at=timezone.now() - timedelta(seconds=1))
    mandate(world.ezz, world.school)
    forget()
    group = actions.answer(world.basel.actor, tie, accept=True).group
    owners = set(Membership.objects.filter(space=group, role="owner").values_list("user__page__handle", flat=True))
    assert owners == {"basel", "ezz"}


def test_very_long_names_still_make_a_name(world: SimpleNamespace) -> None:
    Space.objects.filter(pk=world.school.pk).update(name_ar="م" * 200, name_fr="E" * 200)
    Space.objects.filter(pk=world.natcom_jo.pk).update(name_ar="ل" * 200, name_fr="C" * 200)
    group = accepted(world).group
    assert group is not None and len(group.name_ar) <= 200 and len(group.name_fr) <= 200


# --- Who sees what --------------------------------------------------------------------------------------------------------------
def test_lists_and_doors_agree(world: SimpleNamespace) -> None:
    accepted(world, "partner")
    proposed(world)
    actions.propose(world.carmen.writing_for(world.natcom_tn), world.natcom_jo, relation="member")
    actions.answer(world.basel.actor, proposed(world, "supervised"), accept=False)
    entities.set_status(world.sami.actor, world.natcom_tn, "suspended", reason="سبب")
    actions.answer(world.basel.actor, proposed(world, "member"), accept=True)
    everything = list(Tie.objects.with_sides())
    for actor in (Actor.nobody(), *(who.actor for who in world.cast.values())):
        listed = set(Tie.objects.visible_to(actor).values_list("pk", flat=True))
        assert listed == {tie.pk for tie in everything if can(actor, "tie.view", tie)}
    assert set(Tie.objects.visible_to(Actor.nobody()).values_list("kind", flat=True)) == {"partner", "member"}


def test_what_is_only_proposed_leaks_nowhere(world: SimpleNamespace) -> None:
    tie = proposed(world, message="zqproposalqz")
    for who, sees in (
        (None, False),
        (world.ezz, False),
        (world.amina, True),
        (world.basel, True),
        (world.carmen, True),
        (world.sami, True),
    ):
        client = Client()
        if who is not None:
            client.force_login(who.user)
        assert (client.get(f"/en/ties/{tie.pk}/").status_code == 200) is sees
        pages = "".join(
            client.get(f"/en/institutions/{code}/{tab}").content.decode() for code in ("school-tn", "natcom-jo") for tab in ("", "ties/")
        )
        assert (f"/ties/{tie.pk}/" in pages) is sees


def test_a_suspended_institution_takes_its_ties_out_of_every_page(world: SimpleNamespace) -> None:
    tie = accepted(world)
    Space.objects.filter(pk=world.school.pk).update(name_en="zqschoolqz")
    seen = Client().get("/en/institutions/natcom-jo/ties/").content.decode()
    assert "zqschoolqz" in seen
    entities.set_status(world.sami.actor, Entity.objects.get(pk=world.school.pk), "suspended", reason="سبب")
    for who in (None, world.ezz):
        client = Client()
        if who is not None:
            client.force_login(who.user)
        for path in ("", "ties/"):
            page = client.get(f"/fr/institutions/natcom-jo/{path}").content.decode()
            assert "zqschoolqz" not in page and world.school.name_ar not in page
        assert client.get(f"/en/ties/{tie.pk}/").status_code == 404
    client = Client()
    client.force_login(world.basel.user)  # its twin knows the space they share, and of the institution no more than others
    assert client.get(f"/en/ties/{tie.pk}/").status_code == 404
    assert f"/ties/{tie.pk}/" not in client.get("/en/institutions/natcom-jo/ties/").content.decode()


# --- Alike ------------------------------------------------------------------------------------------------------------------------
def test_institutions_like_one_are_scored_and_explained(world: SimpleNamespace) -> None:
    level: dict[str, Any] = {"code": "level", "kind": "choice", "label": {"ar": "المستوى", "fr": "Niveau", "en": "Level"}}
    level["choices"] = [{"value": v, "label": {"ar": v, "fr": v, "en": v}} for v in ("primary", "middle")]
    Kind.objects.filter(pk=world.school.entity_kind_id).update(fields=[level, {**level, "code": "stage", "public": False}])

    club = Kind.objects.create(code="club", name_ar="ناد", fields=[level])

    def school(handle: str, **fields: Any) -> Entity:
        made = Entity(kind="entity", handle=handle, name_ar=handle, skeleton=handle, folded=handle)
        for name, value in ({"entity_kind": world.school.entity_kind} | fields).items():
            setattr(made, name, value)
        made.facets = facets_of(made, [])
        made.save()
        return made

    Entity.objects.filter(pk=world.school.pk).update(languages="العربية، Français", details={"level": "primary", "stage": "middle"})
    school("a-far", country=world.jo, languages="en", details={"level": "middle", "stage": "middle"})
    school("b-level", country=world.jo, languages="Arabic, en", details={"level": "primary"})
    school("c-near", country=world.tn, overseer=world.natcom_tn, languages="fr")
    school("d-hidden", country=world.tn, languages="ar", details={"level": "primary"}, listed=False, audience=Audience.MEMBERS)
    school("e-club", country=world.tn, languages="ar", details={"level": ["primary", "middle"]}, entity_kind=club)
    school("f-club", country=world.tn, languages="ar", details={"level": "middle"}, entity_kind=club)
    mine = Entity.objects.select_related("entity_kind", "country").get(pk=world.school.pk)
    found = [(like.entity.handle, [str(reason) for reason in like.reasons]) for like in similar(Actor.nobody(), mine)]
    assert found == [
        ("b-level", ["same kind", "same level", "a language in common"]),
        ("c-near", ["same kind", "a language in common", "same country"]),
        ("e-club", ["same level", "a language in common", "same country"]),
        ("a-far", ["same kind"]),
    ]
    amina = world.amina.actor
    with CaptureQueriesContext(connection) as queries:
        similar(amina, mine)
    assert len(queries) == 2


# --- The page -----------------------------------------------------------------------------------------------------------------------
def test_the_picture_says_what_the_table_says(world: SimpleNamespace) -> None:
    accepted(world, "partner")

    def shown(code: str) -> tuple[list[tuple[str, str]], list[str]]:
        page = Client().get(f"/en/institutions/{code}/ties/").content.decode()
        assert "<title id=" in page and "<desc id=" in page and "<caption" in page
        table = page.split('id="tie-table"')[1].split("</table>")[0]
        return re.findall(r'<a class="tie-node"[^>]* data-relation="(\w+)" href="([^"]+)"', page), re.findall(r'href="([^"]+)"', table)

    partner, overseer = "/en/institutions/natcom-jo/", "/en/institutions/natcom-tn/"
    assert shown("school-tn") == ([("partner", partner), ("overseer", overseer)], [partner, overseer])
    # A commission's picture has what it oversees: one by one, or a kind each where they are many.
    school = "/en/institutions/school-tn/"
    assert shown("natcom-tn") == ([("overseen", school)], [school])
    for n in range(12):
        fields = {"handle": f"school-{n}", "name_ar": f"م {n}", "skeleton": f"s{n}", "country": world.tn, "overseer": world.natcom_tn}
        Entity.objects.create(kind="entity", entity_kind=world.school.entity_kind, **fields)
    many = "/en/institutions/natcom-tn/network/?kind=associated-school"
    assert shown("natcom-tn") == ([("overseen", many)], [many])


def test_the_page_asks_as_much_for_many_ties_as_for_one(world: SimpleNamespace) -> None:
    def more(number: int) -> None:
        for _n in range(number):
            handle = f"more-{Entity.objects.count()}"
            other = Entity.objects.create(
                kind="entity", handle=handle, name_ar=handle, skeleton=handle, entity_kind=world.natcom_jo.entity_kind, country=world.jo
            )
            values = {"space": world.natcom_tn, "asked": other, "proposed_by": world.carmen.user}
            Tie.objects.create(
                first=world.natcom_tn, second=other, state="active", kind="twin", group=world.group, answered_at=timezone.now(), **values
            )
            Tie.objects.create(first=world.natcom_tn, second=other, state="proposed", kind="partner", **values)

    def cost() -> int:
        client = Client()
        client.force_login(world.carmen.user)
        client.get("/en/institutions/natcom-tn/ties/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/en/institutions/natcom-tn/ties/").status_code == 200
        return len([query for query in queries if "ties_tie" in query["sql"] or "entities_" in query["sql"]])  # not what a shell keeps

    more(1)
    cost()
    one = cost()
    more(30)
    assert cost() == one


# --- Following in an institution's name --------------------------------------------------------------------------------------------
def test_an_institution_follows_another_and_its_people_hear_it(world: SimpleNamespace, client: Client) -> None:
    said = {"on_behalf_of": str(world.natcom_tn.pk), "next": "/en/institutions/natcom-jo/ties/"}
    client.force_login(world.carmen.user)
    page = client.get("/en/institutions/natcom-jo/ties/").content.decode()
    assert f'action="/spaces/{world.natcom_jo.pk}/follow/"' in page and f'value="{world.natcom_tn.pk}"' in page
    for _twice in range(2):
        assert client.post(f"/spaces/{world.natcom_jo.pk}/follow/", said).status_code == 302
    row = Follow.objects.get()
    assert (row.user_id, row.entity_id, row.space_id) == (None, world.natcom_tn.pk, world.natcom_jo.pk)
    assert Activity.objects.filter(verb="followed", on_behalf_of=world.natcom_tn, actor=world.carmen.user).count() == 1
    for who, follower, followed in ((None, "natcom-tn", "Follows"), (world.dara, "natcom-jo", "Followed by")):
        reader = Client()
        if who is not None:
            reader.force_login(who.user)
        page = reader.get(f"/en/institutions/{follower}/ties/").content.decode()
        assert f">{followed}</span>" in page and "Stop following" not in page
    forums.open_topic(world.basel.writing_for(world.natcom_jo), world.natcom_jo, body="<p>خبر من الأردن</p>")
    heard = {name: bool(feed.page_of(who.actor, scope="following", kind="wall")[0]) for name, who in world.cast.items()}
    assert [name for name, hears in heard.items() if hears] == ["carmen", "haytham", "basel"], "basel speaks for it"
    client.force_login(world.haytham.user)  # another officer ends it
    assert "Stop following" in client.get("/en/institutions/natcom-tn/ties/").content.decode()
    assert client.post(f"/spaces/{world.natcom_jo.pk}/follow/end/", said).status_code == 302
    assert not Follow.objects.exists()
    assert feed.page_of(world.carmen.actor, scope="following", kind="wall")[0] == []


def test_only_who_speaks_for_an_institution_follows_in_its_name(world: SimpleNamespace, client: Client) -> None:
    for who in (world.basel, world.amina, world.sami, world.ezz, world.dara):
        client.force_login(who.user)
        answer = client.post(f"/spaces/{world.school.pk}/follow/", {"on_behalf_of": str(world.natcom_tn.pk)})
        assert answer.status_code == 403
    for place in (world.natcom_tn, world.group, world.basel.page):  # itself, a group, a person
        with pytest.raises(PermissionDenied):
            spaces.follow(world.carmen.writing_for(world.natcom_tn), place)
    Space.objects.filter(pk=world.natcom_jo.pk).update(listed=False, audience=Audience.MEMBERS)
    with pytest.raises(PermissionDenied):
        spaces.follow(world.sami.writing_for(world.secretariat), Space.objects.get(pk=world.natcom_jo.pk))
    assert not Follow.objects.exists()


def test_a_hidden_institution_follows_unseen(world: SimpleNamespace, client: Client) -> None:
    spaces.follow(world.amina.writing_for(world.school), world.natcom_jo)
    assert "مدرسة النخيل" in client.get("/en/institutions/natcom-jo/ties/").content.decode()
    entities.set_status(world.sami.actor, Entity.objects.get(pk=world.school.pk), "suspended", reason="سبب")
    assert "مدرسة النخيل" not in client.get("/en/institutions/natcom-jo/ties/").content.decode()


@pytest.mark.parametrize("n", [1, 9])
def test_many_followers_cost_as_one(n: int, world: SimpleNamespace, client: Client) -> None:
    kind = world.natcom_tn.entity_kind
    for number in range(n):
        follower = Entity.objects.create(
            kind="entity", handle=f"f{number}", name_ar=f"لجنة {number}", entity_kind=kind, skeleton=f"f{number}", country=world.jo
        )
        Follow.objects.create(entity=follower, space=world.natcom_tn)
    client.force_login(world.carmen.user)
    client.get("/en/institutions/natcom-tn/ties/")
    with CaptureQueriesContext(connection) as spent:
        assert client.get("/en/institutions/natcom-tn/ties/").content.decode().count(">Followed by<") == n
    assert len(spent) <= 24, len(spent)
