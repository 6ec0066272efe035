"""What is new and public at an institution, as feeds and widgets show it: rooms give theirs by name (settings.FEED_SOURCES)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from network.entities.models import Entity

RTL = frozenset(("ar", "fa", "ur", "he"))


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of public news. `key` never changes; `path` carries no language; `html` is clean."""

    key: str
    path: str
    title: str
    html: str
    text: str
    language: str
    published: datetime
    updated: datetime
    by: str
    by_path: str

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RTL else "ltr"


@dataclass(frozen=True, slots=True)
class Section:
    """What gathers institutions and is no kind of them: its name, its page, and whose walls are its news (settings.FEED_SECTIONS)."""

    name: str
    path: str
    entities: QuerySet[Entity]
