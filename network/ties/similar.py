"""Institutions like one: of its kind, field, languages and country. Scored by the database, and each said why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.entities.facets import languages_of, token
from network.entities.models import Entity, Kind
from network.ties.models import Tie

if TYPE_CHECKING:
    from collections.abc import Iterator

    from network.spaces.actors import Actor

# What the declared fields of kinds are called that say what an institution works on, and how much it weighs to share them.
SHARED: dict[str, tuple[int, Promise]] = {
    "level": (2, _("same level")),
    "stage": (2, _("same level")),
    "field": (3, _("same field of work")),
    "axis": (3, _("same field of work")),
    "speciality": (3, _("same field of work")),
}
LEAST = 3


@dataclass(frozen=True, slots=True)
class Like:
    entity: Entity
    reasons: list[str | Promise]


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing two institutions may share: as the database asks it, as a row answers it, and in words."""

    weight: int
    words: Promise
    asks: Q


def similar(actor: Actor, entity: Entity, *, most: int = 6) -> list[Like]:
    """The institutions most like this one that the actor sees and that it is not tied to yet, the likest first; two queries."""
    traits = list(_traits(entity))
    score: Any = Value(0)
    for trait in traits:
        score = score + Case(When(trait.asks, then=Value(trait.weight)), default=Value(0), output_field=IntegerField())
    flags = {f"trait_{n}": Case(When(trait.asks, then=Value(1)), default=Value(0)) for n, trait in enumerate(traits)}
    tied = Tie.objects.open().of(entity)
    found = (
        Entity.objects.visible_to(actor)
        .filter(listed=True)
        .exclude(pk=entity.pk)
        .exclude(pk__in=tied.values("first"))
        .exclude(pk__in=tied.values("second"))
        .exclude(pk=entity.overseer_id or 0)
        .exclude(overseer=entity)
        .annotate(score=score, **flags)
        .filter(score__gte=LEAST)
        .select_related("entity_kind", "country")
        .order_by("-score", "handle")
    )
    return [Like(one, _reasons(one, traits)) for one in found[:most]]


def _traits(entity: Entity) -> Iterator[Trait]:
    yield Trait(3, _("same kind"), Q(entity_kind=entity.entity_kind_id))
    # What an institution answers without showing it to everyone is not told by comparing either.
    shown: dict[str, list[int]] = {}
    for kind in Kind.objects.only("fields"):
        for field in kind.spec:
            if field.public and field.code in SHARED:
                shown.setdefault(field.code, []).append(kind.pk)
    for code, (weight, words) in SHARED.items():
        kinds, value = shown.get(code, []), entity.details.get(code)
        if not value or entity.entity_kind_id not in kinds:
            continue
        asks = Q()
        for one in value if isinstance(value, list) else [value]:
            asks |= Q(**{f"details__{code}": one})
            if isinstance(one, str):  # of several choices one is enough; they stand in quotation marks
                asks |= Q(**{f"details__{code}__icontains": json.dumps(one, ensure_ascii=False)})
        yield Trait(weight, words, asks & Q(entity_kind__in=kinds))
    spoken = Q()
    for language in languages_of(entity.languages):
        spoken |= Q(facets__contains=token("language", language))
    if spoken:
        yield Trait(1, _("a language in common"), spoken)
    if entity.country_id:
        yield Trait(1, _("same country"), Q(country=entity.country_id))


def _reasons(one: Entity, traits: list[Trait]) -> list[str | Promise]:
    found = [trait.words for n, trait in enumerate(traits) if getattr(one, f"trait_{n}")]
    return list(dict.fromkeys(found))
