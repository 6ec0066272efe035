"""Tables that leave run nothing; tables that come in are read as text, or refused in words."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from network.sheets import MOST_ROWS, SheetRefused, csv_response, read_sheet, xlsx_response

HEADER = ["الاسم", "Niveau", "Since"]
ROWS = [["مدرسة النخيل، تونس", '=HYPERLINK("http://evil")', date(2026, 9, 1)], ["@SUM(A1)", "-1+2", 7], ["+216 71 000 000", None, 1.5]]
BACK = [
    HEADER,
    ["مدرسة النخيل، تونس", '=HYPERLINK("http://evil")', "2026-09-01"],
    ["@SUM(A1)", "-1+2", "7"],
    ["+216 71 000 000", "", "1.5"],
]


def file(name: str, content: bytes) -> ContentFile:
    return ContentFile(content, name=name)


def test_a_csv_opens_in_a_spreadsheet_with_its_arabic_and_without_formulas():
    response = csv_response("سجل المدارس", HEADER, ROWS)
    text = response.content.decode("utf-8-sig")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert text.splitlines() == [
        "الاسم,Niveau,Since",
        '"مدرسة النخيل، تونس","\'=HYPERLINK(""http://evil"")",2026-09-01'.replace('"مدرسة النخيل، تونس"', "مدرسة النخيل، تونس"),
        "'@SUM(A1),'-1+2,7",
        "'+216 71 000 000,,1.5",
    ]
    assert "filename*=UTF-8''%D8%B3" in response["Content-Disposition"]


def test_a_workbook_reads_from_the_right_and_keeps_text_as_text():
    book = load_workbook(io.BytesIO(xlsx_response("schools", HEADER, ROWS, rtl=True).content))
    sheet = book.active
    assert sheet.sheet_view.rightToLeft
    assert sheet["B2"].value == '=HYPERLINK("http://evil")' and sheet["B2"].data_type == "s"


def test_what_left_comes_back_the_same_from_either_form():
    for response in (csv_response("a", HEADER, ROWS), xlsx_response("a", HEADER, ROWS, rtl=False)):
        name = "a.csv" if "csv" in response["Content-Type"] else "a.xlsx"
        got = read_sheet(file(name, response.content))
        assert [[*row, *[""] * (3 - len(row))] for row in got] == BACK


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-8", ";"), ("utf-16", "\t"), ("cp1256", ";")])
def test_a_csv_is_read_whatever_program_wrote_it(encoding, delimiter):
    text = f"الاسم{delimiter}المدينة\r\n  مدرسة   النخيل {delimiter}تونس\r\n\r\n"
    assert read_sheet(file("x.csv", text.encode(encoding))) == [["الاسم", "المدينة"], ["مدرسة النخيل", "تونس"]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.pdf", b"%PDF-1.7"),
        ("x.csv", b"only a heading\n"),
        ("x.csv", b""),
        ("x.xlsx", b"PK\x03\x04 not a workbook"),
        ("x.csv", b"a,b\n\x00\x01,2\n"),
        ("x.csv", b"a,b\n" + b"1,2\n" * (MOST_ROWS + 1)),
        ("x.csv", (",".join(map(str, range(61))) + "\n1\n").encode()),
        ("x.csv", b"x" * (5 * 1024 * 1024 + 1)),
    ],
)
def test_what_is_no_table_or_too_much_of_one_is_refused_in_words(name, content):
    with pytest.raises(SheetRefused) as refusal:
        read_sheet(file(name, content))
    assert refusal.value.messages[0].endswith(".")
