"""Who speaks for an institution: named and ended by whom, and from which instant to which."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forums import actions as forums
from network.activity.jobs import handler_of
from network.permissions import can
from network.spaces import actions
from network.spaces.models import Country, Mandate
from tests.cast import mandate, topic_in

PAGE = "/en/institutions/natcom-tn/mandates/"


def form(**fields: str) -> dict[str, str]:
    return {"user": "@ezz", "title": "Liaison officer", "network": "platform", "from_day": "2026-01-01", "until_day": "", **fields}


def test_the_head_names_and_the_named_speaks_at_once(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.haytham.user)
    assert client.get(PAGE).status_code == 200
    answer = client.post(PAGE, form())
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    made = Mandate.objects.get(user=world.ezz.user)
    assert (made.entity_id, made.title, made.is_head, made.named_by_id) == (
        world.natcom_tn.pk,
        "Liaison officer",
        False,
        world.haytham.user.pk,
    )
    assert [entity.pk for entity in world.ezz.actor.entities] == [world.natcom_tn.pk]


@pytest.mark.parametrize("words", ["@ezz", "ezz", "ezz@example.org", "EZZ@Example.org", "عز"])
def test_a_person_is_found_by_handle_mail_or_name(world: SimpleNamespace, client: Client, words: str) -> None:
    client.force_login(world.sami.user)
    client.post(PAGE, form(user=words))
    assert Mandate.objects.filter(user=world.ezz.user).exists()


def test_a_head_is_named_from_above_only(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.haytham.user)
    assert "is_head" not in client.get(PAGE).content.decode()
    client.post(PAGE, form(is_head="on"))
    assert not Mandate.objects.get(user=world.ezz.user).is_head
    with pytest.raises(PermissionDenied):
        actions.name_mandate(world.haytham.actor, world.natcom_tn, world.mona.user, title="Head", from_day=date(2026, 1, 1), is_head=True)
    client.force_login(world.sami.user)
    client.post(PAGE, form(user="mona", is_head="on"))
    assert Mandate.objects.get(user=world.mona.user).is_head
    client.force_login(world.carmen.user)  # speaks for the commission that oversees the school
    client.post("/en/institutions/school-tn/mandates/", form(is_head="on", title="Director"))
    assert Mandate.objects.get(user=world.ezz.user, entity=world.school).is_head


def test_who_may_and_who_may_not(world: SimpleNamespace, client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    answers = {}
    for name, person in world.cast.items():
        if person.user.is_active:
            client.force_login(person.user)
            answers[name] = (client.get(PAGE).status_code, client.post(PAGE, form(user="rania", title=name)).status_code)
    assert answers == {
        "carmen": (200, 403),  # works there, heads nothing
        "haytham": (200, 302),
        "basel": (403, 403),
        "amina": (403, 403),
        "sami": (200, 302),
        "mona": (403, 403),
        "ezz": (403, 403),
        "rania": (200, 403),  # just named
        "dara": (403, 403),
    }
    client.force_login(world.dara.user)
    assert "Only the secretariat, the institution" in client.get(PAGE).content.decode()
    assert client.get("/en/institutions/nowhere/mandates/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"user": "@nobody-here"}, "Nobody is found by"),
        ({"user": ""}, "This field is required"),
        ({"title": ""}, "This field is required"),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"until_day": "2025-12-31"}, "The last day must not come before the first."),
        ({"from_day": "tomorrow"}, "Enter a valid date"),
        ({"network": "moon"}, "not one of the available choices"),
        ({"user": "suspended"}, "Nobody is found by"),
    ],
)
def test_what_is_wrong_comes_back_with_what_was_written(
    world: SimpleNamespace, client: Client, fields: dict[str, str], sentence: str
) -> None:
    client.force_login(world.haytham.user)
    before = Mandate.objects.count()
    answer = client.post(PAGE, form(**{"title": "Kept word", **fields}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    if "title" not in fields:
        assert "Kept word" in page
    assert Mandate.objects.count() == before


def test_a_form_sent_twice_names_once(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.haytham.user)
    assert [client.post(PAGE, form()).status_code for _ in range(2)] == [302, 422]
    assert Mandate.objects.filter(user=world.ezz.user).count() == 1


def test_ending_asks_first_and_then_ends_now(world: SimpleNamespace, client: Client) -> None:
    carmens = Mandate.objects.get(user=world.carmen.user)
    address = f"{PAGE}{carmens.pk}/end/"
    client.force_login(world.carmen.user)
    assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]
    client.force_login(world.haytham.user)
    assert client.get(address).status_code == 200
    assert can(world.carmen.actor, "entity.speak", world.natcom_tn)
    assert client.post(address).headers["Location"] == PAGE
    carmens.refresh_from_db()
    assert carmens.is_over
    assert carmens.until_day == carmens.local_day(timezone.now())
    assert carmens.ended_by_id == world.haytham.user.pk
    assert not can(world.carmen.actor, "entity.speak", world.natcom_tn)
    assert client.post(address).status_code == 302  # ending twice is quiet
    assert Mandate.objects.get(pk=carmens.pk).ends_at == carmens.ends_at
    assert client.get(f"/en/institutions/natcom-jo/mandates/{carmens.pk}/end/").status_code == 404


@pytest.mark.parametrize("zone", ["Africa/Nouakchott", "Africa/Tunis", "Africa/Cairo", "Asia/Amman", "Asia/Muscat"])
@pytest.mark.parametrize("minutes", [-1, 1])
def test_a_mandate_ends_on_the_day_that_its_country_has(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, zone: str, minutes: int
) -> None:
    """A minute before local midnight it is still that day, a minute after it is the next, whatever the secretariat's clock says."""
    Country.objects.filter(pk="TN").update(zone=zone)
    moment = Country(zone=zone).midnight(date(2026, 7, 15)) + timedelta(minutes=minutes)
    carmens = Mandate.objects.get(user=world.carmen.user)
    actor = world.haytham.actor
    monkeypatch.setattr(timezone, "now", lambda: moment)
    ended = actions.end_mandate(actor, carmens)
    assert ended.until_day == date(2026, 7, 14 if minutes < 0 else 15)
    assert ended.ends_at == moment


