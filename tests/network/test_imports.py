"""Lists brought into the registers: read, looked at, written only when confirmed, and never twice."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from network.activity.models import Activity, Job
from network.activity.worker import work_one
from network.demo import reference
from network.entities.models import Entity, Kind
from network.entities.views.export import SHARED
from network.imports import actions, plan
from network.imports.columns import COMMON, guess, offered
from network.imports.models import Import, Line
from network.imports.report import template
from network.imports.words import Words
from network.names import skeleton
from network.sheets import csv_response, read_sheet, xlsx_response
from network.spaces.models import Country, Mandate, Space
from tests.cast import Person
from tests.cast import mandate as name_to

LEVEL = [
    {
        "code": "level",
        "kind": "choice",
        "label": {"ar": "المرحلة", "fr": "Niveau", "en": "Level"},
        "choices": [
            {"value": "primary", "label": {"ar": "ابتدائية", "fr": "primaire", "en": "primary"}},
            {"value": "secondary", "label": {"ar": "ثانوية", "fr": "secondaire", "en": "secondary"}},
        ],
    },
    {"code": "pupils", "kind": "number", "label": {"ar": "عدد التلاميذ", "fr": "Élèves", "en": "Pupils"}},
    {"code": "joined", "kind": "date", "label": {"ar": "تاريخ الانتساب", "fr": "Date d'affiliation", "en": "Joined on"}},
    {"code": "boarding", "kind": "yes", "label": {"ar": "داخلية", "fr": "Internat", "en": "Boarding"}},
    {
        "code": "fields",
        "kind": "choices",
        "label": {"ar": "المجالات", "fr": "Domaines", "en": "Fields"},
        "choices": [{"value": "culture", "label": {"ar": "الثقافة", "en": "culture"}}, {"value": "science", "label": {"ar": "العلوم", "en": "science"}}],
    },
]  # fmt: skip


@pytest.fixture
def w(world: SimpleNamespace) -> SimpleNamespace:
    Kind.objects.filter(code="associated-school").update(fields=LEVEL, plural_ar="مدارس منتسبة")
    for entity in Entity.objects.all():  # as actions would have written it
        Entity.objects.filter(pk=entity.pk).update(skeleton=skeleton(entity.name_ar))
    world.schools = Kind.objects.get(code="associated-school")
    return world


def file_of(rows: list[list[Any]], name: str = "list.csv") -> SimpleUploadedFile:
    if name.endswith(".xlsx"):
        data = xlsx_response("x", [str(cell) for cell in rows[0]], rows[1:], rtl=True).content
    else:
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        data = out.getvalue().encode("utf-8-sig")
    return SimpleUploadedFile(name, data)


def bring(who: Person, entity: Entity, rows: list[list[Any]], *, kind: Kind | None = None, country: Country | None = None, name: str = "list.csv") -> Import:  # fmt: skip
    """Send a file and take the columns as guessed: up to the preview."""
    file = file_of(rows, name)
    batch = actions.start(who.writing_for(entity), entity, file=file, table=read_sheet(file), kind=kind, country=country)
    return actions.choose(who.actor, batch, {int(place): code for place, code in batch.columns.items()})


def said(batch: Import, language: str = "en") -> dict[int, tuple[str, list[str]]]:
    """Each row of a list in words."""
    with translation.override(language):
        words = Words(batch)
        return {line.number: (line.outcome, list(words.of(line))) for line in batch.lines.all()}


def outcomes(batch: Import) -> dict[str, int]:
    batch.refresh_from_db()
    return dict(batch.counts)


def counted(**some: int) -> dict[str, int]:
    return {"refused": 0, "changed": 0, "new": 0, "unchanged": 0} | some


# --- The acceptance of F1 ---------------------------------------------------------------------------------------------
def commissions_and_schools() -> list[list[Any]]:
    """22 commissions and 30 schools, three of them bad: a school without a name, one in no known state, one with a broken address."""
    rows: list[list[Any]] = [["النوع", "الدولة", "الاسم", "المدينة", "البريد الإلكتروني"]]
    countries = list(Country.objects.order_by("protocol_order"))
    assert len(countries) == 22
    rows += [["لجنة وطنية", c.name_ar, f"اللجنة الوطنية ({c.name_ar})", "", f"natcom@{c.code.lower()}.example.org"] for c in countries]
    for number in range(1, 31):
        rows.append(["مدرسة منتسبة", countries[number % 22].name_ar, f"مدرسة السلام {number}", "المدينة", f"school{number}@example.org"])
    rows[30][2] = "   "
    rows[40][1] = "أطلانتس"
    rows[50][4] = "school at example"
    return rows


@pytest.fixture
def secretariat(db: None) -> SimpleNamespace:
    """22 states, two kinds, the secretariat and one of its people; nothing else is in the register."""
    reference._countries()
    organ = Kind.objects.create(code="organ", name_ar="جهاز")
    Kind.objects.create(code="national-commission", name_ar="لجنة وطنية", name_en="National Commission", oversees=True, position=10)
    Kind.objects.create(code="associated-school", name_ar="مدرسة منتسبة", name_en="Associated school", overseen=True, position=20)
    entity = Entity.objects.create(kind="entity", handle="secretariat", name_ar="الأمانة", entity_kind=organ, skeleton="s", sees_all=True)
    from tests.cast import person  # noqa: PLC0415 -- only here

    sami = person("sami", "سامي")
    name_to(sami, entity)
    return SimpleNamespace(entity=entity, sami=sami)


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_of_52_rows_with_3_bad_ones_49_come_in_and_3_are_reported_with_number_and_reason(secretariat: SimpleNamespace, name: str) -> None:
    rows = commissions_and_schools()
    batch = bring(secretariat.sami, secretariat.entity, rows, name=name)
    assert outcomes(batch) == counted(new=49, refused=3)
    assert Entity.objects.count() == 1, "nothing is written before it is confirmed"
    assert {number: says for number, (outcome, says) in said(batch).items() if outcome == "refused"} == {
        31: ["No name is given."],
        41: ["Country: No member state is called “أطلانتس”."],
        51: ["E-mail: “school at example” is not an e-mail address."],
    }
    actions.confirm(secretariat.sami.actor, batch)
    assert outcomes(batch) == counted(new=49, refused=3)
    assert (batch.state, Entity.objects.count()) == ("done", 50)
    tunis = Entity.objects.get(handle="natcom-tn")
    assert (tunis.name_ar, tunis.email, tunis.status) == ("اللجنة الوطنية (تونس)", "natcom@tn.example.org", "active")
    assert Entity.objects.filter(entity_kind__overseen=True, overseer=None).count() == 0, "each school is overseen by its commission"

    again = bring(secretariat.sami, secretariat.entity, rows, name=name)
    assert outcomes(again) == counted(unchanged=49, refused=3)
    with pytest.raises(ValidationError):
        actions.confirm(secretariat.sami.actor, again)
    assert Entity.objects.count() == 50


def test_mended_rows_come_in_and_the_others_stay_as_they_are(secretariat: SimpleNamespace) -> None:
    rows = commissions_and_schools()
    actions.confirm(secretariat.sami.actor, bring(secretariat.sami, secretariat.entity, rows))
    rows[30][2], rows[40][1], rows[50][4] = "مدرسة الأمل", "تونس", "school50@example.org"
    mended = bring(secretariat.sami, secretariat.entity, rows)
    assert outcomes(mended) == counted(unchanged=49, new=3)
    actions.confirm(secretariat.sami.actor, mended)
    assert Entity.objects.count() == 53


# --- What the register says, out and in again ---------------------------------------------------------------------------
def exported(entities: list[Entity], kind: Kind, *, by: str = "code") -> list[list[Any]]:
    """The register as an export writes it: codes (or labels) above, values in the reader's language below."""
    columns = [column for column in offered([kind], wide=True) if column.code != "parent"]
    rows: list[list[Any]] = [[column.own or column.code if by == "code" else str(column.label) for column in columns]]
    for entity in entities:
        row: list[Any] = []
        for column in columns:
            if column.declared is not None:
                from network.declared import text_of  # noqa: PLC0415 -- only here

                value = entity.details.get(column.own)
                row.append("" if value is None else value if isinstance(value, int) and not isinstance(value, bool) else text_of(column.declared, value) if column.declared.kind != "date" else value)  # fmt: skip
            elif column.code == "kind":
                row.append(entity.entity_kind.name)
            elif column.code == "country":
                row.append(entity.country.name if entity.country else "")
            elif column.code == "status":
                row.append(entity.get_status_display())
            else:
                row.append(getattr(entity, column.code))
        rows.append(row)
    return rows


