"""M2: the register of schools is filtered to the exact few and taken away; a new kind of institution begins without code."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from network.entities import actions
from network.entities.models import Entity, Kind
from network.spaces.models import Country
from tests.journeys.support import Browse, World, in_language, looks, said

LEVEL = (
    '[{"code": "level", "kind": "choice", "label": {"ar": "المرحلة", "fr": "Niveau", "en": "Level"}, "filter": true, "column": true,'
    ' "choices": [{"value": "primary", "label": {"ar": "ابتدائية", "en": "primary"}},'
    ' {"value": "secondary", "label": {"ar": "ثانوية", "en": "secondary"}}]}]'
)


def names(page) -> list[str]:
    return [name.strip() for name in page.locator(".directory-card h3 a").all_inner_texts()]


@pytest.mark.parametrize(("language", "width"), looks(("ar", 1280), ("en", 390)))
def test_schools_of_bahrain_are_found_and_taken_away_and_a_new_register_begins(browse: Browse, w: World, language: str, width: int) -> None:
    bahrain = Country.objects.create(code="BH", name_ar="البحرين", name_en="Bahrain", protocol_order=3, zone="Asia/Bahrain")
    schools = Kind.objects.get(code="associated-school")
    for code, country, status in (
        ("lulu", bahrain, "active"),
        ("sanabil", bahrain, "active"),
        ("old", bahrain, "former"),
        ("oasis", w.tn, "active"),
    ):
        actions.create(
            w.sami.actor,
            kind=schools,
            handle=code,
            country=country,
            name_ar=f"مدرسة {code} (تجريبية)",
            name_en=f"School {code} (demo)",
            status=status,
        )
    lulu, sanabil = (Entity.objects.get(handle=code) for code in ("lulu", "sanabil"))

    # --- The secretariat filters: schools, Bahrain, active
    sami = browse(w.sami, language=language, width=width)
    sami.goto(f"/{language}/institutions/?kind=associated-school")
    sami.select_option("[name=country]", "BH")
    sami.select_option("[name=status]", "active")
    sami.locator(".register-filters .button").click()
    sami.wait_for_url("**country=BH**")
    assert names(sami) == [in_language(lulu, language), in_language(sanabil, language)]

    # --- The workbook holds the same two, and reads from the right in Arabic
    sami.locator("summary", has_text=said("Take it away", language)).click()
    with sami.expect_download() as download:
        sami.locator(".menu-panel a[href*='export.xlsx']").click()
    sheet = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["lulu", "sanabil"]
    assert bool(sheet.sheet_view.rightToLeft) is (language == "ar")
    assert "مدرسة lulu (تجريبية)" in [cell.value for cell in next(sheet.iter_rows(min_row=2))]

    # --- A visitor walks the picture by country with the keyboard alone
    visitor = browse(None, language=language, width=width)
    visitor.goto(f"/{language}/institutions/?kind=associated-school&view=map")
    tile = visitor.locator("svg a[href*='country=BH']")
    expect(tile).to_have_accessible_name(
        f"{bahrain.name_ar if language == 'ar' else 'Bahrain'}: " + ("جهتان" if language == "ar" else "2 institutions")
    )
    tile.focus()
    visitor.keyboard.press("Enter")
    visitor.wait_for_url("**country=BH**")
    assert names(visitor) == [in_language(lulu, language), in_language(sanabil, language)]

    # --- An administrator says what a new kind asks; its register, form and filter are there at once
    w.sami.user.is_staff = w.sami.user.is_superuser = True
    w.sami.user.save()
    Kind.objects.create(code="library", name_ar="مكتبة", name_en="Library", plural_ar="مكتبات", plural_en="Libraries", fields=[])
    sami.goto(f"/{language}/admin/entities/kind/{Kind.objects.get(code='library').pk}/change/")
    sami.fill("[name=fields]", LEVEL)
    sami.locator("[name=_save]").click()
    sami.wait_for_url("**/admin/entities/kind/")
    sami.goto(f"/{language}/institutions/?kind=library")
    sami.locator("a[href$='/institutions/new/?kind=library']").click()
    sami.wait_for_url("**/new/**")
    sami.fill("[name=handle]", "library-tn")
    sami.fill("[name=name_ar]", "دار الكتب (تجريبية)")
    sami.select_option("[name=d_level]", "secondary")
    sami.locator(".save-bar .button-primary").click()
    sami.wait_for_url("**/institutions/library-tn/mandates/")
    visitor.goto(f"/{language}/institutions/?kind=library&level=secondary")
    assert names(visitor) == ["دار الكتب (تجريبية)"]
    visitor.goto(f"/{language}/institutions/?kind=library&level=primary")
    assert names(visitor) == []
