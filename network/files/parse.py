"""The third witness: does the file read as what its ending says?

Nothing is unpacked to disk and nothing is rendered; a check that fails in any way says no.
"""

import codecs
import zipfile
from collections.abc import Callable
from typing import IO

import filetype

ZIP_ENTRIES = 1_000
ZIP_BYTES = 200 * 1024 * 1024
ZIP_RATIO = 100


def reads_as(ending: str, file: IO[bytes]) -> bool:
    """Whether first bytes and structure are those of `ending`; pictures are judged by redrawing them."""
    try:
        file.seek(0)
        return _CHECKS[ending](file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, KeyError):
        return False
    finally:
        file.seek(0)


def _pdf(file: IO[bytes]) -> bool:
    head = file.read(8)
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 2048))
    return head.startswith(b"%PDF-") and b"%%EOF" in file.read()


def _zip(file: IO[bytes]) -> bool:
    if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
        return False  # something else stands before the archive
    return _is_safe(zipfile.ZipFile(file))


def _office(member: str) -> Callable[[IO[bytes]], bool]:
    def check(file: IO[bytes]) -> bool:
        if file.read(4) != b"PK\x03\x04":
            return False
        archive = zipfile.ZipFile(file)
        names = archive.namelist()
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return _is_safe(archive) and not macros and {"[Content_Types].xml", member} <= set(names)

    return check


def _open_document(mime: str) -> Callable[[IO[bytes]], bool]:
    def check(file: IO[bytes]) -> bool:
        if file.read(4) != b"PK\x03\x04":
            return False
        archive = zipfile.ZipFile(file)
        first = archive.infolist()[0] if archive.infolist() else None
        if not first or first.filename != "mimetype" or first.file_size > 100 or not _is_safe(archive):
            return False
        return archive.read(first).strip() == mime.encode() and "content.xml" in archive.namelist()

    return check


def _is_safe(archive: zipfile.ZipFile) -> bool:
    entries = archive.infolist()
    if len(entries) > ZIP_ENTRIES or sum(entry.file_size for entry in entries) > ZIP_BYTES:
        return False
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
        if is_link or name.startswith("/") or ":" in name[:2] or ".." in name.split("/"):
            return False
        if entry.file_size > 4096 and entry.file_size > ZIP_RATIO * max(1, entry.compress_size):
            return False
        if entry.flag_bits & 0x1:
            return False  # locked: nobody could look inside
    return True


def _text(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    head = file.read(1024)
    if b"\x00" in head or filetype.guess(head) is not None:
        return False
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<body", b"<iframe")):
        return False
    file.seek(0)
    while chunk := file.read(64 * 1024):
        if b"\x00" in chunk:
            return False
        decoder.decode(chunk)
    decoder.decode(b"", final=True)
    return True


def _mp3(file: IO[bytes]) -> bool:
    head = file.read(10)
    start = 0
    if head[:3] == b"ID3":
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        start += 10 if head[5] & 0x10 else 0
    file.seek(start)
    frame = file.read(4096).lstrip(b"\x00")[:3]
    # A frame of sound: eleven set bits, layer III, a bitrate and a sample rate that exist.
    return len(frame) == 3 and frame[0] == 0xFF and frame[1] & 0xE6 == 0xE2 and frame[2] >> 4 not in (0, 15) and frame[2] >> 2 & 3 != 3


def _mp4(brands: frozenset[bytes]) -> Callable[[IO[bytes]], bool]:
    def check(file: IO[bytes]) -> bool:
        file.seek(0, 2)
        end = file.tell()
        position = 0
        seen: list[bytes] = []
        while position < end and len(seen) < 500:
            file.seek(position)
            head = file.read(16)
            size, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if not seen and (kind != b"ftyp" or head[8:12] not in brands):
                return False
            seen.append(kind)
            size = int.from_bytes(head[8:16], "big") if size == 1 else end - position if size == 0 else size
            if size < 8 or position + size > end:
                return False
            position += size
        return b"moov" in seen

    return check


_VIDEO = frozenset((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"MSNV", b"M4V ", b"M4VH"))
_AUDIO = frozenset((b"M4A ", b"M4B ", b"mp42", b"isom", b"iso2", b"mp41", b"dash"))
_ODF = "application/vnd.oasis.opendocument."
_CHECKS: dict[str, Callable[[IO[bytes]], bool]] = {
    "pdf": _pdf,
    "docx": _office("word/document.xml"),
    "xlsx": _office("xl/workbook.xml"),
    "pptx": _office("ppt/presentation.xml"),
    "odt": _open_document(f"{_ODF}text"),
    "ods": _open_document(f"{_ODF}spreadsheet"),
    "odp": _open_document(f"{_ODF}presentation"),
    "txt": _text,
    "csv": _text,
    "mp3": _mp3,
    "m4a": _mp4(_AUDIO),
    "mp4": _mp4(_VIDEO),
    "zip": _zip,
}
