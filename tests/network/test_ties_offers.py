"""The board of offers and requests of partnership."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moderation import actions as moderation
from moderation.models import Report
from network.content import Audience
from network.entities import actions as entities
from network.entities.models import Entity
from network.permissions import can
from network.spaces import actions as spaces
from network.spaces.actors import Actor
from network.ties import actions
from network.ties.models import Offer, Tie
from realtime import feed


def offered(w: SimpleNamespace, title: str = "Pens and ink", **fields: object) -> Offer:
    """By the Tunisian school."""
    values = {"kind": "offer", "field": "arabic", "body": "<p>We teach calligraphy.</p>", "audience": Audience.PUBLIC} | fields
    return actions.offer(w.amina.writing_for(w.school), title=title, **values)  # type: ignore[arg-type]


def titles(query: str = "", who: object = None) -> list[str]:
    client = Client()
    if who is not None:
        client.force_login(who.user)  # type: ignore[attr-defined]
    page = client.get(f"/en/partnerships/{query}").content.decode()
    return re.findall(r'<h3><a href="/en/partnerships/\d+/"><bdi>([^<]+)<', page)


FORM = {"kind": "request", "title": "A twin by the sea", "body": "Letters between classes.", "field": "culture", "audience": "0"}


def test_an_institution_puts_a_request_on_the_board(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.amina.user)
    refused = client.post("/en/partnerships/new/", {**FORM, "title": "", "until": "2001-01-01"})
    assert refused.status_code == 422
    assert "This day has passed already." in refused.content.decode() and "Letters between classes." in refused.content.decode()
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    made = client.post("/en/partnerships/new/", {**FORM, "until": day, "languages": ["ar", "fr"], "countries": ["JO"]})
    offer = Offer.objects.get()
    assert made["Location"] == f"/en/partnerships/{offer.pk}/"
    assert (offer.space_id, offer.on_behalf_of_id, offer.author_id) == (world.school.pk, world.school.pk, world.amina.user.pk)
    assert (offer.languages, [c.code for c in offer.countries.all()], offer.html) == (
        " ar fr ",
        ["JO"],
        '<p dir="auto">Letters between classes.</p>',
    )
    page = Client().get(f"/en/partnerships/{offer.pk}/").content.decode()
    assert "Letters between classes." in page and "Arabic, French" in page


def test_who_speaks_for_no_institution_offers_nothing(world: SimpleNamespace, client: Client) -> None:
    for who in (world.ezz, world.dara):
        client.force_login(who.user)
        assert client.get("/en/partnerships/new/").status_code == 403
        assert client.post("/en/partnerships/new/", FORM).status_code == 403
    with pytest.raises(ValidationError):
        actions.offer(world.amina.actor, title="x", body="<p>x</p>")
    assert Offer.objects.count() == 0


def test_the_board_is_searched_and_narrowed(world: SimpleNamespace) -> None:
    offered(world, "Anywhere", languages=["ar"])
    offered(world, "Jordan only", kind="request", field="science", languages=["fr", "en"], countries=[world.jo])
    assert titles() == ["Jordan only", "Anywhere"]
    assert (titles("?kind=offer"), titles("?field=science"), titles("?language=fr")) == (["Anywhere"], ["Jordan only"], ["Jordan only"])
    assert (titles("?country=JO"), titles("?country=TN")) == (["Jordan only", "Anywhere"], ["Anywhere"])
    assert (titles("?q=calligraphy+jordan"), titles("?q=النخيل"), titles("?q=zz")) == (["Jordan only"], ["Jordan only", "Anywhere"], [])
    assert titles("?kind=nonsense&language=xx&field=0") == ["Jordan only", "Anywhere"]


def test_an_offer_for_the_network_is_not_there_for_visitors(world: SimpleNamespace) -> None:
    offer = offered(world, "zqofferqz", audience=Audience.NETWORK)
    offered(world, "open")
    for who, sees in ((None, False), (world.dara, False), (world.ezz, True), (world.basel, True)):
        client = Client()
        if who is not None:
            client.force_login(who.user)
        assert (titles("", who) == ["open", "zqofferqz"]) is sees
        assert (client.get(f"/en/partnerships/{offer.pk}/").status_code == 200) is sees
        everywhere = "".join(
            client.get(path).content.decode() for path in ("/en/institutions/school-tn/", "/en/institutions/school-tn/ties/", "/en/")
        )
        assert ("zqofferqz" in everywhere) is sees
    with pytest.raises(ValidationError):
        offered(world, audience=Audience.MEMBERS)


def test_lists_and_doors_agree_and_a_suspended_institution_offers_nothing(world: SimpleNamespace) -> None:
    actors = [Actor.nobody(), *(who.actor for who in world.cast.values())]
    offered(world)
    offered(world, audience=Audience.NETWORK)
    actions.remove(world.carmen.actor, offered(world))
    for _state in (1, 2):
        for actor in actors:
            rows = Offer.objects.select_related("space")
            assert {row.pk for row in rows if can(actor, "offer.view", row)} == set(
                Offer.objects.visible_to(actor).values_list("pk", flat=True)
            )
        entities.set_status(world.sami.actor, world.school, "suspended", reason="سبب")
    assert (titles(), titles("", world.ezz), Offer.objects.visible_to(Actor.nobody()).count()) == ([], [], 0)
    with pytest.raises(PermissionDenied):
        offered(world)
    entities.set_status(world.sami.actor, world.school, "active", reason="سبب")
    assert titles() == ["Pens and ink"]


def test_it_closes_by_its_day_and_by_hand(world: SimpleNamespace, client: Client) -> None:
    offer = offered(world, until=timezone.localdate())
    assert titles() == ["Pens and ink"]
    Offer.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert (titles(), titles("?mine=1", world.amina), titles("?mine=1", world.ezz)) == ([], ["Pens and ink"], [])
    Offer.objects.update(until=None)
    for who, status in ((world.basel, 403), (world.carmen, 302), (world.carmen, 302)):
        client.force_login(who.user)
        assert client.post(f"/partnerships/{offer.pk}/closure/").status_code == status
    offer.refresh_from_db()
    assert (titles(), offer.closed_by_id) == ([], world.carmen.user.pk)
    with pytest.raises(PermissionDenied):
        actions.edit(world.amina.actor, offer, title="x", body="<p>x</p>")


def test_whoever_speaks_for_the_institution_now_edits_it(world: SimpleNamespace, client: Client) -> None:
    offer = offered(world)
    client.force_login(world.basel.user)
    assert client.get(f"/en/partnerships/{offer.pk}/edit/").status_code == 403
    client.force_login(world.amina.user)
    assert 'value="Pens and ink"' in client.get(f"/en/partnerships/{offer.pk}/edit/").content.decode()
    client.post(f"/en/partnerships/{offer.pk}/edit/", {**FORM, "body": "<p>بعد</p>", "body_format": "html"})
    offer.refresh_from_db()
    assert (offer.title, offer.kind, offer.html) == ("A twin by the sea", "request", '<p dir="auto">بعد</p>')


def test_what_is_taken_down_is_gone_for_others(world: SimpleNamespace, client: Client) -> None:
    offer = offered(world)
    client.force_login(world.basel.user)
    assert client.post(f"/partnerships/{offer.pk}/removal/").status_code == 403
    client.force_login(world.sami.user)
    assert client.post(f"/partnerships/{offer.pk}/removal/").status_code == 302
    seen = {}
    for name in ("basel", "ezz", "amina", "carmen", "sami"):
        client.force_login(getattr(world, name).user)
        seen[name] = client.get(f"/en/partnerships/{offer.pk}/").status_code
    assert (seen, titles()) == ({"basel": 404, "ezz": 404, "amina": 200, "carmen": 200, "sami": 200}, [])


def test_an_offer_is_answered_with_a_tie(world: SimpleNamespace, client: Client) -> None:
    offer = offered(world)
    client.force_login(world.basel.user)
    page = client.get(f"/en/partnerships/{offer.pk}/").content.decode()
    assert f"/en/institutions/school-tn/ties/new/?offer={offer.pk}" in page and f'action="/conversations/with/{world.school.pk}/"' in page
    client.post(f"/en/institutions/school-tn/ties/new/?offer={offer.pk}", {"relation": "partner", "message": ""})
    tie = Tie.objects.get()
    assert (tie.offer_id, tie.asked_id) == (offer.pk, world.school.pk)
    client.post(f"/en/institutions/natcom-tn/ties/new/?offer={offer.pk}", {"relation": "partner"})  # somebody else's
    assert Tie.objects.order_by("pk").last().offer_id is None  # type: ignore[union-attr]


def test_the_board_asks_as_much_for_many_as_for_one(world: SimpleNamespace, client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/partnerships/")
        return len([query for query in queries if "ties_offer" in query["sql"]])

    client.force_login(world.basel.user)
    offered(world, countries=[world.jo])
    cost()
    one = cost()
    for n in range(15):
        offered(world, f"n{n}", countries=[world.jo, world.tn])
    assert cost() == one


# --- In the feed, and before the moderators ------------------------------------------------------------------------------------------
def test_what_is_offered_is_news_as_far_as_it_is_seen(world: SimpleNamespace) -> None:
    everyone, network = offered(world, "Pens"), offered(world, "Ink", audience=Audience.NETWORK)

    def news(who: Actor) -> str:
        return "".join(item.html for item in feed.page_of(who, scope="network", kind="places")[0])

    assert [("Pens" in news(who), "Ink" in news(who)) for who in (Actor.nobody(), world.dara.actor, world.ezz.actor)] == [
        (True, False),
        (True, False),
        (True, True),
    ]
    actions.edit(world.amina.actor, everyone, title="Pencils", body="<p>x</p>", kind="offer", field="arabic", audience=Audience.PUBLIC)
    assert "Pencils" in news(Actor.nobody()) and "Pens" not in news(Actor.nobody())
    actions.remove(world.carmen.actor, network)
    assert "Ink" not in news(world.ezz.actor) and "Ink" not in news(world.carmen.actor)


def test_an_accepted_tie_is_news_and_its_letters_are_not(world: SimpleNamespace) -> None:
    tie = actions.propose(world.amina.writing_for(world.school), world.natcom_jo, relation="partner", message="zqletter")

    def news(who: Actor, scope: str = "network") -> str:
        return "".join(item.html for item in feed.page_of(who, scope=scope, kind="")[0])

    assert tie.path not in news(world.amina.actor)
    actions.answer(world.basel.actor, tie, accept=True, message="zqanswer")
    spaces.follow(world.ezz.actor, world.school)
    for who in (Actor.nobody(), world.dara.actor, world.ezz.actor):
        assert tie.path in news(who) and "zq" not in news(who)
    assert tie.path in news(world.ezz.actor, "following")
    entities.set_status(world.sami.actor, Entity.objects.get(pk=world.school.pk), "suspended", reason="سبب")
    assert tie.path not in news(Actor.nobody()) and tie.path not in news(world.ezz.actor)


def test_a_declined_tie_is_no_news(world: SimpleNamespace) -> None:
    tie = actions.propose(world.amina.writing_for(world.school), world.natcom_jo, relation="partner")
    actions.answer(world.basel.actor, tie, accept=False)
    assert feed.page_of(world.sami.actor, scope="network", kind="")[0] == []


def test_a_reported_offer_is_taken_down_or_left_by_moderators(world: SimpleNamespace, client: Client) -> None:
    bad = offered(world, "Pens for money")
    address = f"/en/partnerships/{bad.pk}/report/"
    assert client.get(address).status_code == 302  # to sign in
    client.force_login(world.amina.user)
    assert client.get(address).status_code == 403  # her own
    assert address not in client.get(bad.get_absolute_url()).content.decode()
    client.force_login(world.dara.user)
    assert "/report/" in client.get(f"/en/partnerships/{bad.pk}/").content.decode()
    assert client.post(address, {"reason": " "}).status_code == 422
    for _twice in range(2):
        assert client.post(address, {"reason": "بيع"})["Location"] == f"/en/partnerships/{bad.pk}/"
    report = Report.objects.get()
    assert client.get("/en/reports/").status_code == 404
    client.force_login(world.sami.user)
    page = client.get("/en/reports/").content.decode()
    assert "Pens for money" in page and "بيع" in page
    assert client.post(f"/reports/{report.pk}/answer/", {"outcome": "left"}).status_code == 302
    bad.refresh_from_db()
    report.refresh_from_db()
    assert (bad.deleted_at, report.outcome, moderation.report_offer(world.dara.actor, bad, reason="مرة أخرى").settled_at) == (
        None,
        "left",
        None,
    )
    client.post(f"/reports/{report.pk}/answer/", {"outcome": "removed"})
    report.refresh_from_db()
    assert (report.outcome, titles(), client.get("/en/reports/").status_code) == ("removed", [], 200)
    client.force_login(world.dara.user)
    assert client.get(address).status_code == 404
