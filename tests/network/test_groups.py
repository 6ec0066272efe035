"""Groups: who comes in and how, who runs them, who may not even know of them."""

from __future__ import annotations

import re
import threading
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network import live
from network.activity.models import Activity
from network.content import Audience
from network.groups import actions as groups
from network.groups.models import Group
from network.permissions import can
from network.spaces import actions
from network.spaces.models import Invitation, JoinRequest, Mandate, Membership, Role, Space
from profiles.models import User
from realtime import streams
from tests.cast import Person, member, topic_in


def roles(group: Group) -> dict[str, str]:
    rows = group.memberships.select_related("user__page", "entity")
    return {(row.user.page if row.user_id else row.entity).handle: row.role for row in rows}


def as_(client: Client, who: Person) -> Client:
    client.force_login(who.user)
    return client


# --- Coming in ---------------------------------------------------------------------------------------------------------
def test_an_open_group_is_joined_by_whoever_sees_it(world: SimpleNamespace, client: Client) -> None:
    address = f"/groups/{world.open_group.pk}/membership/"
    assert client.post(address).headers["Location"].startswith("/")
    assert "dara" not in roles(world.open_group)
    assert as_(client, world.dara).get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 302  # joining twice is quiet
    assert roles(world.open_group) == {"carmen": "owner", "dara": "member"}
    assert Group.objects.get(pk=world.open_group.pk).members_count == 2
    assert not world.dara.actor.is_networked  # nobody approved it
    assert client.post(f"/groups/{world.group.pk}/membership/").status_code == 403  # that one answers requests


