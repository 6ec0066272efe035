"""The full life of a mandate: deputies, terms, midnight, reminders, what was done under it, and what is handed over at its end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from documents import actions as documents
from documents.models import Guide
from forums import actions as forums
from network.activity.jobs import handler_of
from network.activity.models import Activity
from network.entities import acts
from network.groups import actions as groups
from network.imports.models import Import
from network.permissions import can
from network.sites import actions as sites
from network.sites.places import find as find_site
from network.spaces import actions
from network.spaces.actors import Actor, forget
from network.spaces.handing import open_items, shown_items
from network.spaces.models import Country, HandOver, Invitation, JoinRequest, Mandate, Membership, Space
from network.ties import actions as ties
from notices.models import Notice
from notices.subscribers import notify
from tests.cast import mandate, topic_in

PAGE = "/en/institutions/natcom-tn/mandates/"
ZONES = ["Africa/Nouakchott", "Africa/Tunis", "Africa/Cairo", "Asia/Amman", "Asia/Muscat"]


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def carmens(w: SimpleNamespace) -> Mandate:
    return Mandate.objects.get(user=w.carmen.user)


def told(verb: str) -> dict[int, str]:
    """Who is told of the newest activity of this verb, and why."""
    activity = Activity.objects.filter(verb=verb).latest("pk")
    notify(activity)
    return dict(Notice.objects.filter(activity=activity).values_list("recipient", "reason"))


# --- Midnight ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "day", [date(2026, 1, 15), date(2026, 4, 23), date(2026, 4, 24), date(2026, 10, 29)]
)  # Cairo changes its clocks on the last three
def test_a_mandate_begins_and_lapses_by_itself_at_local_midnight(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, zone: str, day: date
) -> None:
    """Nobody calls anything: the last second of the last day still speaks, the first of the next does not, whatever the server's clock is set to."""
    Country.objects.filter(pk="TN").update(zone=zone)
    natcom = Space.objects.get(pk=world.natcom_tn.pk)
    actions.name_mandate(world.sami.actor, natcom, world.ezz.user, title="ليوم", from_day=day, until_day=day)
    first, after = Country(zone=zone).midnight(day), Country(zone=zone).midnight(day + timedelta(days=1))
    spoken = {}
    for name, moment in (
        ("before", first - timedelta(seconds=1)), ("first", first), ("last", after - timedelta(seconds=1)), ("after", after),
    ):  # fmt: skip
        at(monkeypatch, moment)
        spoken[name] = can(world.ezz.actor, "entity.speak", world.natcom_tn)  # the rights kept by the process end by themselves
    assert spoken == {"before": False, "first": True, "last": True, "after": False}


def test_the_day_of_summer_time_is_a_day(world: SimpleNamespace) -> None:
    """Cairo skips the first hour of 24 April 2026: that day has 23 hours, and begins when the clock says one."""
    cairo = Country(zone="Africa/Cairo")
    first, after = cairo.midnight(date(2026, 4, 24)), cairo.midnight(date(2026, 4, 25))
    assert (first, after - first) == (datetime(2026, 4, 23, 22, tzinfo=UTC), timedelta(hours=23))
    assert cairo.midnight(date(2026, 10, 30)) - cairo.midnight(date(2026, 10, 29)) == timedelta(hours=25)


def test_five_zones_have_five_midnights() -> None:
    moments = {zone: Country(zone=zone).midnight(date(2026, 7, 15)) for zone in ZONES}
    assert moments == {
        "Africa/Nouakchott": datetime(2026, 7, 15, 0, tzinfo=UTC),
        "Africa/Tunis": datetime(2026, 7, 14, 23, tzinfo=UTC),
        "Africa/Cairo": datetime(2026, 7, 14, 21, tzinfo=UTC),
        "Asia/Amman": datetime(2026, 7, 14, 21, tzinfo=UTC),
        "Asia/Muscat": datetime(2026, 7, 14, 20, tzinfo=UTC),
    }


