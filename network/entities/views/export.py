"""A register to take away: a workbook, a CSV or a booklet on paper, with what the reader may see and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from network import declared, rates
from network.entities.models import Entity, Kind
from network.entities.queries import Asked, contacts_seen, filters_of, search
from network.entities.standing import Affiliation, affiliations, with_affiliations
from network.fragments import done
from network.pdf import PdfUnavailable, pdf, pdf_response
from network.permissions import can
from network.requests import Request
from network.sheets import Cell, csv_response, xlsx_response
from network.spaces.actors import Actor

MOST_ROWS, MOST_IN_BOOKLET = 20_000, 400
# The columns that every register has: a field of the row, or what `_cell` knows.
SHARED = (
    "handle", "entity_kind", "country", "name_ar", "name_fr", "name_en", "short_ar", "short_fr", "short_en", "city", "address", "phone",
    "email", "website", "languages", "founded", "status", "affiliation", "confirmed_at",
)  # fmt: skip


@require_safe
def export(request: Request, ending: str) -> HttpResponse:
    """The register as the address asks for it, in protocol order."""
    actor: Actor = request.actor
    # A booklet takes seconds of CPU, a table milliseconds.
    rates.spend("booklet" if ending == "pdf" else "export", actor.user_id or rates.address_of(request))
    kinds = list(Kind.objects.all())
    asked = Asked.of(request.GET, actor, filters_of(kinds, request.GET.get("kind", "")))
    kind = next((one for one in kinds if one.code == asked.kind), None)
    found = search(actor, asked).select_related("entity_kind", "country", "parent").in_protocol_order()
    if asked.kind:
        found = found.filter(entity_kind__code=asked.kind)
    title = kind.plural if kind else _("Institutions")
    name = f"{slugify(kind.code if kind else 'institutions')}-{timezone.localdate().isoformat()}"
    if ending == "pdf":
        return _booklet(request, with_affiliations(list(found[: MOST_IN_BOOKLET + 1])), title, name, asked)
    spec = kind.spec if kind else []
    header = [_heading(column) for column in SHARED] + [field.name for field in spec if field.kind != "file"]
    rows = _rows(actor, list(found[:MOST_ROWS]), spec, affiliations(found.order_by().values("pk")))
    if ending == "csv":
        return csv_response(name, header, rows)
    return xlsx_response(name, header, rows, rtl=translation.get_language_bidi(), title=title)


def _booklet(request: Request, entities: list[Entity], title: str, name: str, asked: Asked) -> HttpResponse:
    actor: Actor = request.actor
    back = f"/{request.LANGUAGE_CODE}/institutions/{asked.address()}"
    if len(entities) > MOST_IN_BOOKLET:
        text = ngettext(
            "A booklet holds at most %(count)s institution. Choose a register or a country.",
            "A booklet holds at most %(count)s institutions. Choose a register or a country.",
            MOST_IN_BOOKLET,
        )
        messages.error(request, text % {"count": MOST_IN_BOOKLET})
        return done(request, back)
    specs = {kind.pk: kind.spec for kind in Kind.objects.filter(pk__in={entity.entity_kind_id for entity in entities})}
    lines = [(entity, contacts_seen(actor, entity), _details(actor, entity, specs[entity.entity_kind_id])) for entity in entities]
    context = {"title": title, "lines": lines, "today": timezone.localdate()}
    try:
        made = _printed("entities/booklet.html", context, request.LANGUAGE_CODE)
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return done(request, back)
    return pdf_response(name, made)


def _printed(template: str, context: dict[str, Any], language: str) -> bytes:
    """The paper of these words, kept for an hour: whoever may see the same gets the same, and it is drawn once."""
    words = render_to_string(template, {**context, "language": language})
    key = f"booklet.{language}.{sha256(words.encode()).hexdigest()}"
    made: bytes | None = cache.get(key)
    if made is None:
        made = pdf(template, context, language=language)
        cache.set(key, made, 3600)
    return made


def _details(actor: Actor, entity: Entity, spec: list[declared.Declared]) -> list[declared.Shown]:
    return declared.shown(spec, entity.details, public_only=not can(actor, "entity.edit", entity))


def _rows(actor: Actor, entities: list[Entity], spec: list[declared.Declared], affiliated: dict[int, Affiliation]) -> Iterator[list[Cell]]:
    asked = [field for field in spec if field.kind != "file"]
    for entity in entities:
        seen = contacts_seen(actor, entity)
        if entity.pk in affiliated:
            seen["affiliation"] = affiliated[entity.pk].word
        # Numbers stay numbers: a workbook adds them up.
        details = {line.code: entity.details[line.code] if line.kind == "number" else line.text for line in _details(actor, entity, spec)}
        yield [_cell(entity, column, seen) for column in SHARED] + [details.get(field.code, "") for field in asked]


def _cell(entity: Entity, column: str, seen: dict[str, str]) -> Cell:
    match column:
        case "entity_kind":
            return entity.entity_kind.code
        case "country":
            return entity.country_id or ""
        case "address" | "phone" | "email" | "affiliation":
            return seen.get(column, "")
        case "status":
            return entity.get_status_display()
        case "confirmed_at":
            return timezone.localdate(entity.confirmed_at) if entity.confirmed_at else ""
        case _:
            return str(getattr(entity, column) or "")


def _heading(column: str) -> str:
    if column == "handle":
        return _("Code")
    if column == "entity_kind":
        return _("Kind")
    if column == "affiliation":
        return _("Affiliation")
    return str(Entity._meta.get_field(column).verbose_name).capitalize()  # type: ignore[union-attr]  # none of them leads here from elsewhere
