"""Ties between the institutions of the demo world, and what stands on the board of offers and requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

from network.content import Audience
from network.demo.circles import speakers
from network.demo.reading import Row, read
from network.demo.story import Happening, place
from network.spaces import actions as spaces
from network.spaces.actors import Actor
from network.spaces.models import Country, Follow, Membership, Space
from network.ties import actions
from network.ties.models import Offer, Relation, Tie

# Days ago, who, whom.
FOLLOWS = ((14.5, "natcom-tn", "natcom-jo"), (9.5, "natcom-jo", "natcom-tn"), (6.5, "school-tn-nakhil", "natcom-tn"))


def ties() -> Iterator[Happening]:
    """Proposed, answered, ended: what is missing of it."""
    known = set(Tie.objects.values_list("space__handle", "asked__handle"))
    for row in read("ties")["ties"]:
        if (row["from"], row["to"]) in known or not {row["from"], row["to"]} <= speakers().keys():
            continue
        yield Happening(row["days"], speakers()[row["from"]], partial(_propose, row))
        if "answered" in row:
            yield Happening(row["answered"], speakers()[row["to"]], partial(_answer, row))
        if "ended" in row:
            yield Happening(row["ended"], speakers()[row["from"]], partial(_end, row))


def follows() -> Iterator[Happening]:
    """In an institution's name: what it publishes stands in the feed of those who speak for it."""
    known = set(Follow.objects.filter(user=None).values_list("entity__handle", "space__handle"))
    for days, follower, followed in FOLLOWS:
        if (follower, followed) not in known:
            yield Happening(days, speakers()[follower], partial(_follow, follower, followed))


def offers() -> Iterator[Happening]:
    known = set(Offer.objects.values_list("space__handle", "title"))
    for row in read("ties")["offers"]:
        if (row["by"], row["title"]) not in known and row["by"] in speakers():
            yield Happening(row["days"], speakers()[row["by"]], partial(_offer, row))


def _follow(follower: str, followed: str, actor: Actor, when: datetime) -> None:
    made = spaces.follow(actor.speaking_for(place(follower).pk), place(followed))
    Follow.objects.filter(pk=made.pk).update(since=when)


def _propose(row: Row, actor: Actor, when: datetime) -> None:
    tie = actions.propose(
        actor.speaking_for(place(row["from"]).pk), place(row["to"]), relation=row["relation"], message=row.get("message", "")
    )
    Tie.objects.filter(pk=tie.pk).update(proposed_at=when)


def _answer(row: Row, actor: Actor, when: datetime) -> None:
    tie = actions.answer(actor, _tie(row), accept=row.get("accepted", True), message=row.get("answer", ""))
    Tie.objects.filter(pk=tie.pk).update(answered_at=when)
    if tie.group_id:
        Space.objects.filter(pk=tie.group_id).update(created_at=when)
        Membership.objects.filter(space=tie.group_id).update(since=when)


def _end(row: Row, actor: Actor, when: datetime) -> None:
    actions.end(actor, _tie(row), reason=row.get("reason", ""), on=when.date())


def _offer(row: Row, actor: Actor, when: datetime) -> None:
    made = actions.offer(
        actor.speaking_for(place(row["by"]).pk),
        title=row["title"],
        body="".join(f"<p>{part}</p>" for part in row["text"]),
        kind=row["kind"],
        field=row["field"],
        languages=row["languages"],
        countries=Country.objects.filter(code__in=row["countries"]),
        until=(when + timedelta(days=row["open"])).date() if row.get("open") else None,
        audience=Audience.NETWORK if row["audience"] == "network" else Audience.PUBLIC,
    )
    Offer.objects.filter(pk=made.pk).update(created_at=when)


def _tie(row: Row) -> Tie:
    kind = Relation(row["relation"]).kind
    sides = Q(first__handle=row["from"], second__handle=row["to"]) | Q(first__handle=row["to"], second__handle=row["from"])
    return Tie.objects.with_sides().filter(sides, kind=kind).latest("pk")