def test_an_institution_joins_through_who_speaks_for_it(world: SimpleNamespace, client: Client) -> None:
    address = f"/groups/{world.open_group.pk}/membership/"
    as_(client, world.basel).post(address, {"on_behalf_of": world.natcom_jo.pk})
    assert roles(world.open_group) == {"carmen": "owner", "natcom-jo": "member"}
    assert can(world.basel.actor, "topic.open", world.open_board)
    refused = client.post(address, {"on_behalf_of": world.natcom_tn.pk})
    assert refused.status_code == 403
    assert (
        "You no longer hold a mandate"
        in client.post(address, {"on_behalf_of": world.natcom_tn.pk}, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    )
    held = world.open_group.memberships.get(entity=world.natcom_jo)
    client.post(f"/groups/{world.open_group.pk}/members/{held.pk}/end/")  # and takes it out again
    assert roles(world.open_group) == {"carmen": "owner"}


def test_asking_twice_is_one_request_and_the_first_word_stands(world: SimpleNamespace, client: Client) -> None:
    address = f"/en/groups/{world.group.pk}/request/"
    as_(client, world.dara)
    assert client.get(address).status_code == 200
    assert [client.post(address, {"message": word}).status_code for word in ("أنا معلّمة", "again")] == [302, 302]
    assert list(JoinRequest.objects.values_list("user", "message")) == [(world.dara.user.pk, "أنا معلّمة")]
    assert Activity.objects.filter(verb="asked_to_join").count() == 1
    page = client.get(f"/en/groups/{world.group.pk}/").content.decode()
    assert "Request sent" in page
    assert "For its members" in page
    client.post(f"/groups/{world.group.pk}/request/end/")
    assert JoinRequest.objects.count() == 0


def test_a_request_that_is_too_long_comes_back(world: SimpleNamespace, client: Client) -> None:
    answer = as_(client, world.dara).post(f"/en/groups/{world.group.pk}/request/", {"message": "كلمة " * 101})
    assert answer.status_code == 422
    assert "كلمة كلمة" in answer.content.decode()
    assert JoinRequest.objects.count() == 0


def test_requests_are_answered_by_those_who_run_the_group(world: SimpleNamespace, client: Client) -> None:
    asked = groups.request(world.dara.actor, world.group, message="سلام")
    page, answer = f"/en/groups/{world.group.pk}/requests/", f"/groups/{world.group.pk}/requests/{asked.pk}/answer/"
    assert client.get(page).status_code == 302
    as_(client, world.ezz)
    assert [client.get(page).status_code, client.post(answer, {"answer": "approve"}).status_code] == [403, 403]
    as_(client, world.mona)
    assert "سلام" in client.get(page).content.decode()
    assert client.post(answer, {"answer": "approve", "message": "أهلا"}).status_code == 302
    assert roles(world.group)["dara"] == "member"
    assert world.dara.actor.is_networked  # somebody approved it
    assert client.post(answer, {"answer": "decline"}).status_code == 302  # answered meanwhile: quiet
    assert roles(world.group)["dara"] == "member"


def test_a_declined_request_is_gone_and_its_word_is_kept(world: SimpleNamespace, client: Client) -> None:
    asked = groups.request(world.dara.actor, world.group)
    as_(client, world.carmen).post(f"/groups/{world.group.pk}/requests/{asked.pk}/answer/", {"answer": "decline", "message": "ليس بعد"})
    assert "dara" not in roles(world.group)
    assert JoinRequest.objects.count() == 0
    assert Activity.objects.get(verb="declined").data == {"message": "ليس بعد", "request": asked.pk}


def test_an_institution_asks_and_comes_in(world: SimpleNamespace, client: Client) -> None:
    as_(client, world.amina).post(f"/en/groups/{world.group.pk}/request/", {"on_behalf_of": world.school.pk})
    asked = JoinRequest.objects.get()
    assert (asked.user_id, asked.entity_id) == (world.amina.user.pk, world.school.pk)
    as_(client, world.carmen).post(f"/groups/{world.group.pk}/requests/{asked.pk}/answer/", {"answer": "approve"})
    assert roles(world.group)["school-tn"] == "member"
    assert "amina" not in roles(world.group)
    assert can(world.amina.actor, "board.view", world.board)
    with pytest.raises(ValidationError):
        groups.request(world.amina.writing_for(world.school), world.group)


def test_an_institution_comes_in_only_while_who_asked_speaks_for_it(world: SimpleNamespace, client: Client) -> None:
    as_(client, world.amina).post(f"/en/groups/{world.group.pk}/request/", {"on_behalf_of": world.school.pk})
    asked, mandate = JoinRequest.objects.get(), Mandate.objects.get(user=world.amina.user)
    actions.end_mandate(world.carmen.actor, mandate)
    as_(client, world.carmen).post(f"/groups/{world.group.pk}/requests/{asked.pk}/answer/", {"answer": "approve"})
    assert "school-tn" not in roles(world.group)
    client.post(f"/groups/{world.group.pk}/requests/{asked.pk}/answer/", {"answer": "decline"})
    assert not JoinRequest.objects.exists()


# --- Invitations -------------------------------------------------------------------------------------------------------
def test_an_invitation_for_a_person(world: SimpleNamespace, client: Client) -> None:
    page = f"/en/groups/{world.hidden_group.pk}/invitations/"
    as_(client, world.carmen)
    assert client.post(page, {"who": "@ezz", "role": "member", "message": "تعال"}).status_code == 302
    assert client.post(page, {"who": "@rania", "role": "member"}).status_code == 422  # is in
    assert client.post(page, {"who": "@nobody-is-this", "role": "member", "message": "word"}).status_code == 422
    one = Invitation.objects.get()
    as_(client, world.ezz)
    mine = client.get("/en/invitations/").content.decode()
    assert "سرّي" in mine
    assert "تعال" in mine
    assert client.get(f"/en/groups/{world.hidden_group.pk}/").status_code == 404  # hidden until one is in
    assert client.post(f"/invitations/{one.pk}/acceptance/").headers["Location"].endswith(f"/groups/{world.hidden_group.pk}/")
    assert client.get(f"/en/groups/{world.hidden_group.pk}/").status_code == 200
    assert client.post(f"/invitations/{one.pk}/acceptance/").status_code == 404


def test_an_invitation_for_an_institution_is_answered_by_who_speaks_for_it(world: SimpleNamespace, client: Client) -> None:
    as_(client, world.carmen).post(f"/en/groups/{world.hidden_group.pk}/invitations/", {"who": "natcom-jo", "role": "moderator"})
    one = Invitation.objects.get()
    assert (one.entity_id, one.user_id, one.role) == (world.natcom_jo.pk, None, Role.MEMBER)
    assert as_(client, world.ezz).post(f"/invitations/{one.pk}/acceptance/").status_code == 404
    as_(client, world.basel)
    assert "اللجنة الوطنية الأردنية" in client.get("/en/invitations/").content.decode()
    client.post(f"/invitations/{one.pk}/acceptance/")
    assert roles(world.hidden_group)["natcom-jo"] == "member"
    assert can(world.basel.actor, "space.view", world.hidden_group)
    assert Activity.objects.get(verb="joined").on_behalf_of_id == world.natcom_jo.pk


def test_an_invitation_is_declined_or_taken_back(world: SimpleNamespace, client: Client) -> None:
    first = actions.invite(world.carmen.actor, world.group, user=world.dara.user)
    assert as_(client, world.ezz).post(f"/invitations/{first.pk}/end/").status_code == 404
    assert as_(client, world.dara).post(f"/invitations/{first.pk}/end/").status_code == 302
    second = actions.invite(world.carmen.actor, world.group, user=world.dara.user)
    as_(client, world.mona).post(f"/invitations/{second.pk}/end/")
    assert Invitation.objects.count() == 0
    with pytest.raises(ValidationError):  # opened the page before it was taken back
        actions.accept(world.dara.actor, second)
    assert "dara" not in roles(world.group)


def test_a_lapsed_officer_no_longer_answers_for_the_institution(world: SimpleNamespace) -> None:
    one = actions.invite(world.carmen.actor, world.group, entity=world.natcom_jo)
    held = world.basel.actor
    actions.end_mandate(world.sami.actor, Mandate.objects.get(user=world.basel.user))
    with pytest.raises(PermissionDenied):
        actions.accept(world.basel.actor, one)
    assert held.user_id == world.basel.user.pk
    assert "natcom-jo" not in roles(world.group)


def test_only_those_who_run_a_group_invite(world: SimpleNamespace, client: Client) -> None:
    page = f"/en/groups/{world.group.pk}/invitations/"
    statuses = {}
    for name in ("carmen", "mona", "ezz", "dara", "sami"):
        as_(client, world.cast[name])
        statuses[name] = (client.get(page).status_code, client.post(page, {"who": "@rania", "role": "member"}).status_code)
    assert statuses == {"carmen": (200, 302), "mona": (200, 302), "ezz": (403, 403), "dara": (403, 403), "sami": (200, 403)}


# --- Leaving and running -----------------------------------------------------------------------------------------------
def test_leaving_closes_the_door_behind(world: SimpleNamespace, client: Client) -> None:
    topic = topic_in(world, world.board)
    address = f"/groups/{world.group.pk}/membership/end/"
    assert as_(client, world.ezz).get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert "ezz" not in roles(world.group)
    assert not can(world.ezz.actor, "topic.view", topic)
    assert client.post(address).status_code == 403
    assert Group.objects.get(pk=world.group.pk).members_count == 3


def test_the_last_owner_is_told_what_to_do_first(world: SimpleNamespace, client: Client) -> None:
    answer = as_(client, world.carmen).post(f"/groups/{world.group.pk}/membership/end/", HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 422
    assert "The last owner cannot leave: hand the space over to somebody first." in answer.content.decode()
    own = world.group.memberships.get(user=world.carmen.user)
    assert client.post(f"/groups/{world.group.pk}/members/{own.pk}/role/", {"role": "member"}).status_code == 422
    assert roles(world.group)["carmen"] == "owner"
    member(world.suspended, world.group, Role.OWNER)  # an owner who cannot come is no owner left behind
    assert client.post(f"/groups/{world.group.pk}/membership/end/").status_code == 422


def test_handing_over(world: SimpleNamespace, client: Client) -> None:
    address = f"/groups/{world.group.pk}/owner/"
    assert as_(client, world.mona).post(address, {"to": world.ezz.page.pk}).status_code == 403
    as_(client, world.carmen)
    assert client.post(address, {"to": world.dara.page.pk}).status_code == 422  # no member
    assert client.post(address, {"to": world.ezz.page.pk}).status_code == 302
    assert roles(world.group) == {"carmen": "moderator", "mona": "moderator", "ezz": "owner", "basel": "member"}
    assert client.post(f"/groups/{world.group.pk}/membership/end/").status_code == 302


def test_roles_are_given_and_taken(world: SimpleNamespace, client: Client) -> None:
    def give(who: Person, whom: Person, role: str) -> int:
        row = world.group.memberships.get(user=whom.user)
        return as_(client, who).post(f"/groups/{world.group.pk}/members/{row.pk}/role/", {"role": role}).status_code

    assert give(world.ezz, world.basel, "moderator") == 403
    assert give(world.mona, world.basel, "moderator") == 302
    assert give(world.mona, world.basel, "owner") == 403
    assert give(world.mona, world.carmen, "member") == 403
    assert give(world.carmen, world.basel, "king") == 422
    assert give(world.carmen, world.basel, "owner") == 302
    assert roles(world.group) == {"carmen": "owner", "mona": "moderator", "ezz": "member", "basel": "owner"}


def test_removing(world: SimpleNamespace, client: Client) -> None:
    def end(who: Person, whom: Person) -> int:
        row = Membership.objects.filter(space=world.group, user=whom.user).first()
        return as_(client, who).post(f"/groups/{world.group.pk}/members/{row.pk if row else 0}/end/").status_code

    assert end(world.ezz, world.basel) == 403
    assert end(world.mona, world.carmen) == 403  # an owner is removed by an owner
    assert end(world.mona, world.basel) == 302
    assert end(world.mona, world.basel) == 404
    assert roles(world.group) == {"carmen": "owner", "mona": "moderator", "ezz": "member"}


@pytest.mark.django_db(transaction=True)
def test_of_two_last_owners_who_leave_at_once_one_stays(world: SimpleNamespace) -> None:
    member(world.ezz, world.open_group, Role.OWNER)
    rows = list(Membership.objects.filter(space=world.open_group, role=Role.OWNER).select_related("space", "user"))
    gate, answers = threading.Barrier(2), []

    def leave(row: Membership) -> None:
        try:
            actor = Person(user=User.objects.get(pk=row.user_id)).actor
            gate.wait(10)
            actions.remove(actor, row)
            answers.append("left")
        except ValidationError:
            answers.append("stays")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=leave, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["left", "stays"]
    assert Membership.objects.filter(space=world.open_group, role=Role.OWNER).count() == 1


# --- What a group says of itself ---------------------------------------------------------------------------------------
def choices(**fields: object) -> dict[str, object]:
    return {"name_ar": "مجموعة التراث", "join_rule": "request", "audience": "1", "listed": "True", **fields}


def test_opening_a_group_of_ones_own_and_for_an_institution(world: SimpleNamespace, client: Client) -> None:
    page = "/en/groups/new/"
    assert client.get(page).status_code == 302
    assert as_(client, world.dara).get(page).status_code == 403
    assert as_(client, world.ezz).get(page).status_code == 200
    client.post(page, choices())
    own = Group.objects.get(name_ar="مجموعة التراث")
    assert (own.owner_id, roles(own), own.audience, own.listed) == (None, {"ezz": "owner"}, Audience.NETWORK, True)
    as_(client, world.amina).post(page, choices(name_ar="مجموعة المدرسة", on_behalf_of=world.school.pk))
    owned = Group.objects.get(name_ar="مجموعة المدرسة")
    assert (owned.owner_id, owned.overseer_id) == (world.school.pk, world.natcom_tn.pk)
    assert roles(owned) == {"amina": "owner", "school-tn": "member"}
    assert client.post(page, choices(on_behalf_of=world.natcom_jo.pk)).status_code == 403


def test_a_refused_group_comes_back_filled(world: SimpleNamespace, client: Client) -> None:
    answer = as_(client, world.ezz).post("/en/groups/new/", choices(name_ar="", about_ar="كلام طويل"))
    assert answer.status_code == 422
    assert "كلام طويل" in answer.content.decode()
    assert client.post("/en/groups/new/", choices(audience="3")).status_code == 422


def test_hidden_makes_it_for_members(world: SimpleNamespace, client: Client) -> None:
    as_(client, world.ezz).post("/en/groups/new/", choices(audience="0", listed="False"))
    made = Group.objects.get(name_ar="مجموعة التراث")
    assert (made.listed, made.audience) == (False, Audience.MEMBERS)


def test_narrowing_narrows_what_is_in_it_and_who_hears_it(
    world: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    topic = topic_in(world, world.open_board)
    stream = streams.parse(f"topic.{topic.pk}/ar")
    assert streams.authorise(world.dara.actor, stream) is not None
    withdrawn: list[tuple[object, ...]] = []
    monkeypatch.setattr(live, "withdraw", lambda *who, **named: withdrawn.append((*who, *named.items())))
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_(client, world.carmen).post(f"/en/groups/{world.open_group.pk}/edit/", choices(audience="2"))
    assert answer.status_code == 302
    topic.refresh_from_db()
    assert topic.reach == Audience.MEMBERS
    assert (None, world.open_group.pk) in withdrawn  # every open page of it is asked at the door again,
    assert streams.authorise(world.dara.actor, stream) is None  # where this one is now turned away
    assert as_(client, world.dara).get(f"/en/groups/{world.open_group.pk}/").status_code == 200  # its card stays


def test_who_edits_a_group(world: SimpleNamespace, client: Client) -> None:
    address = f"/en/groups/{world.group.pk}/edit/"
    statuses = {}
    for name in ("carmen", "mona", "sami", "ezz", "dara", "haytham"):
        statuses[name] = as_(client, world.cast[name]).get(address).status_code
    assert statuses == {"carmen": 200, "mona": 200, "sami": 200, "ezz": 403, "dara": 403, "haytham": 403}
    assert as_(client, world.carmen).post(address, choices(name_ar="")).status_code == 422


# --- Who may know ------------------------------------------------------------------------------------------------------
def addresses(group: Space) -> list[tuple[str, str]]:
    """Every address of a group, with the way it is asked."""
    pages = [
        ("get", f"/en/groups/{group.pk}/{tail}")
        for tail in ("", "topics/", "about/", "members/", "edit/", "request/", "requests/", "invitations/")
    ]
    forms = [("post", f"/en/groups/{group.pk}/{tail}") for tail in ("edit/", "request/", "invitations/")]
    row = group.memberships.order_by("pk").first()
    plain = [
        "membership/",
        "membership/end/",
        "request/end/",
        "requests/1/answer/",
        "owner/",
        f"members/{row.pk}/role/",
        f"members/{row.pk}/end/",
    ]
    return [*pages, *forms, *(("post", f"/groups/{group.pk}/{tail}") for tail in plain), ("post", f"/spaces/{group.pk}/follow/")]


def _bare(answer: HttpResponse, number: int) -> str:
    """A page without what differs each time: its own address and the form's proof."""
    return re.sub(r'(csrfmiddlewaretoken" value|csrf-token" content)="[^"]*"', "", answer.content.decode()).replace(f"/{number}/", "/N/")


def test_every_address_of_a_hidden_group_is_not_there_for_others(world: SimpleNamespace, client: Client) -> None:
    for who in (world.dara, world.ezz, world.haytham):
        as_(client, who)
        answers = {(method, address): getattr(client, method)(address).status_code for method, address in addresses(world.hidden_group)}
        assert set(answers.values()) == {404}, answers
        hidden, nowhere = (_bare(client.get(f"/en/groups/{number}/"), number) for number in (world.hidden_group.pk, 999999))
        assert hidden == nowhere
    client.logout()
    for tail in ("", "topics/", "about/", "members/"):
        assert client.get(f"/en/groups/{world.hidden_group.pk}/{tail}").status_code == 404
    for who in (None, world.ezz):
        if who:
            as_(client, who)
        assert "سرّي" not in client.get("/en/groups/").content.decode()
    as_(client, world.rania)
    assert "سرّي" in client.get("/en/groups/").content.decode()
    assert [client.get(address).status_code for method, address in addresses(world.hidden_group) if method == "get"] == [
        200,
        200,
        200,
        200,
        403,
        302,
        403,
        403,
    ]


def test_a_listed_group_for_members_shows_its_card_and_lets_one_ask(world: SimpleNamespace, client: Client) -> None:
    topic_in(world, world.board, title="سؤال داخلي")
    for tail in ("", "topics/", "about/"):
        page = client.get(f"/en/groups/{world.group.pk}/{tail}")
        assert page.status_code == 200
        assert "سؤال داخلي" not in page.content.decode()
    assert client.get(f"/en/groups/{world.group.pk}/members/").status_code == 403
    assert "Ask to join" in as_(client, world.dara).get(f"/en/groups/{world.group.pk}/").content.decode()


def test_a_visitor_does_not_read_the_names_of_members_who_show_themselves_to_the_network(world: SimpleNamespace, client: Client) -> None:
    Space.objects.filter(user=world.mona.user).update(audience=Audience.PUBLIC)
    member(world.mona, world.open_group)
    page = client.get(f"/en/groups/{world.open_group.pk}/members/").content.decode()
    assert "منى" in page
    assert "كارمن" not in page
    assert "كارمن" in as_(client, world.basel).get(f"/en/groups/{world.open_group.pk}/members/").content.decode()


def test_the_list_knows_mine(world: SimpleNamespace, client: Client) -> None:
    as_(client, world.dara)
    assert "You are in no group yet" in client.get("/en/groups/?mine=1").content.decode()
    assert "No group is called so" in client.get("/en/groups/?q=qqqq").content.decode()
    as_(client, world.ezz)
    mine = client.get("/en/groups/?mine=1").content.decode().split("<main")[1]
    assert "مدارس" in mine
    assert "القراءة" not in mine


# --- What it costs -----------------------------------------------------------------------------------------------------
def count(client: Client, address: str) -> int:
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) <= 8, [query["sql"][:160] for query in queries]
    return len(queries)


def crowd(world: SimpleNamespace, number: int) -> None:
    for n in range(number):
        user = User.objects.create(email=f"crowd{n}@example.org")
        Space.objects.create(kind="person", user=user, handle=f"crowd{n}", name_ar=f"فلان {n}", audience=Audience.NETWORK)
        other = User.objects.create(email=f"other{n}@example.org")
        Space.objects.create(kind="person", user=other, handle=f"other{n}", name_ar=f"آخر {n}", audience=Audience.NETWORK)
        Membership.objects.create(space=world.group, user=user)
        JoinRequest.objects.create(space=world.group, user=other)
        Invitation.objects.create(space=world.group, user=other, by=world.carmen.user)
        made = Group.objects.create(kind="group", name_ar=f"مجموعة {n}", created_by=world.carmen.user, owner=world.natcom_tn)
        Invitation.objects.create(space=made, user=world.carmen.user, by=other)


@pytest.mark.parametrize(
    "address",
    [
        "groups/",
        "groups/{}/",
        "groups/{}/topics/",
        "groups/{}/about/",
        "groups/{}/members/",
        "groups/{}/requests/",
        "groups/{}/invitations/",
        "invitations/",
    ],
)
def test_a_page_costs_the_same_at_one_row_and_at_thirty(world: SimpleNamespace, client: Client, address: str) -> None:
    as_(client, world.carmen)
    crowd(world, 1)
    address = "/en/" + address.format(world.group.pk)
    before = count(client, address)
    User.objects.filter(email__startswith="crowd").delete()
    for n in range(30):
        user = User.objects.create(email=f"more{n}@example.org")
        Space.objects.create(kind="person", user=user, handle=f"more{n}", name_ar=f"علان {n}", audience=Audience.NETWORK)
        Membership.objects.create(space=world.group, user=user)
        other = User.objects.create(email=f"asks{n}@example.org")
        Space.objects.create(kind="person", user=other, handle=f"asks{n}", name_ar=f"سائل {n}", audience=Audience.NETWORK)
        JoinRequest.objects.create(space=world.group, user=other)
        Invitation.objects.create(space=world.group, user=other, by=user)
        made = Group.objects.create(kind="group", name_ar=f"عدد {n}", created_by=world.carmen.user, owner=world.natcom_tn)
        Invitation.objects.create(space=made, user=world.carmen.user, by=user)
    assert count(client, address) == before


@pytest.mark.parametrize(("language", "word"), [("ar", "مفتوح"), ("fr", "Ouvert"), ("en", "Open")])
def test_the_choices_of_a_group_are_in_the_readers_language(world: SimpleNamespace, client: Client, language: str, word: str) -> None:
    client.force_login(world.carmen.user)
    assert f'<b class="block">{word}' in client.get(f"/{language}/groups/new/").content.decode()
