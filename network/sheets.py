"""Tables that leave as CSV or XLSX and come in as either. What leaves runs nothing; what comes in is read as plain text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from network.files.parse import reads_as

MOST_ROWS, MOST_COLUMNS, MOST_BYTES, MOST_CELL = 5_000, 60, 5 * 1024 * 1024, 5_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_ILLEGAL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
Cell = str | int | float | date | None


class SheetRefused(ValidationError):
    """A table that cannot be read; its message says why and what to do."""


# --- Out ----------------------------------------------------------------------------------------------------------------
def defused(value: Cell) -> str:
    """A cell of a CSV. A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection)."""
    if value is None:
        return ""
    if isinstance(value, str):
        value = value.translate(_ILLEGAL)
        return f"'{value}" if value.startswith(_DANGEROUS) else value
    return value.isoformat() if isinstance(value, date) else str(value)


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A CSV to download, in UTF-8 with the mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([defused(cell) for cell in header])
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return attachment(f"{name}.csv", out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, rtl: bool, title: str = "") -> HttpResponse:
    """A workbook of one sheet to download, `rtl` as Arabic reads; every text is text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title or name))
    sheet.sheet_view.rightToLeft = rtl
    sheet.freeze_panes = "A2"
    kept = [list(row) for row in rows]
    for place, heading in enumerate(header):
        widest = max((len(str(row[place] or "")) for row in kept[:200]), default=0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(len(str(heading)), widest, 8) + 2, 60)
    sheet.append([_cell(sheet, heading, bold=True) for heading in header])
    for row in kept:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return attachment(f"{name}.xlsx", out.getvalue(), XLSX)


def attachment(name: str, content: bytes, content_type: str) -> HttpResponse:
    """A file to download under a name in any script."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{name.encode('ascii', 'replace').decode().replace('?', '_')}\"; filename*=UTF-8''{quote(name)}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _cell(sheet: Any, value: Cell, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value.translate(_ILLEGAL) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
        cell.alignment = Alignment(vertical="top", wrap_text=len(value) > 60)
    if bold:
        cell.font = Font(bold=True)
    return cell


def _sheet_title(text: str) -> str:
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in text).strip()[:31] or "Multaqa"


# --- In -----------------------------------------------------------------------------------------------------------------
def read_sheet(file: File) -> list[list[str]]:
    """The rows of a CSV or of the first sheet of a workbook, as trimmed text; empty rows at the end are left out.

    SheetRefused when it is too large (5 MB, 5,000 rows, 60 columns), not such a file, or empty.
    """
    if (file.size or 0) > MOST_BYTES:
        raise SheetRefused(_("The file is larger than 5 MB. Send it in parts."))
    name = (file.name or "").lower()
    file.seek(0)
    if name.endswith(".xlsx"):
        if not reads_as("xlsx", file):
            raise SheetRefused(_("This workbook cannot be read: it is damaged, protected, or of another kind. Save it again as XLSX."))
        file.seek(0)
        rows = _workbook(io.BytesIO(file.read()))
    elif name.endswith((".csv", ".txt")):
        rows = _text(file.read())
    else:
        raise SheetRefused(_("Send a table as CSV or XLSX."))
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) < 2:
        raise SheetRefused(_("The table needs a row of headings and at least one row under it."))
    return rows


def _workbook(data: io.BytesIO) -> list[list[str]]:
    try:
        book = load_workbook(data, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size may be anything
        rows = _limited([_plain(value) for value in row] for row in sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True))
        book.close()
    except SheetRefused:
        raise
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, SyntaxError, zipfile.BadZipFile):
        raise SheetRefused(
            _("This workbook cannot be read: it is damaged, protected, or of another kind. Save it again as XLSX.")
        ) from None
    return rows


def _text(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "cp1256"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetRefused(_("The letters of this file cannot be read. Save it as “CSV UTF-8”."))
    if "\0" in text:
        raise SheetRefused(_("Send a table as CSV or XLSX."))
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t|", key=first.count)
    try:
        return _limited([_plain(value) for value in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise SheetRefused(_("This CSV cannot be read: a quotation mark may be left open.")) from None


def _limited(rows: Iterable[list[str]]) -> list[list[str]]:
    kept: list[list[str]] = []
    empty = 0
    for row in rows:
        while row and not row[-1]:
            row.pop()
        if len(row) > MOST_COLUMNS:
            raise SheetRefused(_("The table has more than %(count)s columns.") % {"count": MOST_COLUMNS})
        empty = 0 if row else empty + 1
        if empty > 1_000:  # a sheet may claim a million empty rows
            break
        kept.append(row)
        if len(kept) - empty > MOST_ROWS + 1:
            raise SheetRefused(_("The table has more than %(count)s rows. Send it in parts.") % {"count": f"{MOST_ROWS:,}"})
    return kept


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(str(value).translate(_ILLEGAL).split())[:MOST_CELL]
    # What we defused when it left is what it was when it comes back.
    return text[1:] if text.startswith("'") and text[1:2] in _DANGEROUS and text[1:2] else text