@pytest.mark.parametrize("name", ["register.csv", "register.xlsx"])
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("by", ["code", "label"])
def test_a_register_that_comes_back_changes_nothing(w: SimpleNamespace, name: str, language: str, by: str) -> None:
    Entity.objects.filter(pk=w.school.pk).update(
        about_ar="سطر أول\n\nسطر ثان", phone="+216 71 000 000", website="http://school.example.org", founded="1998-09-15", city="  تونس ",
        short_en="=Palm", details={"level": "primary", "pupils": 1250, "joined": "2019-03-01", "boarding": True, "fields": ["culture", "science"]},
    )  # fmt: skip
    with translation.override(language):
        rows = exported(list(Entity.objects.filter(pk=w.school.pk)), w.schools, by=by)
        header, body = rows[0], rows[1:]
        response = (
            csv_response("x", header, body) if name.endswith("csv") else xlsx_response("x", header, body, rtl=True)
        )  # through the writer of the house, which defuses formulas
        file = SimpleUploadedFile(name, response.content)
        batch = actions.start(w.sami.writing_for(w.secretariat), w.secretariat, file=file, table=read_sheet(file), kind=None, country=None)
        assert set(batch.columns.values()) == {column.code for column in offered([w.schools], wide=True)} - {"parent"}
        actions.choose(w.sami.actor, batch, {int(place): code for place, code in batch.columns.items()})
    assert said(batch) == {2: ("unchanged", [])}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_an_export_of_the_house_that_comes_back_changes_nothing(w: SimpleNamespace, ending: str, language: str) -> None:
    Entity.objects.filter(pk=w.school.pk).update(
        phone="+216 71 000 000", website="http://school.example.org", founded="1998-09-15", languages="العربية، Français",
        details={"level": "primary", "pupils": 1250, "joined": "2019-03-01", "boarding": True, "fields": ["culture", "science"]},
    )  # fmt: skip
    answer = client_of(w.sami).get(f"/{language}/institutions/export.{ending}?kind=associated-school")
    assert answer.status_code == 200
    file = SimpleUploadedFile(f"register.{ending}", answer.content)
    with translation.override(language):
        batch = actions.start(w.sami.writing_for(w.secretariat), w.secretariat, file=file, table=read_sheet(file), kind=None, country=None)
        # No list says whether it is affiliated, or that somebody confirmed it.
        left = {place for place in range(len(batch.table[0])) if str(place) not in batch.columns}
        assert left == {SHARED.index("affiliation"), SHARED.index("confirmed_at")}, [batch.table[0], batch.columns]
        actions.choose(w.sami.actor, batch, {int(place): code for place, code in batch.columns.items()})
    assert said(batch) == {2: ("unchanged", [])}


