"""Real reference data: 22 states in protocol order, kinds of institution, ALECSO with its organs and departments, 22 National Commissions.

Names are kept exactly as their sources give them; what no source gave stays empty and the page falls back to what there is.
Each fact's source and evidence level stand in `Entity.sources`. No activity is recorded: a register that is handed over is nobody's act.
"""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from documents import reference as guides
from network.accreditation.models import Procedure
from network.activity.recording import later
from network.content import Audience
from network.demo.reading import Row, read
from network.demo.story import founder
from network.entities.actions import work_out
from network.entities.models import Entity, Kind
from network.names import monogram
from network.spaces.actions import describe, name_mandate
from network.spaces.actors import Actor
from network.spaces.models import Country, Field, Mandate, Recognition, Space
from profiles.models import User

LANGUAGES = ("ar", "fr", "en")


@transaction.atomic
def sow() -> int:
    """Put in what is missing and leave what is there, for the secretariat may have mended it since. Returns how many rows were added."""
    return _countries() + _kinds() + _fields() + _institutions() + _procedures()


def _countries() -> int:
    known = set(Country.objects.values_list("code", flat=True))
    rows = [
        Country(
            code=state["iso2"],
            protocol_order=state["protocol_order"],
            zone=state["timezone"],
            weekend=state["weekend"],
            sources=state["sources"],
            **{f"name_{language}": state["name"][language] or "" for language in LANGUAGES},
        )
        for state in read("states")["states"]
        if state["iso2"] not in known
    ]
    return len(Country.objects.bulk_create(rows))


def _kinds() -> int:
    known = set(Kind.objects.values_list("code", flat=True))
    fields = read("fields")["fields"]
    # A network that was there before kinds had fields of their own gets them; whoever changed them keeps them.
    bare = [kind for kind in Kind.objects.filter(fields=[]) if kind.code in fields]
    for kind in bare:
        kind.fields = fields[kind.code]
        later("entities.work_out", kind_id=kind.pk)
    Kind.objects.bulk_update(bare, ["fields"])
    rows = [
        Kind(
            code=kind["code"],
            position=kind["position"],
            overseen=kind["overseen"],
            oversees=kind["oversees"],
            fields=fields.get(kind["code"], []),
            **{f"name_{language}": kind["name"][language] for language in LANGUAGES},
            **{f"plural_{language}": kind["plural"][language] for language in LANGUAGES},
        )
        for kind in read("kinds")["kinds"]
        if kind["code"] not in known
    ]
    return len(Kind.objects.bulk_create(rows))


def _procedures() -> int:
    """How schools, clubs, chairs and partners join their networks: forms that an administrator changes without code."""
    known = set(Procedure.objects.values_list("kind__code", flat=True))
    kinds = Kind.objects.in_bulk(field_name="code")
    rows = [
        Procedure(
            kind=kinds[row["kind"]],
            **{name: row[name] for name in ("letter", "prefix", "network", "needs_country", "report_month", "term_years")},
            outputs=row.get("outputs", ""),
            **{name: row[name] for name in ("fields", "report_fields")},
            **{f"intro_{language}": row["intro"][language] for language in LANGUAGES},
        )
        for row in read("procedures")["procedures"]
        if row["kind"] not in known
    ]
    for row in rows:
        row.clean_fields()
    return len(Procedure.objects.bulk_create(rows))


def _fields() -> int:
    known = set(Field.objects.values_list("code", flat=True))
    rows = [
        Field(code=field["code"], position=field["position"], **{f"name_{language}": field["name"][language] for language in LANGUAGES})
        for field in read("work")["fields"]
        if field["code"] not in known
    ]
    return len(Field.objects.bulk_create(rows))


def _institutions() -> int:
    known = set(Entity.objects.values_list("handle", flat=True))
    rows = [(row, _body) for row in read("alecso")["entities"]] + [(row, _commission) for row in read("commissions")["commissions"]]
    if all(row["code"] in known for row, _make in rows):
        return 0
    kinds = {kind.code: kind for kind in Kind.objects.all()}
    countries = {country.code: country for country in Country.objects.all()}
    added = 0
    for row, make in rows:
        if row["code"] in known:
            continue
        entity = make(row, kinds, countries)
        # Here, and not through entities.actions: no secretariat stands yet that could act.
        entity.full_clean(exclude=["overseer"])
        entity.save()
        if make is _commission and entity.country is not None:
            Recognition.objects.create(country=entity.country, commission=entity)
        added += 1
    return added


def _body(row: Row, kinds: dict[str, Kind], countries: dict[str, Country]) -> Entity:
    """ALECSO, one of its organs, its secretariat or one of its departments."""
    entity = Entity(
        kind=Space.Kind.ENTITY,
        handle=row["code"],
        entity_kind=kinds[row["kind"]],
        country=countries.get(row.get("state", "")),
        parent_id=Entity.objects.filter(handle=row["parent"]).values_list("pk", flat=True).first(),
        verified=True,
        audience=Audience.PUBLIC,
        # The section runs the platform for the secretariat it belongs to.
        sees_all=row["code"] in ("alecso-secretariat", "alecso-commissions-section"),
        city=row.get("city", ""),
        website=(row.get("website") or {}).get("value") or "",
        founded=(row.get("proclaimed") or {}).get("date", ""),
        sources={key: row[key] for key in ("source", "evidence", "note", "name_sources", "website", "proclaimed") if row.get(key)},
    )
    describe(entity, **{f"name_{language}": row["name"][language] or "" for language in LANGUAGES})
    return entity


def _commission(row: Row, kinds: dict[str, Kind], countries: dict[str, Country]) -> Entity:
    kind, country = kinds["national-commission"], countries[row["state"]]
    entity = Entity(
        kind=Space.Kind.ENTITY,
        handle=row["code"],
        entity_kind=kind,
        country=country,
        verified=True,
        audience=Audience.PUBLIC,
        website=row["website"]["value"] or "",
        founded=row["created"]["value"] or "",
        # A neutral descriptor, not a name: «اللجنة الوطنية – جيبوتي».
        **{f"short_{language}": f"{getattr(kind, f'name_{language}')} – {getattr(country, f'name_{language}')}" for language in LANGUAGES},
        sources={
            **{f"name_{language}": row["name"][language] for language in LANGUAGES},
            "short": {"note": "a descriptor built from the kind and the state, not an official name"},
            **{key: row[key] for key in ("website", "created", "head_title_ar", "seat")},
        },
    )
    entity.details = {"head_title": title} if (title := (row["head_title_ar"] or {}).get("value")) else {}
    describe(entity, **{f"name_{language}": row["name"][language]["value"] or "" for language in LANGUAGES})
    work_out(entity)
    # Their names begin alike or say no state; the letters of the state tell the twenty-two stars apart.
    entity.monogram = row.get("monogram") or monogram(country.name_ar, 2)
    return entity


def appoint(email: str) -> str:
    """Name the first head of the secretariat, who then names everybody else. Quiet when somebody speaks for it already."""
    secretariat = Entity.objects.get(handle="alecso-secretariat")
    if Mandate.objects.current().filter(entity=secretariat).exists():
        return "Secretariat: somebody speaks for it already."
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise CommandError(f"Nobody has signed up as {email} yet.")
    name_mandate(founder(user), secretariat, user, title="مسؤول المنصة", from_day=timezone.localdate(), is_head=True)
    actor = Actor.of(user, fresh=True).speaking_for(secretariat.pk)
    for code in guides.missing():
        guides.put_in(actor, secretariat, code)
    return f"Secretariat: {email} speaks for it from today."
