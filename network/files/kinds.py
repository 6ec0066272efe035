"""Which files are let in, how large, and the sentence for each refusal."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from network.names import tidy_name

MAX_BYTES = 25 * 1024 * 1024
MAX_FILES = 10
MAX_USER_BYTES = 1024**3
MAX_USER_FILES = 10_000
MAX_NAME = 120

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
TYPES: dict[str, str] = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "odt": f"{OPEN}text",
    "ods": f"{OPEN}spreadsheet",
    "odp": f"{OPEN}presentation",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "mp4": "video/mp4",
    "zip": "application/zip",
}
PICTURES = frozenset(("jpg", "jpeg", "png", "webp", "gif"))


class UploadRefused(ValidationError):
    """A file that is not accepted; its message says why and what to do. Nothing of it is stored."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file as it may be kept. `content` is ready for a FileField; `stored_name` is random and says nothing."""

    name: str
    content_type: str
    size: int
    sha256: str
    content: File
    stored_name: str
    is_picture: bool
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """How much somebody has stored already."""

    bytes: int
    files: int


def tidy_file_name(name: str) -> str:
    """A name to show and to send: no path, no control or bidi sign, at most 120 characters, its ending kept."""
    name = tidy_name(name.replace("\\", "/").rpartition("/")[2])
    name = re.sub(r'[<>:"|?*;]', "_", name).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:MAX_NAME] or "file"
    return f"{stem.strip()[: MAX_NAME - len(ending[:10]) - 1] or 'file'}.{ending[:10]}"


def unreadable(name: str) -> UploadRefused:
    return UploadRefused(
        _("“%(name)s” is damaged, protected or not what its ending says. Save it again and send it once more."),
        code="unreadable",
        params={"name": name},
    )


def too_demanding(name: str) -> UploadRefused:
    return UploadRefused(
        _("The picture “%(name)s” is too large: at most 40 megapixels and 12,000 pixels a side."),
        code="too_demanding",
        params={"name": name},
    )