# --- Which institution is meant ---------------------------------------------------------------------------------------
def test_a_row_is_recognized_by_its_code_else_by_its_name_country_and_kind(w: SimpleNamespace) -> None:
    rows = [
        ["code", "name", "country", "ville"],
        ["school-tn", "مدرسة النخيل الجديدة", "", "سوسة"],  # by code: renamed
        ["", "مدرسة النخيل تجريبية", "الأردن", "عمّان"],  # in another country: another one
    ]
    batch = bring(w.sami, w.secretariat, rows, kind=w.schools)
    assert said(batch) == {
        2: ("changed", ["Name in Arabic: from “مدرسة النخيل (تجريبية)” to “مدرسة النخيل الجديدة”.", "City: from “–” to “سوسة”."]),
        3: ("new", []),
    }
    named = bring(w.sami, w.secretariat, [["name", "country", "city"], ["مَدرسة النّخيل تجريبية", "tn", "قفصة"]], kind=w.schools)
    assert said(named)[2] == (
        "changed",
        ["Name in Arabic: from “مدرسة النخيل (تجريبية)” to “مَدرسة النّخيل تجريبية”.", "City: from “–” to “قفصة”."],
    )


def test_what_the_register_would_refuse_is_said_before(w: SimpleNamespace) -> None:
    rows = [
        ["code", "kind", "country", "name", "e-mail", "web", "level", "pupils"],
        ["school-tn", "national-commission", "TN", "اللجنة", "", "", "", ""],
        ["", "associated-school", "TN", "اللجنة الوطنية التونسية", "", "", "", ""],
        ["", "national-commission", "TN", "لجنة أخرى", "", "", "", ""],
        ["carmen", "associated-school", "TN", "مدرسة كارمن", "", "", "", ""],
        ["Bad Code!", "associated-school", "TN", "مدرسة", "x", "not a site", "نادي", "كثير"],
        ["", "associated-school", "", "مدرسة بلا دولة", "", "", "", ""],
        ["", "", "TN", "مدرسة بلا نوع", "", "", "", ""],
        ["", "orchestra", "TN", "فرقة", "", "", "", ""],
        ["", "associated-school", "TN", "=HYPERLINK(\"http://evil.example\";\"x\")", "", "", "", ""],
        ["", "associated-school", "TN", "مدرسة الغد", "", "", "", ""],
        ["", "associated-school", "تونس", "مدرسة الغد ", "", "", "", ""],
        ["", "national-commission", "JO", "", "", "", "primary", ""],
    ]  # fmt: skip
    batch = bring(w.sami, w.secretariat, rows)
    assert said(batch) == {
        2: ("refused", ["Code: The code “school-tn” belongs to an institution of another kind (Associated school)."]),
        3: ("refused", ["Another institution of this country has this name, or one that looks the same: “اللجنة الوطنية التونسية” (natcom-tn). Write its code into the row if it is meant."]),
        4: ("refused", ["This country has its National Commission in the register: “اللجنة الوطنية التونسية”. Write its code (natcom-tn) into the row if it is meant."]),
        5: ("refused", ["Code: The code “carmen” is taken by another page."]),
        6: ("refused", [
            "Code: The code “Bad Code!” may hold only small Latin letters, digits and hyphens.",
            "E-mail: “x” is not an e-mail address.",
            "Website: “not a site” is not a web address.",
            "Level: “نادي” is none of: primary, secondary.",
            "Pupils: “كثير” is not a whole number.",
        ]),
        7: ("refused", ["Country: The country is not given; an institution of this kind needs one."]),
        8: ("refused", ["Kind of institution: The kind of institution is not given."]),
        9: ("refused", ["Kind of institution: No kind of institution is called “orchestra”."]),
        10: ("refused", ["Name in Arabic: “=HYPERLINK(\"http://evil.example\";\"x\")” is a formula. Write its result."]),
        11: ("new", []),
        12: ("refused", ["The same institution stands in row 11 of this file already."]),
        13: ("refused", ["This country has its National Commission in the register: “اللجنة الوطنية الأردنية”. Write its code (natcom-jo) into the row if it is meant."]),
    }  # fmt: skip


