"""The secretariat brings 22 commissions and 30 schools in from one table; three rows are bad, are mended, and come in alone."""

import csv
import io
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from network.entities.models import Entity, Kind
from network.imports.models import Import
from network.names import fold, skeleton
from network.spaces.models import Country
from tests.journeys.support import SOON, Browse, counted, looks, said


def _table(rows: list[list[str]], name: str = "list.csv") -> Any:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return {"name": name, "mimeType": "text/csv", "buffer": out.getvalue().encode("utf-8-sig")}


@pytest.fixture
def rows(w: SimpleNamespace) -> list[list[str]]:
    """Both commissions of the cast and twenty more to come, thirty schools; rows 31, 41 and 51 are bad."""
    for entity in Entity.objects.all():
        Entity.objects.filter(pk=entity.pk).update(skeleton=skeleton(entity.name_ar), folded=fold(entity.name_ar))
    Entity.objects.filter(entity_kind__oversees=True).update(name_fr="")
    for number in range(20):
        Country.objects.create(
            code=f"X{chr(65 + number)}", name_ar=f"دولة {'ابتثجحخدذرزسشصضطظعغف'[number] * 3}", protocol_order=30 + number
        )
    countries = list(Country.objects.order_by("protocol_order"))
    names = {entity.country_id: entity.name_ar for entity in Entity.objects.filter(entity_kind__oversees=True)}
    Kind.objects.filter(code="associated-school").update(plural_ar="مدارس منتسبة")
    found = [["النوع", "الدولة", "الاسم", "المدينة", "البريد الإلكتروني", "المنسق"]]
    found += [
        ["لجنة وطنية", c.name_ar, names.get(c.pk, f"اللجنة الوطنية ({c.name_ar})"), "العاصمة", f"n@{c.pk.lower()}.example.org", ""]
        for c in countries
    ]
    found += [
        ["مدرسة منتسبة", countries[n % 22].name_ar, f"مدرسة السلام {n}", "المدينة", f"s{n}@example.org", "سعاد"] for n in range(1, 31)
    ]
    found[30][2], found[40][1], found[50][4] = "  ", "أطلانتس", "school at example"
    return found  # fmt: skip


@pytest.mark.parametrize(("language", "width", "script"), looks(("ar", 1280, True), ("en", 390, True), ("fr", 1280, False)))
def test_a_list_comes_in_and_its_bad_rows_are_mended(
    browse: Browse, accessible: Any, w: SimpleNamespace, rows: list[list[str]], language: str, width: int, script: bool
) -> None:
    sami = browse(w.sami, language=language, width=width, script=script)
    before = Entity.objects.count()
    _send(sami, language, rows)
    # The columns are guessed; the coordinator's is left out.
    chosen = sami.locator("main select").evaluate_all("all => all.map(one => one.value)") if script else None
    assert chosen in (None, ["kind", "country", "name_ar", "city", "email", ""])
    expect(sami.locator("main .note").first).to_contain_text(said("Columns about persons are left out: people get accounts by invitation. Choose the institution's own telephone and address where the file has them.", language))  # fmt: skip
    _right(sami, accessible, script)
    sami.locator("main .save-bar .button-primary").click()

    # The preview says what each row would do; nothing is written.
    expect(sami.locator(".import-count")).to_have_count(3)
    assert _counts(sami) == {"refused": "3", "changed": "2", "new": "47"}
    assert Entity.objects.count() == before
    sami.locator(".segmented a[href='?outcome=refused']").click()
    expect(sami.locator(".import-rows tbody tr")).to_have_count(3)
    assert [row.split()[-1] for row in sami.locator(".import-rows tbody tr td:first-child").all_inner_texts()] == ["31", "41", "51"]
    expect(sami.locator(".import-rows tbody tr").nth(1)).to_contain_text("أطلانتس")
    _right(sami, accessible, script)
    sami.locator(".save-bar .button-primary", has_text=counted("Write %(count)s row", "Write %(count)s rows", 49, language)).click()

    # The report stays; 49 rows are in the register.
    expect(sami.locator(".note-done")).to_contain_text(counted("%(count)s row is in the register.", "%(count)s rows are in the register.", 49, language), timeout=SOON)  # fmt: skip
    assert Entity.objects.count() == before + 47
    _right(sami, accessible, script)

    # The same file, mended: three rows come in, and nothing is there twice.
    rows[30][2], rows[40][1], rows[50][4] = "مدرسة الأمل", "تونس", "s@example.org"
    _send(sami, language, rows)
    sami.locator("main .save-bar .button-primary").click()
    expect(sami.locator(".import-count")).to_have_count(2)
    assert _counts(sami) == {"new": "3", "unchanged": "49"}
    sami.locator(".save-bar .button-primary").click()
    expect(sami.locator(".note-done")).to_be_visible(timeout=SOON)
    assert Entity.objects.count() == before + 50
    sami.goto(f"/{language}/imports/")
    expect(sami.locator(".import-table tbody tr")).to_have_count(2)
    assert Import.objects.filter(state="done").count() == 2
    _right(sami, accessible, script)


def _send(page: Page, language: str, rows: list[list[str]]) -> None:
    page.goto(f"/{language}/imports/")
    page.locator(f".page-head a[href='/{language}/imports/new/']").click()
    page.set_input_files("input[type=file]", _table(rows))
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/columns/")


def _counts(page: Page) -> dict[str, str]:
    return {one.get_attribute("data-outcome") or "": one.locator("dd").inner_text() for one in page.locator(".import-count").all()}


def _right(page: Page, accessible: Any, script: bool) -> None:
    """Nothing sticks out of a phone, and axe has nothing to say."""
    if script:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        accessible(page)
