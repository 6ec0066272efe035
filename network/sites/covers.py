"""The cover picture of a site: made anew in three sizes, kept under one random name among the other pictures."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language

from network.files import cut
from network.spaces.models import FALLBACK
from network.spaces.pictures import folder, forget_later

# The head of a page on a small and on a large screen, and what other sites show with a link (not all of them read WebP).
SIZES = {"-800.webp": ("WEBP", (800, 250)), ".webp": ("WEBP", (1600, 500)), "-1200.jpg": ("JPEG", (1200, 630))}


@dataclass(frozen=True, slots=True)
class Cover:
    """What a site keeps of a cover: its name, and what it shows, said in up to three languages."""

    name: str
    words: Mapping[str, str]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Cover | None:
        return cls(kept["name"], kept) if kept else None

    @property
    def alt(self) -> str:
        return next((said for code in FALLBACK[(get_language() or "ar")[:2]] if (said := self.words.get(code, ""))), "")

    @property
    def wide(self) -> str:
        return f"/pictures/{self.name}.webp"

    @property
    def narrow(self) -> str:
        return f"/pictures/{self.name}-800.webp"

    @property
    def card(self) -> str:
        return f"/pictures/{self.name}-1200.jpg"


def redrawn(file: UploadedFile | IO[bytes]) -> dict[str, bytes]:
    """The picture in each size, by the end of its name. Slow: call it before the transaction. UploadRefused says what is wrong."""
    # What does not fill the smallest would be blurred everywhere.
    return {end: cut(file, form, size, least=100 if end == "-800.webp" else 0) for end, (form, size) in SIZES.items()}


def keep(sizes: Mapping[str, bytes]) -> str:
    """Store what `redrawn` gave; returns its name."""
    name = secrets.token_hex(16)
    folder().mkdir(parents=True, exist_ok=True)
    for end, data in sizes.items():
        (folder() / f"{name}{end}").write_bytes(data)
    return name


def forget(name: str) -> None:
    """Delete a cover after commit."""
    for end in SIZES:
        forget_later(f"{name}{end}")