def test_cells_are_tamed(w: SimpleNamespace) -> None:
    rows = [
        ["الاسم", "الدولة", "الهاتف", "البريد", "الموقع", "المرحلة", "عدد التلاميذ", "تاريخ الانتساب", "داخلية", "المجالات"],
        ["  مدرسة   الواحة\u200f ", "الجمهورية تونس", "٠٠٢١٦ ٧١ ١٢٣", "mailto:oasis@example.org", "oasis.example.org", "Primaire", "١٬٢٥٠", "31/12/2019", "نعم", "الثقافة، science"],
    ]  # fmt: skip
    batch = bring(w.sami, w.secretariat, rows, kind=w.schools)
    assert outcomes(batch) == counted(new=1)
    actions.confirm(w.sami.actor, batch)
    made = Entity.objects.get(name_ar="مدرسة الواحة")
    assert (made.country_id, made.phone, made.email, made.website) == (
        "TN",
        "+216 71 123",
        "oasis@example.org",
        "https://oasis.example.org",
    )
    assert made.details == {"level": "primary", "pupils": 1250, "joined": "2019-12-31", "boarding": True, "fields": ["culture", "science"]}
    assert (made.handle, made.overseer_id) == ("school-tn-1", w.natcom_tn.pk)


def test_an_empty_cell_changes_nothing_and_details_of_other_fields_stay(w: SimpleNamespace) -> None:
    Entity.objects.filter(pk=w.school.pk).update(city="تونس", details={"level": "primary", "former": "x"})
    batch = bring(w.sami, w.secretariat, [["code", "city", "level", "pupils"], ["school-tn", "", "", "40"]], kind=w.schools)
    actions.confirm(w.sami.actor, batch)
    w.school.refresh_from_db()
    assert (w.school.city, w.school.details) == ("تونس", {"level": "primary", "former": "x", "pupils": 40})


