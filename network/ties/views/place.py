"""The ties of one institution: a picture, the same as a table, what was before, and who is like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from network.entities.models import Entity, Kind
from network.entities.views.place import find, show
from network.permissions import can
from network.requests import Request
from network.spaces.models import Follow, Space
from network.ties.models import Relation, Tie
from network.ties.picture import Around, Picture, draw
from network.ties.similar import similar

if TYPE_CHECKING:
    from datetime import datetime

    from network.spaces.actors import Actor

MOST_HEARD = 100
SINGLY = 12  # so many that it oversees are drawn one by one; more are drawn a kind each


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    tie: Tie
    other: Space
    relation: Relation
    group: Space | None
    may_end: bool
    why: str  # of an end, for those who may know


@dataclass(frozen=True, slots=True)
class Below:
    """A line of the table that no tie stands behind, but oversight: an institution, or how many of a kind."""

    name: str
    word: str
    count: int | None
    path: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of the table: an institution that this one follows, or that follows it; and in whose name the reader ends that."""

    other: Space
    word: str
    since: datetime
    followed: int
    by: int | None


@require_safe
def ties(request: Request, code: str) -> HttpResponse:
    actor: Actor = request.actor
    entity = find(request, code)
    rows = [
        _row(actor, entity, tie)
        for tie in Tie.objects.visible_to(actor).of(entity).with_sides().select_related("group", "first__entity", "second__entity")[:300]
    ]
    order = {relation: number for number, relation in enumerate(Relation.values)}
    standing = sorted(
        (row for row in rows if row.tie.state == Tie.State.ACTIVE), key=lambda row: (order[row.relation.value], row.other.handle or "")
    )
    picture, below = _picture(actor, entity, standing)
    own = entity.pk in actor.mandates
    heard = _heard(actor, entity)
    followers = [one for one in actor.entities if one.pk != entity.pk and one.listed]
    return show(
        request,
        entity,
        "ties",
        "ties/tab.html",
        standing=standing,
        proposed=[row for row in rows if row.tie.state == Tie.State.PROPOSED],
        past=[row for row in rows if row.tie.state not in Tie.OPEN],
        picture=picture,
        below=below,
        heard=heard,
        may_follow=[one for one in followers if one.pk not in {line.by for line in heard}] if entity.listed else [],
        likes=similar(actor, entity),
        may_propose=entity.listed and any(one.pk != entity.pk and one.listed for one in actor.entities),
        may_offer=own and entity.listed,
        is_own=own,
    )


def _row(actor: Actor, entity: Entity, tie: Tie) -> Row:
    group = tie.group if tie.group is not None and can(actor, "space.view", tie.group) else None
    knows = tie.first_id in actor.mandates or tie.second_id in actor.mandates or actor.is_secretariat
    return Row(tie, tie.other(entity), tie.relation_of(entity), group, can(actor, "tie.end", tie), tie.ended_because if knows else "")


def _heard(actor: Actor, entity: Entity) -> list[Heard]:
    """Whom it follows and who follows it, of the institutions that the actor sees."""
    seen = Space.objects.entities().visible_to(actor).values("pk")
    found = Follow.objects.filter(Q(entity=entity, space__in=seen) | Q(space=entity, entity__in=seen))
    lines = []
    for one in found.select_related("entity__country", "space__country").order_by("-since", "-pk")[:MOST_HEARD]:
        follower = one.entity
        assert follower is not None  # noqa: S101 -- asked for
        by = follower.pk if follower.pk in actor.mandates and follower.listed else None
        if follower.pk == entity.pk:
            lines.append(Heard(one.space, _("Follows"), one.since, one.space_id, by))
        else:
            lines.append(Heard(follower, _("Followed by"), one.since, entity.pk, by))
    return lines


def _picture(actor: Actor, entity: Entity, standing: list[Row]) -> tuple[Picture | None, list[Below]]:
    """The picture, and what oversight adds to its table: whoever oversees it, and what it oversees, singly or a kind each."""
    around = [
        Around(
            row.other.entity.short_name,
            row.other.monogram,
            row.other.tone,
            row.relation.value,
            str(row.relation.label),
            row.other.get_absolute_url(),
        )
        for row in standing
    ]
    below: list[Below] = []
    drawn = [row.other.pk for row in standing]
    if entity.overseer_id:
        word = _("Overseen by")
        for one in Entity.objects.visible_to(actor).filter(pk=entity.overseer_id):
            below.append(Below(one.name, word, None, one.get_absolute_url()))
            if one.pk not in drawn:
                around.append(Around(one.short_name, one.monogram, one.tone, "overseer", word, one.get_absolute_url()))
    if entity.under_count:
        over, word = Entity.objects.visible_to(actor).filter(overseer=entity), _("Overseen")
        counts = dict(over.order_by("entity_kind").values_list("entity_kind").annotate(n=Count("pk")))
        if sum(counts.values()) + len(around) <= SINGLY:
            for one in over.order_by("entity_kind__position", "handle"):
                below.append(Below(one.name, word, None, one.get_absolute_url()))
                if one.pk not in drawn:
                    around.append(Around(one.short_name, one.monogram, one.tone, "overseen", word, one.get_absolute_url()))
        else:
            for kind in Kind.objects.filter(pk__in=counts):
                count, to = counts[kind.pk], f"{entity.get_absolute_url()}network/?kind={kind.code}"
                below.append(Below(kind.plural, word, count, to))
                words = ngettext("%(n)d institution overseen", "%(n)d institutions overseen", count) % {"n": count}
                around.append(Around(kind.plural, str(count), 1, "overseen", words, to, word))
    return (draw(entity.monogram, entity.tone, around) if around else None), below
