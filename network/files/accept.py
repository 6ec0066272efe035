"""What is let in, and in which form it is kept."""

import hashlib
import secrets
from typing import Protocol

import filetype
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from network.files.kinds import (
    MAX_BYTES,
    MAX_USER_BYTES,
    MAX_USER_FILES,
    PICTURES,
    TYPES,
    Accepted,
    Stored,
    UploadRefused,
    tidy_file_name,
    unreadable,
)
from network.files.parse import reads_as
from network.files.pictures import redraw


class Owner(Protocol):
    """Whoever uploads."""

    @property
    def pk(self) -> object: ...


def accept_upload(file: UploadedFile, *, user: Owner, stored: Stored | None = None) -> Accepted:
    """The file as it may be kept: pictures made anew, everything else as it came.

    `stored` is what `user` has already (1 GiB and 10,000 files at most); without it only the file itself is judged.
    Raises UploadRefused with the sentence to show.
    """
    size = file.size or 0
    name = tidy_file_name(file.name or "")
    if not size:
        raise UploadRefused(_("“%(name)s” is empty."), code="empty", params={"name": name})
    if size > MAX_BYTES:
        raise UploadRefused(_("“%(name)s” is larger than 25 MB."), code="too_large", params={"name": name})
    if stored and (stored.bytes + size > MAX_USER_BYTES or stored.files + 1 > MAX_USER_FILES):
        raise UploadRefused(_("Your storage is full. Delete files that you no longer need."), code="quota")
    ending = name.rpartition(".")[2].lower()
    if ending not in TYPES:
        raise UploadRefused(
            _("Files of this kind are not accepted: “%(name)s”. Send PDF, office documents, text, pictures, sound, MP4 or ZIP."),
            code="kind",
            params={"name": name},
        )
    if ending in PICTURES:
        return _accept_picture(file, name, ending)
    if not reads_as(ending, file):
        raise unreadable(name)
    return _accepted(file, name, TYPES[ending])


def _accept_picture(file: UploadedFile, name: str, ending: str) -> Accepted:
    file.seek(0)
    data = file.read()
    mime = TYPES[ending]
    if filetype.guess_mime(data[:262]) != mime:
        raise unreadable(name)
    data, width, height = redraw(data, mime.rpartition("/")[2].upper(), name)
    return _accepted(ContentFile(data), name, mime, width=width, height=height)


def _accepted(file: File, name: str, mime: str, width: int | None = None, height: int | None = None) -> Accepted:
    file.seek(0)
    digest = hashlib.sha256()
    size = 0
    for chunk in file.chunks():
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    # A random name: what is inside cannot be guessed from the address, and two files never meet.
    random = secrets.token_hex(16)
    stored_name = f"{random[:2]}/{random}.{name.rpartition('.')[2].lower()}"
    file.name = stored_name
    return Accepted(
        name=name,
        content_type=mime,
        size=size,
        sha256=digest.hexdigest(),
        content=file,
        stored_name=stored_name,
        is_picture=width is not None,
        width=width,
        height=height,
    )