# --- Persons --------------------------------------------------------------------------------------------------------------
def test_columns_about_persons_are_left_out_and_nothing_of_them_is_kept(w: SimpleNamespace) -> None:
    rows = [
        ["الاسم", "المنسق", "هاتف المنسق", "البريد"],
        ["مدرسة الربيع", "سعاد الغريبة", "+216 99 999", "spring@example.org"],
        ["", "زيد", "", ""],
    ]
    batch = bring(w.carmen, w.natcom_tn, rows, kind=w.schools)
    assert batch.columns == {"0": "name_ar", "3": "email"}
    actions.confirm(w.carmen.actor, batch)
    batch.refresh_from_db()
    kept = f"{batch.table} {list(batch.lines.values())} {list(Entity.objects.values())}"
    assert "سعاد" not in kept and "999" not in kept and "زيد" not in kept
    assert batch.table == []


# --- Who may ----------------------------------------------------------------------------------------------------------------
def test_a_commission_brings_in_what_it_oversees_in_its_own_country_as_drafts(w: SimpleNamespace) -> None:
    rows = [
        ["kind", "country", "name", "code", "status"],
        ["associated-school", "", "مدرسة الأمل", "", "active"],
        ["associated-school", "JO", "مدرسة أردنية", "", ""],
        ["national-commission", "TN", "لجنة ثانية", "", ""],
        ["associated-school", "TN", "مدرسة النخيل (تجريبية)", "", ""],
        ["", "", "", "natcom-jo", ""],
    ]
    batch = bring(w.carmen, w.natcom_tn, rows)
    assert said(batch) == {
        2: ("new", []),
        3: ("refused", ["Country: It belongs to Jordan. A commission brings in institutions of its own country only."]),
        4: ("refused", ["Kind of institution: A commission brings in only institutions that it oversees, such as schools, clubs and chairs; this is one of another kind."]),
        5: ("unchanged", []),
        6: ("refused", ["Country: It belongs to Jordan. A commission brings in institutions of its own country only."]),
    }  # fmt: skip
    actions.confirm(w.carmen.actor, batch)
    made = Entity.objects.get(name_ar="مدرسة الأمل")
    assert (made.status, made.listed, made.overseer_id, made.country_id) == ("draft", False, w.natcom_tn.pk, "TN")


def test_a_status_from_a_list_stands_in_the_history_with_the_list_as_its_reason(w: SimpleNamespace) -> None:
    rows = [["code", "city", "status"], ["school-tn", "سوسة", "suspended"], ["natcom-jo", "", "active"]]
    with translation.override("en"):
        actions.confirm(w.sami.actor, bring(w.sami, w.secretariat, rows, name="statuses.csv"))
    school = Entity.objects.get(pk=w.school.pk)
    assert (school.city, school.status, school.listed) == ("سوسة", "suspended", False)
    assert [change.reason for change in school.status_changes.all()] == ["As it stands in the list “statuses.csv”."]
    assert not w.natcom_jo.status_changes.exists()


def test_the_register_shows_the_way_to_those_who_may(w: SimpleNamespace, client: Client) -> None:
    for who, shown in ((w.sami, True), (w.carmen, True), (w.amina, False), (w.ezz, False), (w.dara, False)):
        client.force_login(who.user)
        assert ('href="/en/imports/"' in client.get("/en/institutions/").content.decode()) is shown, who.user
    client.logout()
    assert 'href="/en/imports/"' not in client.get("/en/institutions/?kind=associated-school").content.decode()


def test_only_the_secretariat_and_commissions_bring_lists_in(w: SimpleNamespace) -> None:
    for who, entity in ((w.amina, w.school), (w.carmen, w.natcom_jo), (w.basel, w.secretariat)):
        with pytest.raises(PermissionDenied):
            actions.start(who.actor, entity, file=file_of([["name"], ["x"]]), table=[["name"], ["x"]], kind=None, country=None)
    assert {name for name, who in w.cast.items() if actions.may_start(who.actor)} == {"carmen", "haytham", "basel", "sami"}


def test_an_unconfirmed_list_is_its_bringers_own_and_the_secretariat_sees_it_when_confirmed(w: SimpleNamespace) -> None:
    batch = bring(w.carmen, w.natcom_tn, [["name"], ["مدرسة الأمل"]], kind=w.schools)

    def seen() -> set[str]:
        return {name for name, who in w.cast.items() if batch in Import.objects.visible_to(who.actor)}

    assert seen() == {"carmen", "haytham"}
    with pytest.raises(PermissionDenied):
        actions.confirm(w.sami.actor, batch)
    actions.confirm(w.haytham.actor, batch)
    assert seen() == {"carmen", "haytham", "sami"}
    with pytest.raises(PermissionDenied):
        actions.drop(w.haytham.actor, batch)


