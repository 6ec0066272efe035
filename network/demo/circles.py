"""The groups and boards of the demo world: opened, joined, asked to be joined, and those still waiting for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from zlib import crc32

from forums import actions as forums
from forums.models import Board
from network.content import Audience
from network.demo.reading import Row, read
from network.demo.story import Happening, person, place
from network.groups import actions as groups
from network.groups.models import Group
from network.spaces import actions as spaces
from network.spaces.actors import Actor
from network.spaces.models import Invitation, JoinRequest, Membership, Space

AUDIENCES = {"public": Audience.PUBLIC, "network": Audience.NETWORK, "members": Audience.MEMBERS}
OPENED = 60.4  # days ago


def handle_of(code: str) -> str:
    """The handle of a group of the demo world; institutions keep their own code."""
    return f"group-{code}" if code in group_rows() else code


@cache
def group_rows() -> dict[str, Row]:
    return {row["code"]: row for row in read("groups")["groups"]}


@cache
def speakers() -> dict[str, str]:
    """Who speaks for each institution: the first in the file."""
    return {mandate["entity"]: row["handle"] for row in reversed(read("people")["people"]) for mandate in row["mandates"]}


def _institutions_of(handle: str) -> set[str]:
    return {mandate["entity"] for row in read("people")["people"] if row["handle"] == handle for mandate in row["mandates"]}


def openings() -> Iterator[Happening]:
    """Groups, who is in them, and boards: what is missing of it."""
    known = set(Group.objects.values_list("handle", flat=True))
    for number, row in enumerate(group_rows().values()):
        if handle_of(row["code"]) not in known:
            yield Happening(OPENED - number / 1000, row["owner"], partial(_open, row))
            yield from _waiting(row)
    yield from _comings()
    shelves = set(Board.objects.values_list("space__handle", "name"))
    for number, row in enumerate(read("boards")["boards"]):
        if (handle_of(row["space"]), row["name"]) not in shelves:
            yield Happening(OPENED - 0.1 - number / 1000, group_rows()[row["space"]]["owner"], partial(_board, row))


def _open(row: Row, actor: Actor, when: datetime) -> None:
    group = groups.create(
        actor.speaking_for(place(row["owner_entity"]).pk),
        handle=handle_of(row["code"]),
        join_rule=row["join"],
        audience=AUDIENCES[row["audience"]],
        listed=row["listed"],
        **{f"name_{language}": name for language, name in row["name"].items()},
        **{f"about_{language}": about for language, about in row["description"].items()},
    )
    Space.objects.filter(pk=group.pk).update(created_at=when)
    Membership.objects.filter(space=group).update(since=when)


def _board(row: Row, actor: Actor, when: datetime) -> None:
    space = place(handle_of(row["space"]))
    names = {board["code"]: board["name"] for board in read("boards")["boards"]}
    board = forums.open_board(
        actor,
        space,
        name=row["name"],
        about=row["description"],
        parent=Board.objects.get(space=space, name=names[row["parent"]]) if row["parent"] else None,
        audience=AUDIENCES[row["audience"] or "public"],
    )
    Board.objects.filter(pk=board.pk).update(created_at=when)


def _comings() -> Iterator[Happening]:
    people = set(Membership.objects.exclude(user=None).values_list("space__handle", "user__page__handle"))
    institutions = set(Membership.objects.exclude(entity=None).values_list("space__handle", "entity__handle"))
    invited = set(Invitation.objects.exclude(entity=None).values_list("space__handle", "entity__handle"))
    mandated = {row["handle"] for row in read("people")["people"] if row["mandates"]}
    for code, row in group_rows().items():
        group = handle_of(code)
        for handle in dict.fromkeys([*row["people"], *row["moderators"]]):
            if handle == row["owner"] or (group, handle) in people:
                continue
            # Whoever has no mandate is let in by somebody, and so becomes part of the network; through an open door nobody does.
            # Whoever is in already through an institution cannot ask again, but may be invited by name.
            inside = bool(_institutions_of(handle) & {*row["entities"], row["owner_entity"]})
            rule = "invitation" if inside or (row["join"] == "open" and handle not in mandated) else row["join"]
            yield from _coming(row, rule, _arrival(code, handle), user=handle)
            if handle in row["moderators"]:
                yield Happening(_arrival(code, handle) - 0.03, row["owner"], partial(_moderate, group, handle))
        for entity in row["entities"]:
            if entity == row["owner_entity"] or (group, entity) in institutions | invited:
                continue
            asks = (
                row["join"] == "request"
                and entity in speakers()
                and speakers()[entity] not in {*row["people"], *row["moderators"], row["owner"]}
            )
            rule = "request" if asks else "invitation"
            yield from _coming(row, rule, _arrival(code, entity), entity=entity)


def _coming(row: Row, rule: str, days: float, *, user: str = "", entity: str = "") -> Iterator[Happening]:
    group, comer = handle_of(row["code"]), user or speakers().get(entity, "")
    if rule == "open":
        yield Happening(days, comer, partial(_join, group))
    elif rule == "request":
        yield Happening(days + 0.05, comer, partial(_ask, group, entity))
        yield Happening(days, row["owner"], partial(_let_in, group, comer))
    else:
        yield Happening(days + 0.05, row["owner"], partial(_invite, group, user, entity))
        if comer:  # an institution that nobody speaks for yet has not answered
            yield Happening(days, comer, partial(_accept, group, user, entity))


def _waiting(row: Row) -> Iterator[Happening]:
    group = handle_of(row["code"])
    for number, handle in enumerate(row["pending"]):
        yield Happening(2.5 - number / 2, handle, partial(_ask, group, ""))
    for number, handle in enumerate(row["invited"]):
        yield Happening(1.5 - number / 2, row["owner"], partial(_invite, group, handle, ""))


def _join(group: str, actor: Actor, when: datetime) -> None:
    _since(groups.join(actor, Group.objects.get(handle=group)), when)


def _ask(group: str, entity: str, actor: Actor, when: datetime) -> None:
    writer = actor.speaking_for(place(entity).pk) if entity else actor
    asked = groups.request(writer, Group.objects.get(handle=group))
    JoinRequest.objects.filter(pk=asked.pk).update(asked_at=when)


def _let_in(group: str, comer: str, actor: Actor, when: datetime) -> None:
    asked = JoinRequest.objects.filter(space__handle=group, user__page__handle=comer).first()
    if asked is not None and (membership := spaces.answer_request(actor, asked, approve=True)):
        _since(membership, when)


def _invite(group: str, user: str, entity: str, actor: Actor, when: datetime) -> None:
    invitation = spaces.invite(actor, place(group), user=person(user) if user else None, entity=place(entity) if entity else None)
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=when)


def _accept(group: str, user: str, entity: str, actor: Actor, when: datetime) -> None:
    invitation = Invitation.objects.get(space__handle=group, **({"user__page__handle": user} if user else {"entity__handle": entity}))
    _since(spaces.accept(actor, invitation), when)


def _moderate(group: str, handle: str, actor: Actor, when: datetime) -> None:
    spaces.set_role(actor, Membership.objects.get(space__handle=group, user=Space.objects.get(handle=handle).user_id), "moderator")


def _since(membership: Membership, when: datetime) -> None:
    Membership.objects.filter(pk=membership.pk).update(since=when)


def _arrival(code: str, comer: str) -> float:
    """The day on which somebody came into a group: before their first word there, else some time in the sixty days."""
    chance = crc32(f"{code}:{comer}".encode()) % 1000 / 1000
    first = _first_words().get((code, comer))
    latest = OPENED - 0.3
    return min(latest, first + 0.3 + chance * 4) if first is not None else latest - chance * 55


@cache
def _first_words() -> dict[tuple[str, str], float]:
    """How many days ago each person, and each institution through its people, first wrote or reacted in a group."""
    boards = {row["code"]: row["space"] for row in read("boards")["boards"]}
    stands_for: dict[str, list[str]] = {}
    for row in read("people")["people"]:
        stands_for[row["handle"]] = [mandate["entity"] for mandate in row["mandates"]]
    first: dict[tuple[str, str], float] = {}
    for topic in [*read("topics")["topics"], *read("walls")["posts"]]:
        space = topic["space"] if "space" in topic else boards[topic["board"]]
        for post in [topic, *topic["replies"]]:
            reactors = [handle for handles in post.get("reactions", {}).values() for handle in handles]
            for handle in [post["by"], *reactors]:
                for who in [handle, *stands_for[handle]]:
                    first[space, who] = max(first.get((space, who), 0.0), post["days"])
    return first
