"""A mail as it came in, read: who sent it, its words, its files. Whatever is broken in it is read as well as it goes, and nothing here raises.

Headers come from strangers: each is cut to a bearable length when it is read. Python's newer policy (email.policy.default) parses them by grammar
and, for purpose-made ones, takes seconds or raises RecursionError; the older one, which we use, takes milliseconds and never raises.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email._policybase import Compat32
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from functools import cached_property
from typing import cast

from django.core.files.uploadedfile import SimpleUploadedFile

from notices.mail.html_words import words_of

MOST_PARTS = 200  # whatever stands after them is not looked at
MOST_NESTED = 60  # multiparts in all: Python's parser calls itself for each
LONGEST_HEADER = 4_000
MOST_HEADERS = 64 * 1024
SMALL_PICTURE = 48 * 1024  # a cid picture below this is the logo of a signature; a pasted screenshot is larger

# What machines hang on a mail, and nobody means to post.
_MACHINES = frozenset(
    "application/pgp-signature application/pgp-encrypted application/pkcs7-signature application/x-pkcs7-signature application/ms-tnef "
    "text/vcard text/x-vcard text/directory text/calendar text/x-amp-html".split()
)
_CODEC = re.compile(
    r"(?:utf-?(?:8|16|32)(?:-?[bl]e)?|iso-?8859-?\d{1,2}|latin-?\d|windows-12\d\d|cp-?\d{3,4}|koi8-[ru]|mac\w+|gb\d+|gbk|big5|euc-\w+|shift_jis|iso-2022-\w+)"
)
_CODECS = {
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-6-e": "iso-8859-6",
    "cp-1256": "cp1256",
    "x-cp1256": "cp1256",
}


class _Short(Compat32):
    """Python's tolerant reading of headers, none longer than LONGEST_HEADER."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


_POLICY = _Short()


class Unreadable(Exception):
    """Nested so deep, or so many parts, that it is an attack rather than a mail."""


@dataclass(slots=True)
class File:
    name: str
    kind: str
    data: bytes

    def uploaded(self) -> SimpleUploadedFile:
        return SimpleUploadedFile(self.name, self.data, self.kind)


@dataclass
class Letter:
    """One mail. `text` is what it says in plain words with its quotes; of a mail too large only the headers are read."""

    message: Message
    size: int
    is_whole: bool = True
    parts: list[Message] = field(default_factory=list)

    def header(self, name: str) -> str:
        """The first header of this name in one line, decoded; "" when there is none."""
        return next(iter(self.headers(name)), "")

    def headers(self, name: str) -> list[str]:
        return [_decoded(value) for key, value in self.message.raw_items() if key.lower() == name]

    @cached_property
    def senders(self) -> list[str]:
        """Every address in every From header, in small letters: an honest mail has one."""
        return [address for value in self.headers("from") for address in addresses(value)]

    @cached_property
    def message_id(self) -> str:
        found = re.search(r"<[^<>\s]{1,900}>", self.header("message-id"))
        return found.group() if found else ""

    @cached_property
    def subject(self) -> str:
        return self.header("subject")[:1_000]

    @cached_property
    def text(self) -> str:
        plain, html = _texts(self.parts, "plain"), _texts(self.parts, "html")
        return plain if plain.strip() or not html else words_of(html)

    @cached_property
    def files(self) -> list[File]:
        """What was attached on purpose: neither the pictures of signatures nor what machines add."""
        html = _texts(self.parts, "html")
        return [_file(part) for part in self.parts if not _is_words(part) and not _is_machines(part, html)]


def read_mail(raw: bytes, *, most_bytes: int) -> Letter:
    """Read a mail; of one larger than `most_bytes` only the headers. Unreadable for what is made to be slow."""
    whole = len(raw) <= most_bytes
    head = re.split(rb"\r?\n\r?\n", raw[: MOST_HEADERS + 4], maxsplit=1)[0]
    if len(head) > MOST_HEADERS or raw.lower().count(b"boundary") > 20 * MOST_NESTED:
        raise Unreadable
    try:
        message = message_from_bytes(raw if whole else head, policy=_POLICY)
        letter = Letter(message, len(raw), is_whole=whole)
        if whole:
            letter.parts = list(leaves(message))
    except (RecursionError, MemoryError) as error:
        raise Unreadable from error
    return letter