def test_one_that_is_thrown_away_or_forgotten_leaves_nothing(w: SimpleNamespace) -> None:
    batch = bring(w.carmen, w.natcom_tn, [["name"], ["مدرسة الأمل"]], kind=w.schools)
    actions.drop(w.carmen.actor, batch)
    old = bring(w.carmen, w.natcom_tn, [["name"], ["مدرسة الأمل"]], kind=w.schools)
    new = bring(w.carmen, w.natcom_tn, [["name"], ["مدرسة الأمل"]], kind=w.schools)
    written = bring(w.carmen, w.natcom_tn, [["name"], ["مدرسة الأمل"]], kind=w.schools)
    actions.confirm(w.carmen.actor, written)
    Import.objects.exclude(pk=new.pk).update(created_at=timezone.now() - timezone.timedelta(days=8))
    assert actions.sweep() == 1
    assert set(Import.objects.all()) == {new, written}
    assert not Line.objects.filter(batch_id=old.pk).exists()


# --- Writing ------------------------------------------------------------------------------------------------------------------
def many(count: int) -> list[list[Any]]:
    return [["name", "country"], *([f"مدرسة رقم {number}", "TN"] for number in range(1, count + 1))]


def test_a_long_list_is_written_piece_by_piece_and_each_row_once(w: SimpleNamespace) -> None:
    batch = bring(w.sami, w.secretariat, many(130), kind=w.schools)
    before = Entity.objects.count()
    actions.confirm(w.sami.actor, batch)
    actions.confirm(w.sami.actor, batch)  # twice is quiet
    assert Entity.objects.count() == before
    actions.write_piece(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.done, Entity.objects.count()) == ("writing", actions.PIECE, before + actions.PIECE)
    while Job.objects.filter(name="imports.write").exists():
        work_one()
    assert outcomes(batch) == counted(new=130)
    assert (batch.state, batch.done, Entity.objects.count()) == ("done", 130, before + 130)
    codes = Entity.objects.filter(name_ar__startswith="مدرسة رقم").values_list("handle", flat=True)
    assert sorted(codes) == sorted(f"school-tn-{number}" for number in range(1, 131))


def test_whoever_loses_the_mandate_writes_no_more(w: SimpleNamespace) -> None:
    batch = bring(w.sami, w.secretariat, many(130), kind=w.schools)
    actions.confirm(w.sami.actor, batch)
    actions.write_piece(batch)
    Mandate.objects.filter(user=w.sami.user).update(ends_at=timezone.now())
    before = Entity.objects.count()
    actions.write_piece(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.done, Entity.objects.count()) == ("stopped", actions.PIECE, before)


def test_a_row_that_became_impossible_meanwhile_is_refused_alone(w: SimpleNamespace) -> None:
    batch = bring(w.sami, w.secretariat, many(3), kind=w.schools)
    actions.confirm(w.sami.actor, bring(w.sami, w.secretariat, [*many(0), ["مدرسة رقم 2", "TN"]], kind=w.schools))
    actions.confirm(w.sami.actor, batch)
    assert outcomes(batch) == counted(new=2, refused=1)
    assert [number for number, (outcome, _says) in said(batch).items() if outcome == "refused"] == [3]


def test_a_list_is_told_of_once_and_not_row_by_row(w: SimpleNamespace) -> None:
    batch = bring(w.sami, w.secretariat, many(5), kind=w.schools)
    Job.objects.all().delete()
    actions.confirm(w.sami.actor, batch)
    told = Activity.objects.filter(verb__in=["imported", "registered"]).values_list("verb", "reach", "on_behalf_of")
    assert sorted(told) == [("imported", 3, w.secretariat.pk), *[("registered", 3, w.secretariat.pk)] * 5]
    assert not Job.objects.filter(name="activity.deliver").exists()


# --- How much it costs ---------------------------------------------------------------------------------------------------
def test_the_preview_asks_as_often_for_one_row_as_for_many(w: SimpleNamespace) -> None:
    counts = []
    for count in (1, 400):
        rows = [["code", *many(0)[0]], *([f"school-{row}", *cells] for row, cells in enumerate(many(count)[1:]))]
        file = file_of(rows)
        batch = actions.start(w.sami.actor, w.secretariat, file=file, table=read_sheet(file), kind=w.schools, country=None)
        batch = batch.locked()
        with CaptureQueriesContext(connection) as queries:
            assert len(plan.check(batch)) == count
        counts.append(len(queries))
    assert counts == [4, 4]