# --- Deputies ------------------------------------------------------------------------------------------------------------
def deputy(w: SimpleNamespace, original: Mandate, **fields: object) -> Mandate:
    today = timezone.now().date()
    given = {"title": "نائب", "from_day": today, "until_day": today + timedelta(days=10), **fields}
    return actions.name_mandate(w.haytham.actor, w.natcom_tn, w.ezz.user, deputises=original, **given)


def test_a_deputy_has_what_the_other_has_for_a_period(world: SimpleNamespace) -> None:
    heads = Mandate.objects.get(user=world.haytham.user)
    made = deputy(world, heads)
    assert (made.deputises_id, made.is_head, made.scope, made.network) == (heads.pk, True, "country", "platform")
    assert can(world.ezz.actor, "mandate.name", world.natcom_tn)
    assert can(world.ezz.actor, "space.read", world.school)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"until_day": None}, "until_day"),
        ({"from_day": date(2019, 12, 31)}, "from_day"),
        ({"until_day": date(2031, 1, 1)}, "until_day"),
    ],
)
def test_a_deputy_stays_within_the_other_mandate(world: SimpleNamespace, fields: dict[str, object], field: str) -> None:
    original = mandate(world.rania, world.natcom_tn, until=date(2030, 12, 31))
    with pytest.raises(ValidationError) as refused:
        deputy(world, original, **fields)
    assert [*refused.value.message_dict] == [field]


def test_there_is_no_deputy_of_a_deputy_nor_of_oneself_nor_of_another_house(world: SimpleNamespace) -> None:
    made = deputy(world, carmens(world))
    today = timezone.now().date()
    for user, original in (
        (world.rania.user, made),
        (world.carmen.user, carmens(world)),
        (world.rania.user, Mandate.objects.get(user=world.amina.user)),
    ):
        with pytest.raises(ValidationError) as refused:
            actions.name_mandate(
                world.haytham.actor,
                world.natcom_tn,
                user,
                title="نائب",
                from_day=today,
                until_day=today + timedelta(days=1),
                deputises=original,
            )
        assert [*refused.value.message_dict] == ["deputises"]


def test_a_deputy_ends_with_the_other_and_never_outlasts_it(world: SimpleNamespace) -> None:
    original = carmens(world)
    today = original.local_day(timezone.now())
    made = deputy(world, original)
    later = actions.name_mandate(
        world.haytham.actor, world.natcom_tn, world.rania.user, title="نائب", from_day=today + timedelta(days=8),
        until_day=today + timedelta(days=20), deputises=original,
    )  # fmt: skip
    actions.extend_mandate(world.haytham.actor, original, until_day=today + timedelta(days=3))
    for row in (made, later, original):
        row.refresh_from_db()
    assert (made.until_day, made.ends_at) == (original.until_day, original.ends_at)
    assert later.never_began
    actions.end_mandate(world.haytham.actor, original)
    made.refresh_from_db()
    assert made.is_over
    assert made.ended_by_id == world.haytham.user.pk
    assert not can(world.ezz.actor, "entity.speak", world.natcom_tn)


def test_the_page_of_a_mandate_names_its_deputy(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.haytham.user)
    address = f"{PAGE}{carmens(world).pk}/deputy/"
    today = timezone.now().date()
    body = {"user": "@ezz", "title": "Stand-in", "from_day": today.isoformat(), "until_day": ""}
    assert client.post(address, body).status_code == 422
    assert client.post(address, body | {"until_day": (today + timedelta(days=5)).isoformat()}).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Stand-in" in page
    assert "stands in for" in page
    client.force_login(world.carmen.user)
    assert client.get(address).status_code == 403


# --- Terms -----------------------------------------------------------------------------------------------------------------
def test_a_mandate_is_extended_shortened_and_left_open(world: SimpleNamespace) -> None:
    row = carmens(world)
    today = row.local_day(timezone.now())
    for until in (today + timedelta(days=40), today, None):
        row = actions.extend_mandate(world.haytham.actor, row, until_day=until)
        assert row.until_day == until
        assert row.ends_at == (row.home.midnight(until + timedelta(days=1)) if until else None)
    for day, sentence in ((today - timedelta(days=1), "over"), (date(2019, 1, 1), "before the first")):
        with translation.override("en"), pytest.raises(ValidationError, match=sentence):
            actions.extend_mandate(world.haytham.actor, row, until_day=day)
    assert told("mandate_extended") == {world.carmen.user.pk: "mandate"}


