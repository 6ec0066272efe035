"""Reads of this room that are too long for a queryset method."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from network.names import fold
from network.spaces.models import Country, Follow, Mandate, Space, SpaceQuerySet
from profiles.models import Block

if TYPE_CHECKING:
    from network.spaces.actors import Actor

INSTITUTIONS = 300


def people(actor: Actor, *, words: str = "", country: str = "", institution: int | None = None, language: str = "") -> SpaceQuerySet:
    """The pages of active people whom the actor may see, narrowed; each with account, profile and country."""
    found = Space.objects.people().visible_to(actor).filter(user__is_active=True)
    for word in words.split()[:8]:
        # Names are kept folded; a job is short and stands as it was written.
        found = found.filter(Q(folded__contains=fold(word)) | Q(user__profile__job__icontains=word))
    if country:
        found = found.filter(country=country)
    if language:
        found = found.filter(user__profile__languages__contains=language)
    if institution:
        spoken_for = Mandate.objects.current().filter(entity=institution, entity__in=Space.objects.visible_to(actor).entities())
        found = found.filter(user__in=spoken_for.values("user"))
    return found.select_related("user__profile", "country").order_by("country__protocol_order", "skeleton", "pk")


def pages(actor: Actor) -> SpaceQuerySet:
    """The pages of people the actor may see, each with account, profile and country, and in the same query
    `followers_count`, and whether the actor follows (`is_followed`) or blocked (`is_blocked`) the person."""
    followers = Follow.objects.filter(space=OuterRef("pk")).order_by().values("space").annotate(number=Count("pk")).values("number")
    columns = {
        "followers_count": Coalesce(Subquery(followers), 0),
        "is_followed": Exists(Follow.objects.filter(space=OuterRef("pk"), user=actor.user_id)),
        "is_blocked": Exists(Block.objects.filter(blocked=OuterRef("user"), user=actor.user_id)),
    }
    return Space.objects.people().visible_to(actor).select_related("user__profile", "country").annotate(**columns)


def mandates_of(actor: Actor, user_ids: Iterable[int]) -> dict[int, list[Mandate]]:
    """The current mandates of these people for institutions that the actor may see, heads first; one query."""
    held: dict[int, list[Mandate]] = defaultdict(list)
    shown = Space.objects.visible_to(actor).entities()
    for mandate in Mandate.objects.current().filter(user__in=list(user_ids), entity__in=shown).select_related("entity"):
        held[mandate.user_id].append(mandate)
    return held


def countries() -> list[tuple[str, str]]:
    """Code and name in the page's language, in protocol order; kept for five minutes."""
    key = f"people:countries:{get_language()}"
    kept: list[tuple[str, str]] | None = cache.get(key)
    if kept is None:
        kept = [(country.code, country.name) for country in Country.objects.all()]
        cache.set(key, kept, 300)
    return kept


def institutions(actor: Actor) -> list[tuple[int, str]]:
    """The institutions that somebody speaks for and the actor may see, in protocol order."""
    spoken_for = Mandate.objects.current().values("entity")
    rows = Space.objects.visible_to(actor).entities().filter(pk__in=spoken_for).order_by("country__protocol_order", "skeleton")
    return [(space.pk, space.name) for space in rows.only("pk", "name_ar", "name_fr", "name_en")[:INSTITUTIONS]]