# --- Headings -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("الاسم", "name_ar"), ("اسم المدرسة", "name_ar"), ("NAME_FR", "name_fr"), ("Nom en français", "name_fr"), ("English name", "name_en"),
        ("الدّولة", "country"), ("Pays :", "country"), ("État", "country"), ("Country *", "country"), ("البريد الالكتروني", "email"),
        ("E-mail", "email"), ("Site web", "website"), ("Tél.", "phone"), ("رقم الهاتف", "phone"), ("سنة التأسيس", "founded"),
        ("Niveau", "details.level"), ("المرحلة", "details.level"), ("level", "details.level"), ("details.level", "details.level"),
        ("الحالة", "status"), ("Statut", "status"), ("Code", "handle"), ("handle", "handle"), ("النوع", "kind"), ("entity_kind", "kind"),
        ("المنسق", None), ("Coordinateur", None), ("Director", None), ("شيء آخر", None),
    ],
)  # fmt: skip
def test_headings_are_understood_in_three_languages(w: SimpleNamespace, heading: str, code: str | None) -> None:
    table = [[heading], ["الاسم"]]
    assert guess(table, offered([w.schools], wide=True)) == ({0: code} if code else {})


def test_every_label_of_every_field_is_understood_whatever_the_readers_language(w: SimpleNamespace) -> None:
    columns = offered([w.schools], wide=True)
    for language in ("ar", "fr", "en"):
        with translation.override(language):
            headings = [str(column.label) for column in columns]
        table = [headings, ["عربي"] * len(headings)]
        assert list(guess(table, columns).values()) == [column.code for column in columns], language


def test_a_name_in_latin_letters_is_no_arabic_name(w: SimpleNamespace) -> None:
    assert guess([["Name"], ["Palm school"]], list(COMMON)) == {0: "name_en"}