def test_who_extends(world: SimpleNamespace, client: Client) -> None:
    heads = Mandate.objects.get(user=world.haytham.user)
    with pytest.raises(PermissionDenied):
        actions.extend_mandate(world.haytham.actor, heads, until_day=None)  # nobody prolongs their own headship
    with pytest.raises(PermissionDenied):
        actions.extend_mandate(world.carmen.actor, carmens(world), until_day=None)
    actions.extend_mandate(world.sami.actor, heads, until_day=date(2040, 1, 1))
    client.force_login(world.haytham.user)
    assert f"mandates/{heads.pk}/term/" not in client.get(f"{PAGE}{heads.pk}/").content.decode()


def test_a_mandate_that_is_over_is_renewed_as_another(world: SimpleNamespace, client: Client) -> None:
    old = mandate(world.ezz, world.natcom_tn, "Coordinator", until=date(2021, 1, 1))
    client.force_login(world.haytham.user)
    address = f"{PAGE}{old.pk}/term/"
    assert "Renew this mandate" in client.get(address).content.decode()
    assert client.post(address, {"from_day": timezone.now().date().isoformat(), "until_day": ""}).status_code == 302
    new = Mandate.objects.filter(user=world.ezz.user).latest("pk")
    assert (new.pk != old.pk, new.title, new.scope, new.is_current) == (True, "Coordinator", "country", True)
    old.refresh_from_db()
    assert old.until_day == date(2021, 1, 1)
    with pytest.raises(ValidationError):
        actions.extend_mandate(world.haytham.actor, old, until_day=None)