@pytest.mark.parametrize("zone", ["Africa/Nouakchott", "Africa/Tunis", "Africa/Cairo", "Asia/Amman", "Asia/Muscat"])
def test_a_last_day_is_whole(world: SimpleNamespace, zone: str) -> None:
    Country.objects.filter(pk="TN").update(zone=zone)
    made = actions.name_mandate(
        world.sami.actor, world.natcom_tn, world.ezz.user, title="For a day", from_day=date(2026, 7, 15), until_day=date(2026, 7, 15)
    )
    first, after = Country(zone=zone).midnight(date(2026, 7, 15)), Country(zone=zone).midnight(date(2026, 7, 16))
    assert (made.starts_at, made.ends_at) == (first, after)
    held = [
        Mandate.objects.current(moment).filter(pk=made.pk).exists()
        for moment in (first - timedelta(seconds=1), first, after - timedelta(seconds=1), after)
    ]
    assert held == [False, True, True, False]


def test_a_coming_mandate_taken_back_never_begins(world: SimpleNamespace, client: Client) -> None:
    start = timezone.now().date() + timedelta(days=30)
    coming = mandate(world.ezz, world.natcom_tn, from_day=start)
    client.force_login(world.haytham.user)
    assert "Coming mandates" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}{coming.pk}/end/")
    coming.refresh_from_db()
    assert (coming.is_over, coming.never_began, coming.from_day, coming.until_day) == (True, True, start, start)
    assert not Mandate.objects.current(coming.starts_at).filter(pk=coming.pk).exists()
    page = client.get(PAGE).content.decode()
    assert "taken back before it began" in page
    assert "Coming mandates" not in page


def test_a_former_officer_leaves_its_posts_and_its_groups_behind(world: SimpleNamespace) -> None:
    actions.admit(world.hidden_group, entity=world.natcom_jo, approved_by=world.carmen.user)
    actor = world.basel.actor
    assert can(actor, "space.view", world.hidden_group)
    topic = topic_in(world, world.open_board)
    actions.admit(world.open_group, entity=world.natcom_jo, approved_by=world.carmen.user)
    post = forums.reply(world.basel.writing_for(world.natcom_jo), topic, body="<p>باسم اللجنة</p>")
    post = type(post).objects.with_topic().get(pk=post.pk)
    assert can(world.basel.actor, "post.edit", post)
    actions.end_mandate(world.sami.actor, Mandate.objects.get(user=world.basel.user))
    assert not can(world.basel.actor, "post.edit", post)
    assert not can(world.basel.actor, "space.view", world.hidden_group)
    assert world.basel.actor.entities == []
    with pytest.raises(PermissionDenied):
        world.basel.writing_for(world.natcom_jo)
    mandate(world.dara, world.natcom_jo)
    actions.rights_changed([world.dara.user.pk])
    assert can(world.dara.actor, "post.edit", post)


def test_the_clock_tells_whose_mandate_has_turned(world: SimpleNamespace, django_capture_on_commit_callbacks: object) -> None:
    now = timezone.now()
    Mandate.objects.filter(user=world.carmen.user).update(ends_at=now - timedelta(minutes=1))
    before = {name: person.user.rights for name, person in world.cast.items()}
    handler_of("spaces.mandates_turn")()
    for person in world.cast.values():
        person.user.refresh_from_db()
    assert {name for name, person in world.cast.items() if person.user.rights != before[name]} == {"carmen"}


def test_days_must_be_in_order_and_people_active(world: SimpleNamespace) -> None:
    with pytest.raises(ValidationError):
        actions.name_mandate(
            world.sami.actor, world.natcom_tn, world.ezz.user, title="x", from_day=date(2026, 2, 1), until_day=date(2026, 1, 1)
        )
    with pytest.raises(ValidationError):
        actions.name_mandate(world.sami.actor, world.natcom_tn, world.suspended.user, title="x", from_day=date(2026, 2, 1))


def test_both_calendars_are_shown(world: SimpleNamespace, client: Client) -> None:
    mandate(world.ezz, world.natcom_tn, from_day=date(2026, 1, 1), until=date(2030, 1, 1))
    client.force_login(world.haytham.user)
    page = client.get(PAGE).content.decode()
    assert "1 January 2026" in page
    assert "12 Rajab 1447 AH" in page
    assert "Africa/Tunis" in page


def test_the_list_costs_the_same_at_one_and_at_thirty(world: SimpleNamespace, client: Client) -> None:

    client.force_login(world.haytham.user)
    counts = []
    for more in (0, 28):
        for number in range(more):
            mandate(world.ezz, world.natcom_tn, f"Title {number}", from_day=date(2020, 1, 1), until=date(2021, 1, number + 1))
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8, [query["sql"][:120] for query in queries]


def test_moments_are_utc() -> None:
    assert Country(zone="Africa/Cairo").midnight(date(2026, 4, 24)) == datetime(2026, 4, 23, 22, tzinfo=UTC)
