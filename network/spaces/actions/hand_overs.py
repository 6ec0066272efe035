"""The only writer of hand-overs: what stood open with one representative becomes another's."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network.activity.recording import record
from network.content import Audience
from network.permissions import check
from network.spaces.handing import shown_items
from network.spaces.models import HandOver, Mandate, Space

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from profiles.models import User


@transaction.atomic
def hand_over_items(actor: Actor, mandate: Mandate, to: User, *, keys: Collection[str], note: str = "") -> HandOver:
    """Give what is open with the holder of a mandate to another current representative of the institution, who is told.

    Only `keys` that are still open are handed over; ValidationError when none is, or when `to` does not speak for the institution now.
    """
    entity = Space.objects.select_for_update(of=("self",)).get(pk=mandate.entity_id)
    check(actor, "mandate.hand_over", entity)
    if to.pk == mandate.user_id:
        raise ValidationError({"to": _("Choose somebody else than the person who leaves.")})
    if not to.is_active or not Mandate.objects.current().filter(entity=entity, user=to).exists():
        raise ValidationError({"to": _("Choose somebody who speaks for the institution now.")})
    items = [item for item in shown_items(actor, entity, mandate.user) if item.key in keys]
    if not items:
        raise ValidationError({"keys": _("Nothing of this is open any more.")})
    for item in items:
        if item.move is not None:
            item.move(actor, to)
    made = HandOver.objects.create(
        entity=entity,
        from_user=mandate.user,
        to_user=to,
        note=note,
        by=actor.person,
        items=[{"key": item.key, "words": item.words, "path": item.path, "since": item.since.isoformat()} for item in items],
    )
    record(actor.in_office(entity), "handed_items", to.page, target=entity, reach=Audience.MANAGERS, hand_over=made.pk, message=note)
    return made