def leaves(message: Message) -> Iterator[Message]:
    """The parts of a mail in reading order; what stands inside an attached mail is that mail's. Of alternatives, all."""
    waiting, seen, nested = [message], 0, 0
    while waiting:
        part = waiting.pop()
        inside = part.get_payload() if part.get_content_maintype() == "multipart" else None
        if isinstance(inside, list):
            nested += 1
            if nested > MOST_NESTED:
                raise Unreadable
            waiting.extend(cast("list[Message]", inside[: MOST_PARTS + 1][::-1]))
            continue
        seen += 1
        if seen > MOST_PARTS:
            raise Unreadable
        yield part


def addresses(value: str) -> list[str]:
    """The addresses in a header, in small letters."""
    try:
        found = getaddresses([value[:LONGEST_HEADER]])
    except (ValueError, IndexError, RecursionError):
        return []
    return [address.lower() for _name, address in found if "@" in address]


def decoded_text(part: Message) -> str:
    """The words of a text part. A charset that is missing, unknown or untrue is guessed: UTF-8, else Windows-1256, which holds Arabic and French."""
    data = payload(part)
    named = _parameter(part, "charset").lower().strip("\"' ")
    named = _CODECS.get(named, named)
    try:
        # Only charsets: Python also "decodes" what is none, some of it slowly.
        return data.decode(named, "replace") if _CODEC.fullmatch(named) else _guessed(data)
    except (LookupError, ValueError):
        return _guessed(data)


def payload(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return data if isinstance(data, bytes) else b""


def _texts(parts: Sequence[Message], kind: str) -> str:
    found = [part for part in parts if _is_words(part) and part.get_content_subtype() == kind]
    return "\n".join(_unflowed(part, decoded_text(part)).replace("\0", "") for part in found)


def _unflowed(part: Message, text: str) -> str:
    """RFC 3676: a line that ends in a space goes on in the next one of the same depth."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_subtype() != "plain" or _parameter(part, "format").lower() != "flowed":
        return text
    joins_bare = _parameter(part, "delsp").lower() == "yes"
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        rest = line.lstrip(">")
        depth = len(line) - len(rest)
        rest = rest.removeprefix(" ")
        flows = rest.endswith(" ") and rest != "-- "
        words = rest[:-1] if flows and joins_bare else rest
        if depth == open_depth and rest != "-- ":
            out[-1] += words
        else:
            out.append((">" * depth + " " if depth else "") + words)
        open_depth = depth if flows else -1
    return "\n".join(out)


def _is_words(part: Message) -> bool:
    return part.get_content_type() in ("text/plain", "text/html") and _disposition(part) != "attachment" and not _name(part)


def _is_machines(part: Message, html: str) -> bool:
    kind = part.get_content_type()
    if kind in _MACHINES or (kind.startswith("message/") and kind != "message/rfc822"):
        return True
    if not kind.startswith("image/"):
        return False
    cid = _raw(part, "content-id").strip("<> ")
    inside = _disposition(part) == "inline" or f"cid:{cid}" in html
    return bool(cid) and inside and len(payload(part)) <= SMALL_PICTURE


def _file(part: Message) -> File:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        return File(_name(part) or "mail.eml", kind, b"-")  # refused by its name, with what is accepted
    return File(_name(part) or f"file{mimetypes.guess_extension(kind) or ''}", kind, payload(part))


def _name(part: Message) -> str:
    try:
        return _tidy(_decoded(part.get_filename() or ""))[:200]
    except (ValueError, LookupError, TypeError):
        return "file"


def _disposition(part: Message) -> str:
    return _raw(part, "content-disposition").partition(";")[0].strip().lower()


def _parameter(part: Message, name: str) -> str:
    found = re.search(rf"""[;\s]{name}\s*=\s*("[^"]{{0,80}}"|[^\s;"]{{1,80}})""", _raw(part, "content-type"), re.IGNORECASE)
    return found.group(1).strip('"') if found else ""


def _raw(part: Message, name: str) -> str:
    return next((str(value)[:LONGEST_HEADER] for key, value in part.raw_items() if key.lower() == name), "")


def _decoded(value: object) -> str:
    """A header in words: encoded words, raw bytes of an old mailer, line ends and NULs as spaces."""
    raw = str(value)[:LONGEST_HEADER]
    try:
        raw = _guessed(raw.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        raw = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return _tidy(str(make_header(decode_header(raw))))
    except (ValueError, LookupError, UnicodeError, IndexError):
        return _tidy(raw)


def _tidy(text: str) -> str:
    return " ".join(text.replace("\0", " ").encode("utf-8", "replace").decode().split())


def _guessed(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1256", "replace")
