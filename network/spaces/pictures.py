"""Pictures of people, institutions and groups, and covers of sites: made anew, kept under random names, served to anyone who knows the name."""

from __future__ import annotations

import re
import secrets
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from network.files import picture
from network.spaces.models import Space

NAME = re.compile(r"^[0-9a-f]{32}(-\d{3,4})?\.(webp|jpg)$")  # the width of a variant


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "pictures"


def redrawn(file: UploadedFile | IO[bytes]) -> bytes:
    """The picture as it may be kept, a square WebP. Slow: call it before the transaction. UploadRefused says what is wrong."""
    return picture(file, size=256)


def set_picture(space: Space, data: bytes) -> None:
    """Give an unsaved or locked space this picture, in place of its former one. `data` comes from `redrawn`. Does not save."""
    name = f"{secrets.token_hex(16)}.webp"
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / name).write_bytes(data)
    former, space.picture = space.picture, name
    forget_later(former)


def drop_picture(space: Space) -> None:
    """Take the picture away: the monogram stands again. Does not save."""
    former, space.picture = space.picture, ""
    forget_later(former)


def forget_later(name: str) -> None:
    """Delete a picture after commit: an undone change must find its old one."""
    if NAME.match(name or ""):
        transaction.on_commit(partial((folder() / name).unlink, missing_ok=True), robust=True)