# --- Pages --------------------------------------------------------------------------------------------------------------------
def client_of(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def test_from_the_file_to_the_report_by_pages(w: SimpleNamespace) -> None:
    client = client_of(w.carmen)
    assert client.get("/en/imports/").status_code == 200
    rows = [["الاسم", "المدينة", "المنسق"], ["مدرسة الأمل", "تونس", "سعاد"], ["", "قفصة", ""]]
    sent = client.post("/en/imports/new/", {"file": file_of(rows), "kind": w.schools.pk})
    batch = Import.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/en/imports/{batch.pk}/columns/")
    form = client.get(sent["Location"])
    assert form.status_code == 200
    assert form.context["form"].people == ["المنسق"]
    wrong = client.post(sent["Location"], {"c0": "name_ar", "c1": "name_ar"})
    assert wrong.status_code == 422
    assert "Two columns cannot both be" in wrong.content.decode()
    looked = client.post(sent["Location"], {"c0": "name_ar", "c1": "city", "c2": ""}, follow=True)
    assert looked.status_code == 200
    assert [(line.number, outcome, [one.sentence for one in why]) for line, outcome, _changes, why, _place in looked.context["shown"]] == [
        (2, "New", []),
        (3, "Refused", ["No name is given."]),
    ]
    assert not Entity.objects.filter(name_ar="مدرسة الأمل").exists()
    written = client.post(f"/en/imports/{batch.pk}/confirm/", follow=True)
    assert "1 row is in the register." in written.content.decode()
    assert Entity.objects.get(name_ar="مدرسة الأمل").city == "تونس"
    assert client.post(f"/en/imports/{batch.pk}/columns/", {"c0": "name_ar"}).status_code == 302
    report = SimpleUploadedFile("r.xlsx", client.get(f"/en/imports/{batch.pk}/report/").content)
    code = Entity.objects.get(name_ar="مدرسة الأمل").handle
    assert read_sheet(report) == [
        ["Row", "Outcome", "Name", "Code", "What changed, or why not"],
        ["2", "New", "مدرسة الأمل", code],
        ["3", "Refused", "", "", "No name is given."],
    ]
    refused = SimpleUploadedFile("r.csv", client.get(f"/en/imports/{batch.pk}/refused/?form=csv").content)
    assert read_sheet(refused) == [["Name in Arabic", "City", "Why it was refused"], ["", "قفصة", "No name is given."]]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("list.pdf", b"%PDF-1.4", "Send a table as CSV or XLSX."),
        ("list.xlsx", b"not a workbook", "This workbook cannot be read"),
        ("list.csv", b"name\n", "The table needs a row of headings and at least one row under it."),
        ("list.csv", b"x\n" * 5002, "The table has more than 5,000 rows. Send it in parts."),
        ("list.csv", b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB. Send it in parts."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(w: SimpleNamespace, name: str, data: bytes, sentence: str) -> None:
    answer = client_of(w.sami).post("/en/imports/new/", {"file": SimpleUploadedFile(name, data), "kind": ""})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Import.objects.exists()


def test_while_it_is_written_the_page_says_how_far_it_is(w: SimpleNamespace) -> None:
    client = client_of(w.sami)
    batch = bring(w.sami, w.secretariat, many(130), kind=w.schools)
    client.post(f"/en/imports/{batch.pk}/confirm/")
    actions.write_piece(batch)
    part = client.get(f"/en/imports/{batch.pk}/", headers={"hx-request": "true", "hx-target": "import-progress"})
    assert "40 of 130 rows are written." in part.content.decode()
    while Job.objects.filter(name="imports.write").exists():
        work_one()
    through = client.get(f"/en/imports/{batch.pk}/", headers={"hx-request": "true", "hx-target": "import-progress"})
    assert through["HX-Redirect"] == f"/en/imports/{batch.pk}/"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_template_holds_every_field_of_its_kind_and_comes_back_understood(w: SimpleNamespace, form: str) -> None:
    with translation.override("fr"):
        response = template(w.schools, form, wide=True)
        file = SimpleUploadedFile(f"t.{form}", response.content)
        with pytest.raises(ValidationError):
            read_sheet(file)  # nothing stands in it yet
    if form == "xlsx":
        from openpyxl import load_workbook  # noqa: PLC0415 -- only here

        book = load_workbook(io.BytesIO(response.content))
        header = [str(cell.value) for cell in book.worksheets[0][1]]
        assert len(book.worksheets[0].data_validations.dataValidation) == 4  # country, status, level, boarding
    else:
        header = next(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    columns = [column.code for column in offered([w.schools], wide=True) if column.code != "kind"]
    assert list(guess([header, ["عربي"] * len(header)], offered([w.schools], wide=True)).values()) == columns


def test_the_menu_of_those_who_keep_registers_leads_there(w: SimpleNamespace) -> None:
    for who, handle, there in ((w.sami, "secretariat", True), (w.carmen, "natcom-tn", True), (w.basel, "natcom-tn", False), (w.amina, "school-tn", False)):  # fmt: skip
        assert ("/en/imports/" in client_of(who).get(f"/en/institutions/{handle}/").content.decode()) is there


def test_the_list_of_imports_asks_as_often_for_one_as_for_many(w: SimpleNamespace) -> None:
    client = client_of(w.sami)
    client.get("/en/imports/")
    counts = []
    for _round in range(2):
        for _one in range(3):
            actions.confirm(w.sami.actor, bring(w.sami, w.secretariat, [["name", "country"], [f"مدرسة {Import.objects.count()}", "TN"]], kind=w.schools))  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/en/imports/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_handles_of_other_spaces_are_not_taken_over(w: SimpleNamespace) -> None:
    assert Space.objects.filter(handle="carmen", kind="person").exists()
    batch = bring(w.sami, w.secretariat, [["code", "name", "country"], ["Carmen", "مدرسة", "TN"]], kind=w.schools)
    assert said(batch)[2] == ("refused", ["Code: The code “carmen” is taken by another page."])


@pytest.mark.parametrize(
    ("kind", "country", "meant"),
    [
        ("اللجنة الوطنية", "الإمارات", ("national-commission", "AE")), ("لجنة", "دولة الإمارات العربية المتحدة", ("national-commission", "AE")),
        ("مدرسة", "السعودية", ("associated-school", "SA")), ("School", "Royaume d'Arabie saoudite", ("associated-school", "SA")),
        ("National commission", "سلطنة عُمان", ("national-commission", "OM")), ("associated-school", "SD", ("associated-school", "SD")),
        ("مدارس", "السودان", None), ("مدرسة منتسبة", "العربية", None), ("مدرسة منتسبة", "Atlantis", None),
    ],
)  # fmt: skip
def test_kinds_and_states_are_known_by_their_usual_names(secretariat: SimpleNamespace, kind: str, country: str, meant: Any) -> None:
    batch = bring(secretariat.sami, secretariat.entity, [["kind", "country", "name"], [kind, country, "اسم"]])
    line, kinds = batch.lines.get(), {one.pk: one.code for one in Kind.objects.all()}
    found = (kinds[line.values["kind"]], line.values["country"]) if line.outcome == "new" else None
    assert found == meant
