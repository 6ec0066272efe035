"""The only writer of institutions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import live
from network.activity.recording import record
from network.content import Audience, realign
from network.entities.models import Entity, Kind
from network.names import monogram
from network.permissions import check
from network.spaces.actions import describe, rights_changed
from network.spaces.models import Country, Space
from network.spaces.pictures import drop_picture, set_picture
from network.spaces.readers import representatives

if TYPE_CHECKING:
    from network.spaces.actors import Actor


@transaction.atomic
def create(
    actor: Actor, *, kind: Kind, handle: str, country: Country | None = None, parent: Entity | None = None, **fields: object
) -> Entity:
    """Add an institution to the register. ValidationError when its name or code is taken."""
    check(actor, "entity.create")
    entity = Entity(kind=Space.Kind.ENTITY, entity_kind=kind, handle=handle, country=country, parent=parent)
    _shape(entity, fields)
    entity.full_clean(exclude=["overseer"])
    entity.save()
    _oversee(entity)
    record(actor, "registered", entity, space=entity)
    return entity


@transaction.atomic
def edit(actor: Actor, entity: Entity, **fields: object) -> Entity:
    """Change what an institution says of itself; its kind, country, parent and status only by whoever oversees it.

    A `picture` is bytes that network.spaces.pictures.redrawn made; `without_picture` takes the present one away.
    """
    entity = Entity.objects.select_for_update(of=("self",)).select_related("entity_kind", "country").get(pk=entity.pk)
    check(actor, "entity.edit", entity)
    if not (actor.is_secretariat or entity.overseer_id in actor.mandates):
        for name in ("entity_kind", "country", "parent", "status", "verified", "sees_all"):
            fields.pop(name, None)
    kind = fields.get("entity_kind")
    if isinstance(kind, Kind) and kind.oversees and kind != entity.entity_kind and not actor.is_secretariat:
        # A commission that made a school of its own a commission of another country would oversee there.
        raise ValidationError({"entity_kind": _("Only the secretariat makes an institution a National Commission.")})
    before = entity.audience, entity.listed
    _shape(entity, fields)
    entity.full_clean(exclude=["overseer"])
    entity.save()
    _oversee(entity)
    if (entity.audience, entity.listed) != before:
        realign(entity.pk)
        rights_changed(representatives([entity.pk]), entity.pk)  # a suspended institution is spoken for by nobody
        transaction.on_commit(partial(live.withdraw, None, entity.pk), robust=True)
    record(actor, "described", entity, space=entity, reach=Audience.MANAGERS, fields=sorted(fields))
    return entity


def _draw(entity: Entity, fields: dict[str, object]) -> None:
    drawn, none = fields.pop("picture", None), fields.pop("without_picture", False)
    if isinstance(drawn, bytes):
        set_picture(entity, drawn)
    elif none:
        drop_picture(entity)


def commission_of(country: Country | None) -> Entity | None:
    """The National Commission of a country, if it is in the register."""
    return Entity.objects.filter(country=country, entity_kind__oversees=True).first() if country else None


def _oversee(entity: Entity) -> None:
    """Let oversight follow: of a new commission over what its country has, of an institution's overseer over its groups."""
    if entity.entity_kind.oversees and entity.country_id:
        below = Entity.objects.filter(country=entity.country, entity_kind__overseen=True, overseer=None)
        for space_id in list(below.values_list("pk", flat=True)):
            Space.objects.filter(pk=space_id).update(overseer=entity)
            Space.objects.filter(group__owner=space_id).update(overseer=entity)
    Space.objects.filter(group__owner=entity.pk).exclude(overseer=entity.overseer).update(overseer=entity.overseer)


def _shape(entity: Entity, fields: dict[str, object]) -> None:
    _draw(entity, fields)
    fields["listed"] = fields.get("status", entity.status) == Entity.Status.ACTIVE
    if fields["listed"] and not entity.listed:
        fields.setdefault("audience", Audience.PUBLIC)
    describe(entity, **fields)
    if entity.entity_kind.oversees and entity.country is not None:
        # Commissions share their first words: a commission is known by its country.
        entity.monogram = monogram(entity.country.name_ar, 2)
    entity.overseer = commission_of(entity.country) if entity.entity_kind.overseen else None
