"""Files on their way in: three witnesses must agree, and pictures are made anew."""

import struct
import time
import zipfile
import zlib
from io import BytesIO

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image

from network.files import (
    Accepted,
    FilesField,
    Stored,
    UploadRefused,
    accept_upload,
    picture,
    serve_file,
    tidy_file_name,
)

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

OFFICE = {"[Content_Types].xml": b"<Types/>"}


def accept(name: str, data: bytes) -> Accepted:
    return accept_upload(SimpleUploadedFile(name, data), user=None)  # type: ignore[arg-type]


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(UploadRefused) as refused:
        accept(name, data)
    assert refused.value.messages[0]
    return str(refused.value.code)


def painted(kind: str, size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "SECRET PLACE"
    Image.new("RGB", size, "teal").save(out, kind, **({} if kind == "GIF" else {"exif": exif}), **more)  # type: ignore[arg-type]
    return out.getvalue()


def packed(members: dict[str, bytes], *, first: tuple[str, bytes] | None = None) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def png_of(width: int, height: int) -> bytes:
    """A picture that says it is large and is nearly empty: a bomb."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\0" * 10 + b"\xff\xfb\x90\x00" + b"\0" * 400
MP4 = box(b"ftyp", b"isom\0\0\2\0isommp41") + box(b"moov", b"") + box(b"mdat", b"x" * 50)
M4A = box(b"ftyp", b"M4A \0\0\2\0M4A isom") + box(b"moov", b"") + box(b"mdat", b"x" * 50)
GOOD = {
    "a.pdf": PDF,
    "a.docx": packed({**OFFICE, "word/document.xml": b"<w/>"}),
    "a.xlsx": packed({**OFFICE, "xl/workbook.xml": b"<w/>"}),
    "a.pptx": packed({**OFFICE, "ppt/presentation.xml": b"<w/>"}),
    "a.odt": packed({"content.xml": b"<o/>"}, first=("mimetype", b"application/vnd.oasis.opendocument.text")),
    "a.ods": packed({"content.xml": b"<o/>"}, first=("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")),
    "a.odp": packed({"content.xml": b"<o/>"}, first=("mimetype", b"application/vnd.oasis.opendocument.presentation")),
    "a.txt": "سطر\nline <b>".encode(),
    "a.csv": "الاسم;القيمة\n1;2".encode("utf-8-sig"),
    "a.zip": packed({"folder/ملف.txt": b"x"}),
    "a.mp3": MP3,
    "a.mp4": MP4,
    "a.m4a": M4A,
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_what_it_says_is_kept_as_it_came(name: str) -> None:
    accepted = accept(name, GOOD[name])
    assert (accepted.name, accepted.size, accepted.is_picture) == (name, len(GOOD[name]), False)
    assert accepted.content.read() == GOOD[name]
    assert accepted.stored_name.endswith(name[1:])
    assert name.removesuffix(name[1:]) + "." not in accepted.stored_name.split("/")[1][:2]


def test_stored_names_are_random_and_the_sum_is_of_what_is_kept() -> None:
    one, other = accept("a.pdf", PDF), accept("a.pdf", PDF)
    assert one.sha256 == other.sha256
    assert one.stored_name != other.stored_name


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp")])
def test_pictures_are_turned_upright_and_lose_what_they_hid(kind: str, ending: str) -> None:
    raw = painted(kind)
    assert b"SECRET" in raw
    accepted = accept(f"صورة.{ending}", raw)
    kept = accepted.content.read()
    assert b"SECRET" not in kept
    assert (accepted.width, accepted.height) == (40, 60)
    assert Image.open(BytesIO(kept)).size == (40, 60)
    assert len(Image.open(BytesIO(kept)).getexif()) == 0


def test_a_moving_picture_keeps_moving() -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    kept = accept("a.gif", out.getvalue()).content.read()
    assert Image.open(BytesIO(kept)).n_frames == 3  # type: ignore[attr-defined]


def test_a_page_hidden_in_a_picture_is_gone() -> None:
    for hidden in (b"<script>alert(1)</script>", b"PK\x03\x04", b"<?php x ?>"):
        kept = accept("a.png", painted("PNG") + hidden).content.read()
        assert hidden not in kept
        kept = accept("a.gif", painted("GIF", comment=hidden) + hidden).content.read()
        assert hidden not in kept


@pytest.mark.parametrize(
    "name",
    [
        "a.svg",
        "a.html",
        "a.xml",
        "a.js",
        "a.exe",
        "a.docm",
        "a.php.phtml",
        "noending",
        "a.svgz",
        "a.xhtml",
        "a.png.html",
        "a.pdf\u202e.exe",
    ],
)
def test_kinds_that_are_not_on_the_list_are_refused(name: str) -> None:
    assert refusal(name, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>") == "kind"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", painted("JPEG")),
        ("a.jpg", painted("PNG")),
        ("a.jpg", b"\xff\xd8\xff\xe0<script>alert(1)</script>"),
        ("a.gif", b"GIF89a/*<svg onload=alert(1)>*/=1;"),
        ("a.png", painted("PNG")[:60]),
        ("a.pdf", b"<html>%PDF-1.4 %%EOF"),
        ("a.pdf", b"%PDF-1.4 without an end"),
        ("a.pdf", GOOD["a.zip"]),
        ("a.docx", GOOD["a.zip"]),
        ("a.docx", GOOD["a.xlsx"]),
        ("a.docx", packed({**OFFICE, "word/document.xml": b"<w/>", "word/vbaProject.bin": b"x"})),
        ("a.odt", GOOD["a.ods"]),
        ("a.odt", packed({"mimetype2": b"x", "content.xml": b""})),
        ("a.zip", b"GIF89a" + GOOD["a.zip"]),
        ("a.zip", PDF),
        ("a.txt", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("a.txt", b"\xef\xbb\xbf  <svg onload=alert(1)>"),
        ("a.txt", b"MZ\x90\x00"),
        ("a.csv", b"\xff\xfe\x00bad"),
        ("a.csv", "سطر".encode("cp1256")),
        ("a.mp3", b"ID3<script>"),
        ("a.mp3", PDF),
        ("a.mp4", M4A),
        ("a.mp4", box(b"ftyp", b"isom\0\0\2\0") + b"<script>alert(1)</script>"),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, data: bytes) -> None:
    assert refusal(name, data) == "unreadable"


def test_archives_that_climb_link_swell_or_hide_are_refused() -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    linked = BytesIO()
    with zipfile.ZipFile(linked, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    for data in (
        packed({"../up.txt": b"x"}),
        packed({"/root.txt": b"x"}),
        packed({"C:/x.txt": b"x"}),
        packed({"a\\..\\..\\b": b"x"}),
        linked.getvalue(),
        packed({"bomb": b"\0" * 5_000_000}),
        packed({f"{n}.txt": b"" for n in range(1_001)}),
        GOOD["a.zip"][:-10],
    ):
        assert refusal("a.zip", data) == "unreadable"


@pytest.mark.parametrize("size", [(12_001, 10), (7_000, 6_000), (60_000, 60_000)])
def test_pictures_that_are_bombs_are_refused_in_time(size: tuple[int, int]) -> None:
    began = time.monotonic()
    assert refusal("a.png", png_of(*size)) == "too_demanding"
    assert time.monotonic() - began < 5


def test_a_truncated_bomb_is_not_a_picture() -> None:
    assert refusal("a.png", png_of(6_000, 6_000)) in ("unreadable", "too_demanding")


@override("en")
def test_empty_too_large_and_too_many() -> None:
    assert refusal("a.txt", b"") == "empty"
    large = SimpleUploadedFile("a.txt", b"x")
    large.size = 25 * 1024 * 1024 + 1
    with pytest.raises(UploadRefused, match="25 MB"):
        accept_upload(large, user=None)  # type: ignore[arg-type]
    with pytest.raises(UploadRefused, match="storage is full"):
        accept_upload(SimpleUploadedFile("a.txt", b"xx"), user=None, stored=Stored(1024**3 - 1, 5))  # type: ignore[arg-type]
    with pytest.raises(UploadRefused, match="storage is full"):
        accept_upload(SimpleUploadedFile("a.txt", b"xx"), user=None, stored=Stored(0, 10_000))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\x\\تقرير.pdf", "تقرير.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ('a"b\r\nX: y.txt', "a_b X_ y.txt"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("", "file"),
        (".pdf", "pdf"),
    ],
)
def test_names_are_tidied(name: str, tidy: str) -> None:
    assert tidy_file_name(name) == tidy


def test_a_profile_picture_is_a_square_webp() -> None:
    kept = Image.open(BytesIO(picture(SimpleUploadedFile("me.jpg", painted("JPEG", (900, 300))), 128)))
    assert (kept.format, kept.size) == ("WEBP", (128, 128))
    with pytest.raises(UploadRefused):
        picture(SimpleUploadedFile("me.jpg", b"<svg/>"))


def test_files_leave_under_headers_that_keep_them_from_running() -> None:
    response = serve_file(ContentFile(b"x", name="random"), 'تقرير "1".pdf', "application/pdf")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"
    assert serve_file(ContentFile(b"x"), "a.pdf", "application/pdf", inline=True)["Content-Disposition"].startswith("attachment")
    assert serve_file(ContentFile(b"x"), "a.png", "image/png", inline=True)["Content-Disposition"].startswith("inline")
    assert serve_file(ContentFile(b"x"), "a.html", "text/html", inline=True)["Content-Type"] == "application/octet-stream"


class Form(forms.Form):
    files = FilesField(required=False)


@override("en")
def test_a_form_takes_none_or_several_but_not_eleven() -> None:
    def sent(count: int) -> Form:
        from django.utils.datastructures import MultiValueDict  # noqa: PLC0415 -- only here

        return Form({}, MultiValueDict({"files": [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(count)]}))

    assert sent(0).is_valid()
    three = sent(3)
    assert three.is_valid()
    assert [file.name for file in three.cleaned_data["files"]] == ["0.txt", "1.txt", "2.txt"]
    assert sent(11).errors == {"files": ["You can attach up to 10 files."]}
