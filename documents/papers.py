"""How papers are made: by the queue, kept in the store, and offered from there. A page never waits for one."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation

from documents.contents import with_contents
from documents.models import GuideVersion, Paper
from network.content import Audience
from network.entities.models import Entity, Kind
from network.names import fold
from network.pdf import PdfUnavailable, pdf
from network.spaces.actors import Actor
from network.spaces.models import Country, in_language

logger = logging.getLogger(__name__)
MOST = 2_000  # institutions in one booklet


def make(key: str) -> None:
    """Make a paper that waits. A guide's version never changes, so its paper is made once; the register's whenever it says something else."""
    paper = Paper.objects.filter(key=key).select_related("version__guide__space").first()
    if paper is None:
        return
    if paper.version is not None:
        if paper.place and not paper.refused:
            return
        template, context, digest = "documents/pdf/guide.html", guide_context(paper.version, paper.language), ""
    else:
        _booklet, kind, country, _language = key.split(".")
        rows = register(kind, country)
        template, context, digest = "documents/pdf/booklet.html", booklet_context(rows, kind, country), digest_of(rows, paper.language)
        if paper.place and paper.digest == digest and not paper.refused:
            return
    try:
        data = pdf(template, context, language=paper.language)
    except PdfUnavailable:
        logger.warning("Paper %s could not be made: Pango is missing.", key)
        Paper.objects.filter(pk=paper.pk).update(refused=True)
        return
    keep(paper, data, digest)


def keep(paper: Paper, data: bytes, digest: str = "") -> None:
    """Put the file where it is found; the older one goes once nobody is led to it any more."""
    before = paper.place
    place = default_storage.save(f"papers/{secrets.token_hex(16)}.pdf", ContentFile(data))
    with transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(place=place, size=len(data), digest=digest, made_at=timezone.now(), refused=False)
        if before:
            transaction.on_commit(lambda: default_storage.delete(before), robust=True)


def guide_context(version: GuideVersion, language: str) -> dict[str, Any]:
    """One language of a version, with its contents."""
    body, parts = with_contents(getattr(version, f"body_{language}"))
    return {
        "version": version,
        "title": getattr(version, f"title_{language}"),
        "summary": getattr(version, f"summary_{language}"),
        "changed": getattr(version, f"changed_{language}"),
        "body": body,
        "parts": parts,
        "institution": in_language(version.guide.space, "name", language),
    }


# --- The register as a booklet --------------------------------------------------------------------------------------------------
def register(kind: str, country: str) -> list[Entity]:
    """What everyone may see of the register, in protocol order; "all" narrows nothing."""
    found = Entity.objects.visible_to(Actor.nobody()).filter(status=Entity.Status.ACTIVE).select_related("entity_kind", "country")
    if kind != "all":
        found = found.filter(entity_kind__code=kind)
    if country != "all":
        found = found.filter(country=country)
    return list(found.in_protocol_order()[:MOST])


def ways(entity: Entity) -> dict[str, str]:
    """How everyone may reach it: only what the institution lets everyone see."""
    shown = {
        name: getattr(entity, name)
        for name in ("address", "phone", "email")
        if getattr(entity, f"{name}_reach", Audience.PUBLIC) == Audience.PUBLIC
    }
    return {"city": entity.city, "website": entity.website, **shown}


def digest_of(rows: Sequence[Entity], language: str) -> str:
    """Two booklets of one digest say the same."""
    said = hashlib.sha256(f"1 {language}".encode())
    for row in rows:
        with translation.override(language):
            facts = (row.handle, row.name, row.entity_kind.plural, row.country.name if row.country else "", *ways(row).items())
        said.update(repr(facts).encode())
    return said.hexdigest()


def booklet_context(rows: Sequence[Entity], kind: str, country: str) -> dict[str, Any]:
    chapters: list[tuple[Kind, list[tuple[Entity, dict[str, str]]]]] = []
    for row in rows:
        if not chapters or chapters[-1][0].pk != row.entity_kind_id:
            chapters.append((row.entity_kind, []))
        chapters[-1][1].append((row, ways(row)))
    return {
        "chapters": chapters,
        "kind": Kind.objects.filter(code=kind).first(),
        "country": Country.objects.filter(code=country).first(),
        "day": timezone.localdate(),
        "count": len(rows),
    }


def file_name(title: str, language: str) -> str:
    return f"{fold(title)[:80].strip() or 'guide'} ({language})"
