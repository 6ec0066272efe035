"""What this room adds to an institution's page and site: its affiliation, as its certificate says it, its outputs, and the way to its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from network.accreditation import queries
from network.accreditation.models import Application, Certificate
from network.entities.tabs import Block, Item, SiteBlock

if TYPE_CHECKING:
    from network.entities.models import Entity
    from network.requests import Request
    from network.spaces.actors import Actor


def affiliation(request: Request, entity: Entity) -> list[Block]:
    """Of an affiliated institution: number, standing, the page that proves them, and what it brought out. One query, another where outputs are asked for."""
    one = (
        Certificate.objects.select_related("application__entity", "application__procedure")
        .filter(application__entity=entity, application__status__in=Application.AFFILIATED)
        .first()
    )
    if one is None:
        return []
    words = {
        "valid": _("Affiliated"),
        "suspended": _("Affiliation suspended"),
        "lapsed": _("Affiliation lapsed"),
        "ended": _("Affiliation ended"),
    }
    found = queries.outputs(entity.pk) if one.application.procedure.outputs else []
    said = {"certificate": one, "standing": one.standing, "word": words[one.standing], "until": one.application.term_end}
    block = Block("accreditation/_block.html", said, side=True)
    return [block, Block("accreditation/_outputs.html", {"outputs": found})] if found else [block]


def site(place: Any, request: Request) -> SiteBlock | None:
    """What it brought out, on its public site."""
    found = queries.outputs(place.entity.pk) if place.entity is not None else []
    return SiteBlock("outputs", _lazy("Publications"), "accreditation/_outputs.html", {"outputs": found}) if found else None


def menu(actor: Actor, entity: Entity) -> list[Item]:
    """The file of its affiliation, for those who see it."""
    if actor.user_id is None or not (actor.is_secretariat or entity.pk in actor.mandates or entity.overseer_id in actor.overseers):
        return []
    seen = Application.objects.visible_to(actor).filter(entity=entity)
    return [Item(f"/{get_language() or 'ar'}{row.path}", "award", _("Affiliation and reports")) for row in seen.order_by("-pk")[:1]]
