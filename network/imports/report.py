"""What leaves as a file: the report of a list, its refused rows to mend, and a template for each kind."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from network.declared import said
from network.entities.models import Entity, Kind
from network.imports.columns import Column, offered
from network.imports.models import Import, Line
from network.imports.plan import columns_of
from network.imports.words import Words, many
from network.sheets import XLSX, attachment, csv_response, xlsx_response
from network.spaces.models import Country

ROWS_OF_TEMPLATE = 1_000


def rtl() -> bool:
    return (get_language() or "ar").startswith("ar")


def report(batch: Import, form: str) -> HttpResponse:
    """Every row: its number, what became of it, and in words what changed or why it was refused."""
    words = Words(batch)
    header = [_("Row"), _("Outcome"), _("Name"), _("Code"), _("What changed, or why not")]
    rows = [
        [line.number, str(words.outcome(line)), line.name, (line.entity.handle or "") if line.entity else "", " ".join(words.of(line))]
        for line in batch.lines.select_related("entity")
    ]
    return _sent(f"multaqa-import-{batch.pk}", header, rows, form)


def refused(batch: Import, form: str) -> HttpResponse:
    """The refused rows as they were, with why: mended, they can be brought in again."""
    known, words = columns_of(batch), Words(batch)
    codes = list(dict.fromkeys(batch.columns.values()))
    rows = [
        [*(line.values.get(code, "") for code in codes), " ".join(words.of(line))]
        for line in batch.lines.filter(outcome=Line.Outcome.REFUSED)
    ]
    header = [*(str(known[code].label) if code in known else code for code in codes), _("Why it was refused")]
    return _sent(f"multaqa-import-{batch.pk}-refused", header, rows, form)


def _sent(name: str, header: Sequence[str], rows: list[list[Any]], form: str) -> HttpResponse:
    if form == "csv":
        return csv_response(name, header, rows)
    return xlsx_response(name, header, rows, rtl=rtl(), title=pgettext("of a list brought in", "Report"))


# --- A template ----------------------------------------------------------------------------------------------------------
def template(kind: Kind, form: str, *, wide: bool) -> HttpResponse:
    """An empty table with a heading for every field of this kind; as a workbook with lists to choose from and a page that explains them."""
    columns = [column for column in offered([kind], wide=wide) if column.code != "kind"]
    header = [str(column.label) for column in columns]
    name = f"multaqa-{kind.code}"
    if form == "csv":
        return csv_response(name, header, [])
    book = Workbook()
    sheet = book.active
    sheet.title = _title(kind.plural)
    sheet.sheet_view.rightToLeft = rtl()
    sheet.freeze_panes = "A2"
    lists = book.create_sheet("lists")
    lists.sheet_state = "hidden"
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = min(max(len(header[place - 1]) + 4, 14), 40)
        cell = sheet.cell(1, place, header[place - 1])
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E3EEF0")
        if choices := _choices(column):
            for row, choice in enumerate(choices, start=1):
                lists.cell(row, place, choice).data_type = "s"
            rule = DataValidation("list", formula1=f"lists!${letter}$1:${letter}${len(choices)}", allow_blank=True, errorStyle="warning")
            rule.add(f"{letter}2:{letter}{ROWS_OF_TEMPLATE}")
            sheet.add_data_validation(rule)
    _explain(book.create_sheet(_title(_("How to fill it in"))), columns)
    out = io.BytesIO()
    book.save(out)
    return attachment(f"{name}.xlsx", out.getvalue(), XLSX)


def _explain(sheet: Any, columns: list[Column]) -> None:
    sheet.sheet_view.rightToLeft = rtl()
    for letter, width in (("A", 32), ("B", 80)):
        sheet.column_dimensions[letter].width = width
    lines = [
        (_("Rows"), _("One institution a row, under the headings. An empty cell changes nothing.")),
        (_("Code"), _("Rows are recognized by their code, else by name, country and kind.")),
        (_("People"), _("Write no names or numbers of persons: people get accounts by invitation.")),
        *((str(column.label), wanted(column)) for column in columns),
    ]
    for row, (label, words) in enumerate(lines, start=1):
        sheet.cell(row, 1, label).font = Font(bold=True)
        sheet.cell(row, 2, words).data_type = "s"
        sheet.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="top")


def wanted(column: Column) -> str:
    """What a cell of this column should hold, in words."""
    if column.code == "country":
        return _("Name or code of the member state.")
    if column.code == "status":
        return many(str(label) for label in Entity.Status.labels)
    if column.declared is None:
        return str(column.help)
    hint = said(column.declared.help)
    match column.declared.kind:
        case "choice":
            words = _("One of: %(choices)s.") % {"choices": many(_choices(column))}
        case "choices":
            words = _("One or more, separated by commas, of: %(choices)s.") % {
                "choices": many(column.declared.word(value) for value, _label in column.declared.choices)
            }
        case "yes":
            words = _("Yes or no.")
        case "date":
            words = _("A date, for example 2026-11-26.")
        case "number" | "year":
            words = _("A whole number.")
        case _:
            words = ""
    return " ".join(filter(None, [words, hint]))


def _choices(column: Column) -> list[str]:
    if column.code == "country":
        return [country.name for country in Country.objects.all()]
    if column.code == "status":
        return [str(label) for label in Entity.Status.labels]
    if column.declared and column.declared.kind == "choice":
        return [column.declared.word(value) for value, _label in column.declared.choices]
    if column.declared and column.declared.kind == "yes":
        return [_("Yes"), _("No")]
    return []


def _title(text: str) -> str:
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in text).strip()[:31] or "Multaqa"