# --- Reminders -------------------------------------------------------------------------------------------------------------
def test_thirty_and_seven_days_before_it_lapses_each_once(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    row = mandate(world.rania, world.natcom_tn, from_day=date(2026, 1, 1), until=date(2026, 12, 31))
    assert row.ends_at is not None
    sent = []
    for days in (31, 30, 29, 8, 7, 6, 0.5, -1):
        at(monkeypatch, row.ends_at - timedelta(days=days))
        sent.append((days, [actions.remind_of_mandates() for _ in range(2)]))
    assert sent == [(31, [0, 0]), (30, [1, 0]), (29, [0, 0]), (8, [0, 0]), (7, [1, 0]), (6, [0, 0]), (0.5, [0, 0]), (-1, [0, 0])]


def test_a_clock_that_stood_still_reminds_once(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    row = mandate(world.rania, world.natcom_tn, from_day=date(2026, 1, 1), until=date(2026, 12, 31))
    assert row.ends_at is not None
    at(monkeypatch, row.ends_at - timedelta(days=2))
    handler_of("spaces.remind_of_mandates")()
    handler_of("spaces.remind_of_mandates")()
    assert list(Activity.objects.filter(verb="mandate_lapsing").values_list("data__days", flat=True)) == [7]


def test_a_short_mandate_is_not_announced_from_its_first_day(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    row = mandate(world.rania, world.natcom_tn, from_day=date(2026, 12, 1), until=date(2026, 12, 20))
    assert row.ends_at is not None
    at(monkeypatch, row.ends_at - timedelta(days=15))
    assert actions.remind_of_mandates() == 0
    at(monkeypatch, row.ends_at - timedelta(days=6))
    assert actions.remind_of_mandates() == 1


def test_the_holder_and_the_head_are_told_and_above_them_for_the_only_head(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = timezone.now().date() + timedelta(days=20)
    row = carmens(world)
    row.set_days(row.from_day, soon)
    row.save()
    actions.remind_of_mandates()
    assert told("mandate_lapsing") == {world.carmen.user.pk: "own_lapsing", world.haytham.user.pk: "mandate_lapsing"}
    heads = Mandate.objects.get(user=world.haytham.user)
    heads.set_days(heads.from_day, soon)
    heads.save()
    actions.remind_of_mandates()
    assert told("mandate_lapsing") == {world.haytham.user.pk: "own_lapsing", world.sami.user.pk: "mandate_lapsing"}
    schools = Mandate.objects.get(user=world.amina.user)
    schools.set_days(schools.from_day, soon)
    schools.save()
    actions.remind_of_mandates()
    assert told("mandate_lapsing") == {
        world.amina.user.pk: "own_lapsing", world.carmen.user.pk: "mandate_lapsing", world.haytham.user.pk: "mandate_lapsing",
    }  # fmt: skip


def test_who_was_extended_meanwhile_is_not_told_and_is_reminded_anew(world: SimpleNamespace) -> None:
    row = carmens(world)
    today = row.local_day(timezone.now())
    row.set_days(row.from_day, today + timedelta(days=20))
    row.save()
    actions.remind_of_mandates()
    actions.extend_mandate(world.haytham.actor, row, until_day=today + timedelta(days=25))
    assert told("mandate_lapsing") == {}
    assert actions.remind_of_mandates() == 1


# --- What was done under it ---------------------------------------------------------------------------------------------------
def test_every_act_under_a_mandate_and_none_beside_it(world: SimpleNamespace, client: Client) -> None:
    row = carmens(world)
    official = world.carmen.writing_for(world.natcom_tn)
    forums.open_topic(official, world.natcom_tn, body="<p>خبر رسمي</p>")
    topic_in(world, world.open_board, title="باسمي")  # in her own name
    forums.open_topic(world.haytham.writing_for(world.natcom_tn), world.natcom_tn, body="<p>غيره</p>")
    gone = forums.open_topic(official, world.natcom_tn, body="<p>أزيل</p>")
    forums.delete_topic(world.haytham.actor, gone)
    before = forums.open_topic(official, world.natcom_tn, body="<p>قبل التكليف</p>")
    Activity.objects.filter(target_id=before.pk, verb="posted").update(created_at=datetime(2019, 1, 1, tzinfo=UTC))
    lines = acts.lines(world.sami.actor, acts.of_mandate(world.sami.actor, row))
    translation.activate("en")
    assert [(str(line.words), line.title) for line in lines] == [("Wrote on a wall", ""), ("Wrote on a wall", "خبر رسمي")]
    assert lines[1].path.startswith("/topics/")
    heads = Mandate.objects.get(user=world.haytham.user)
    mandate_of = actions.name_mandate(world.haytham.actor, world.natcom_tn, world.ezz.user, title="x", from_day=date(2026, 1, 1))
    assert [str(line.words) for line in acts.lines(world.sami.actor, acts.of_mandate(world.sami.actor, heads, kind="affairs"))] == [
        "Named a representative"
    ]
    assert list(acts.of_mandate(world.sami.actor, mandate_of)) == []
    client.force_login(world.carmen.user)
    page = client.get(f"{PAGE}{row.pk}/").content.decode()
    assert "خبر رسمي" in page
    assert "باسمي" not in page
    assert client.get(f"{PAGE}{row.pk}/?kind=affairs").status_code == 200


def test_pages_and_guides_stand_there_by_their_titles_for_the_same_few_queries(world: SimpleNamespace) -> None:
    official = world.carmen.writing_for(world.natcom_tn)

    def write(word: str) -> None:
        sites.write(official, find_site("commissions/tn", official).site, None, publish=True, title_en=f"Page {word}", body_en="<p>x</p>")
        guide = documents.create(official, world.natcom_tn, meant_for="everyone", audience=0, title_en=f"Guide {word}", body_en="<p>x</p>")
        documents.publish(official, guide)

    def read() -> tuple[list[tuple[str, str]], int]:
        with CaptureQueriesContext(connection) as queries:
            lines = acts.lines(world.sami.actor, acts.of_mandate(world.sami.actor, carmens(world)))
            return [(str(line.words), line.title) for line in lines], len(queries)

    translation.activate("en")
    write("one")
    few, cost = read()
    assert {("Published a page of the site", "Page one"), ("Published a guide", "Guide one")} <= set(few)
    for word in ("two", "three", "four"):
        write(word)
    assert read()[1] <= cost


def test_what_is_done_on_the_pages_of_the_house_stands_among_the_acts(world: SimpleNamespace, client: Client) -> None:
    """Nobody chooses a name there: one acts in the office that gives the right, also on what one's institution oversees."""
    client.force_login(world.carmen.user)
    sent = [
        ("/en/commissions/tn/pages/new/", {"title_en": "Page", "body_en": "<p>x</p>", "publish": "1"}),
        ("/en/institutions/natcom-tn/confirmation/", {}),
        (
            "/en/institutions/school-tn/mandates/",
            {"user": "ezz", "title": "Coordinator", "network": "schools", "scope": "own", "from_day": "2026-01-01"},
        ),
        (
            "/en/guides/new/",
            {"meant_for": "everyone", "audience": "0", "space": str(world.natcom_tn.pk), "title_en": "Guide", "body_en": "x"},
        ),
    ]
    for path, fields in sent:
        assert client.post(path, fields).status_code == 302, path
    guide = Guide.objects.get()
    assert client.post(f"/guides/{guide.pk}/publication/").status_code == 302
    translation.activate("en")
    lines = acts.lines(world.sami.actor, acts.of_mandate(world.sami.actor, carmens(world)))
    assert [str(line.words) for line in lines] == [
        "Published a guide", "Began a guide", "Named a representative", "Confirmed the data of an institution",
        "Published a page of the site", "Wrote a page of the site",
    ]  # fmt: skip
    assert [line.place for line in lines][2] == world.school.name


def test_the_page_of_acts_leaks_nothing_of_hidden_places(world: SimpleNamespace, client: Client) -> None:
    """Basel wrote for his commission in Carmen's hidden group: a colleague who is not in it reads nothing of it."""
    actions.admit(world.hidden_group, entity=world.natcom_jo, approved_by=world.carmen.user)
    forums.open_topic(world.basel.writing_for(world.natcom_jo), world.hidden_board, title="سرّ لا يُرى", body="<p>سرّ</p>")
    row = Mandate.objects.get(user=world.basel.user)
    mandate(world.ezz, world.natcom_jo, "زميل")
    actions.rights_changed([world.ezz.user.pk])
    client.force_login(world.ezz.user)
    address = f"/en/institutions/natcom-jo/mandates/{row.pk}/"
    assert "سرّ لا يُرى" in client.get(address).content.decode()  # his institution is in the group, so he reads it
    Membership.objects.filter(space=world.hidden_group, entity=world.natcom_jo).delete()
    actions.rights_changed([world.ezz.user.pk])
    page = client.get(address).content.decode()
    assert "سرّ لا يُرى" not in page
    assert world.hidden_group.name_ar not in page


def test_who_sees_the_acts(world: SimpleNamespace, client: Client) -> None:
    row = carmens(world)
    answers = {}
    for name, who in world.cast.items():
        if who.user.is_active:
            client.force_login(who.user)
            answers[name] = client.get(f"{PAGE}{row.pk}/").status_code
    assert {name for name, status in answers.items() if status == 200} == {"carmen", "haytham", "sami"}
    actions.end_mandate(world.haytham.actor, row)
    client.force_login(world.carmen.user)
    assert client.get(f"{PAGE}{row.pk}/").status_code == 200  # one's own, also when it is over


def test_the_acts_cost_the_same_at_one_and_at_many(world: SimpleNamespace, client: Client) -> None:
    official = world.carmen.writing_for(world.natcom_tn)
    client.force_login(world.haytham.user)
    counts = []
    for more in (1, 12):
        for number in range(more):
            forums.open_topic(official, world.natcom_tn, body=f"<p>خبر {number}</p>")
        client.get(f"{PAGE}{carmens(world).pk}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{PAGE}{carmens(world).pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


# --- Handing over ----------------------------------------------------------------------------------------------------------------
def with_open_things(w: SimpleNamespace) -> Mandate:
    """Carmen owns a group of the commission that dara asks to join; the commission is invited elsewhere, and asked to join somewhere."""
    owned = groups.create(w.carmen.writing_for(w.natcom_tn), name_ar="مجموعة اللجنة", join_rule="request", audience=2)
    JoinRequest.objects.create(space=owned, user=w.dara.user)
    elsewhere = groups.create(w.basel.writing_for(w.natcom_jo), name_ar="مجموعة الأردن", join_rule="request", audience=2)
    Invitation.objects.create(space=elsewhere, entity=w.natcom_tn, by=w.basel.user)
    third = groups.create(w.basel.writing_for(w.natcom_jo), name_ar="مجموعة ثالثة", join_rule="request", audience=2)
    groups.request(w.carmen.writing_for(w.natcom_tn), third)
    return carmens(w)


def test_what_is_open_is_found_and_becomes_the_successors(world: SimpleNamespace, client: Client) -> None:
    row = with_open_things(world)
    mandate(world.ezz, world.natcom_tn, "الخلف")
    actions.rights_changed([world.ezz.user.pk])
    items = open_items(world.natcom_tn, world.carmen.user)
    assert sorted(item.key.partition(":")[0] for item in items) == ["group", "invitation", "join_request", "join_request"]
    client.force_login(world.haytham.user)
    ended = client.post(f"{PAGE}{row.pk}/end/")
    assert ended.headers["Location"] == f"{PAGE}{row.pk}/hand-over/"
    page = client.get(ended.headers["Location"]).content.decode()
    assert all(name in page for name in ("مجموعة اللجنة", "مجموعة الأردن", "مجموعة ثالثة"))
    answer = client.post(
        ended.headers["Location"], {"keys": [item.key for item in items], "to": world.ezz.user.pk, "note": "ابدأ بالطلب الأول"}
    )
    assert answer.status_code == 302
    made = HandOver.objects.get()
    assert (made.from_user_id, made.to_user_id, made.by_id, len(made.items)) == (
        world.carmen.user.pk, world.ezz.user.pk, world.haytham.user.pk, 4,
    )  # fmt: skip
    owned = Space.objects.get(name_ar="مجموعة اللجنة")
    assert dict(Membership.objects.filter(space=owned, user__isnull=False).values_list("user", "role")) == {
        world.carmen.user.pk: "member", world.ezz.user.pk: "owner",
    }  # fmt: skip
    assert JoinRequest.objects.get(entity=world.natcom_tn).user_id == world.ezz.user.pk
    assert told("handed_items") == {world.ezz.user.pk: "handed"}
    client.force_login(world.ezz.user)
    page = client.get(f"/en{made.path}").content.decode()
    assert "ابدأ بالطلب الأول" in page
    assert page.count("still open") == 3
    JoinRequest.objects.all().delete()
    assert client.get(f"/en{made.path}").content.decode().count("still open") == 1


def test_what_other_rooms_hold_open_is_handed_over_to_whom_may_read_it(world: SimpleNamespace) -> None:
    """A visitor's question, a tie that is proposed, a list that is not confirmed, a guide that is not published; and their secrets in no line."""
    w = world
    fields = {"name": "زائر سريّ", "email": "s@example.net", "text": "سؤال سريّ", "language": "ar"}
    question = sites.ask(Actor.nobody(), w.natcom_tn, client_id=uuid4(), **fields)
    tie = ties.propose(w.basel.writing_for(w.natcom_jo), w.natcom_tn, relation="partner", message="كلمة سريّة")
    batch = Import.objects.create(space=w.natcom_tn, author=w.carmen.user, file_name="سريّ.csv")
    guide = documents.create(
        w.carmen.writing_for(w.natcom_tn), w.natcom_tn, meant_for="everyone", audience=0, title_ar="سريّ", body_ar="<p>نص</p>"
    )
    items = open_items(w.natcom_tn, w.carmen.user)
    assert [item.key for item in items] == [f"import:{batch.pk}", f"question:{question.pk}", f"tie:{tie.pk}", f"guide:{guide.pk}"]
    assert not any("سري" in item.words for item in items)
    assert [item.key for item in open_items(w.natcom_tn, w.haytham.user)] == [f"question:{question.pk}", f"tie:{tie.pk}"]
    assert [item.key for item in shown_items(w.basel.actor, w.natcom_tn, w.carmen.user)] == [f"tie:{tie.pk}"]
    narrow = mandate(w.ezz, w.natcom_tn)
    Mandate.objects.filter(pk=narrow.pk).update(scope="own")  # keeps no register
    forget()
    assert f"import:{batch.pk}" not in [item.key for item in shown_items(w.ezz.actor, w.natcom_tn, w.carmen.user)]
    ties.answer(w.haytham.actor, tie, accept=False)
    sites.close(w.haytham.actor, question)
    documents.publish(w.haytham.actor, guide)
    Import.objects.filter(pk=batch.pk).update(confirmed_at=timezone.now(), state="done")
    assert open_items(w.natcom_tn, w.carmen.user) == []


def test_who_reads_a_hand_over(world: SimpleNamespace, client: Client) -> None:
    row = with_open_things(world)
    mandate(world.ezz, world.natcom_tn)
    actions.rights_changed([world.ezz.user.pk])
    keys = [item.key for item in open_items(world.natcom_tn, world.carmen.user)]
    made = actions.hand_over_items(world.haytham.actor, row, world.ezz.user, keys=keys)
    seen = set()
    for name, who in world.cast.items():
        if who.user.is_active:
            client.force_login(who.user)
            if client.get(f"/en{made.path}").status_code == 200:
                seen.add(name)
    assert seen == {"ezz", "haytham", "sami"}


def test_only_to_somebody_who_speaks_for_it_and_only_what_is_open(world: SimpleNamespace) -> None:
    row = with_open_things(world)
    keys = [item.key for item in open_items(world.natcom_tn, world.carmen.user)]
    for to, chosen, field in (
        (world.rania.user, keys, "to"), (world.carmen.user, keys, "to"), (world.haytham.user, ["group:0"], "keys"), (world.haytham.user, [], "keys"),
    ):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            actions.hand_over_items(world.haytham.actor, row, to, keys=chosen)
        assert [*refused.value.message_dict] == [field]
    with pytest.raises(PermissionDenied):
        actions.hand_over_items(world.carmen.actor, row, world.haytham.user, keys=keys)
    assert HandOver.objects.count() == 0


def test_who_stands_above_reads_nothing_of_hidden_places_the_school_is_asked_into(world: SimpleNamespace, client: Client) -> None:
    """A hidden group of Jordan invites a Tunisian school: the Tunisian commission learns nothing of it from what is open there."""
    secret = groups.create(world.basel.writing_for(world.natcom_jo), name_ar="سرّ الأردن", join_rule="invitation", audience=2, listed=False)
    Invitation.objects.create(space=secret, entity=world.school, by=world.basel.user)
    row = Mandate.objects.get(user=world.amina.user)
    mandate(world.ezz, world.school, "مدير", head=True)
    actions.rights_changed([world.ezz.user.pk])
    address = f"/en/institutions/school-tn/mandates/{row.pk}/hand-over/"
    client.force_login(world.haytham.user)
    assert "سرّ الأردن" not in client.get(address).content.decode()
    client.force_login(world.ezz.user)
    assert "سرّ الأردن" in client.get(address).content.decode()
    with pytest.raises(ValidationError):
        key = f"invitation:{Invitation.objects.get(space=secret).pk}"
        actions.hand_over_items(world.haytham.actor, row, world.ezz.user, keys=[key])


def test_another_mandate_keeps_the_person_in_office(world: SimpleNamespace, client: Client) -> None:
    row = with_open_things(world)
    mandate(world.carmen, world.natcom_tn, "منسقة المدارس")
    client.force_login(world.haytham.user)
    assert client.post(f"{PAGE}{row.pk}/end/").headers["Location"] == PAGE


# --- What the database promises ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fields", [{"scope": "moon"}, {"scope": "field"}])
def test_the_database_knows_the_scopes(world: SimpleNamespace, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(user=world.carmen.user).update(**fields)
