"""A calendar to subscribe to (iCalendar, RFC 5545), where some room has events to give: settings.CALENDAR_SOURCES. None has any: no calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.utils.module_loading import import_string

from network.entities.models import Entity


@dataclass(frozen=True, slots=True)
class Entry:
    """One public event: `key` never changes; a day instead of an instant is a whole day."""

    key: str
    title: str
    begins: datetime | date
    ends: datetime | date | None
    updated: datetime
    address: str
    text: str = ""
    place: str = ""


def entries_of(entity: Entity | None) -> list[Entry]:
    """The public events of an institution (None: of the whole network): each source is a function of the institution."""
    return [entry for name in settings.CALENDAR_SOURCES for entry in import_string(name)(entity)]


def write(name: str, host: str, entries: Sequence[Entry]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Multaqa//Feeds//EN", "CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_escaped(name)}"]
    for entry in entries:
        lines += ["BEGIN:VEVENT", f"UID:{_escaped(entry.key)}@{host}", f"DTSTAMP:{_moment(entry.updated)}", _when("DTSTART", entry.begins)]
        lines += [_when("DTEND", entry.ends)] if entry.ends else []
        lines += [f"SUMMARY:{_escaped(entry.title)}", f"URL:{entry.address}"]
        lines += [f"DESCRIPTION:{_escaped(entry.text)}"] if entry.text else []
        lines += [f"LOCATION:{_escaped(entry.place)}"] if entry.place else []
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return ("\r\n".join(_folded(line) for line in lines) + "\r\n").encode()


def _when(name: str, moment: datetime | date) -> str:
    return f"{name}:{_moment(moment)}" if isinstance(moment, datetime) else f"{name};VALUE=DATE:{moment:%Y%m%d}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> str:
    """At most 75 octets a line, never cut inside a letter (RFC 5545, 3.1)."""
    parts: list[str] = []
    part = ""
    for letter in line:
        if len((part + letter).encode()) > (75 if not parts else 74):
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part])
