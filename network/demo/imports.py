"""Two lists brought into the registers of the demo world: one that was confirmed, with its report, and one that waits for its commission."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.core.files.base import ContentFile

from network.demo.cast import MANAGER
from network.demo.circles import speakers
from network.demo.story import Happening
from network.entities.models import Entity, Kind
from network.imports import actions
from network.imports.models import Import
from network.sheets import read_sheet
from network.spaces.actors import Actor


class List(NamedTuple):
    space: str
    days: float
    file: str
    kind: str
    confirmed: bool
    rows: tuple[tuple[str, ...], ...]


LISTS = (
    # What is in the register already, so that it holds no more than was promised: three rows fill it, one says the same, two are refused.
    List(
        "alecso-secretariat",
        11.5,
        "عناوين المدارس المنتسبة (تجريبي).csv",
        "associated-school",
        True,
        (
            ("الرمز", "الدولة", "العنوان", "البريد الإلكتروني"),
            ("school-ma-argan", "المغرب", "شارع الأركان 12 (تجريبي)", "argan@demo.multaqa.example"),
            ("school-eg-nil", "مصر", "كورنيش النيل 40 (تجريبي)", "nil@demo.multaqa.example"),
            ("school-om-luban", "عُمان", "طريق اللبان 7 (تجريبي)", "luban@demo.multaqa.example"),
            ("school-jo-sindyan", "الأردن", "", ""),
            ("school-dz-wahat", "الجزائر", "حي الواحات 3 (تجريبي)", "بريد المدرسة"),
            ("school-xx-sahab", "أطلانتس", "شارع السحاب 1 (تجريبي)", "sahab@demo.multaqa.example"),
        ),
    ),
    List(
        "natcom-tn",
        0.6,
        "مدارس تطلب الانتساب (تجريبي).csv",
        "associated-school",
        False,
        (
            ("الاسم", "المدينة", "البريد الإلكتروني", "التأسيس"),
            ("مدرسة الرمّان (تجريبية)", "القيروان", "rumman@demo.multaqa.example", "1987"),
            ("مدرسة الفُلّ (تجريبية)", "بنزرت", "full@demo.multaqa.example", "2001"),
            ("مدرسة الميناء (تجريبية)", "سوسة", "ميناء", "1962"),
        ),
    ),
)


def lists() -> Iterator[Happening]:
    """What is missing of it."""
    known = set(Import.objects.values_list("file_name", flat=True))
    for one in LISTS:
        who = MANAGER if one.confirmed else speakers()[one.space]
        if one.file not in known:
            yield Happening(one.days, who, partial(_bring, one))


def _bring(one: List, actor: Actor, when: datetime) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(one.rows)
    file = ContentFile(out.getvalue().encode("utf-8-sig"), name=one.file)
    entity = Entity.objects.select_related("entity_kind", "country").get(handle=one.space)
    batch = actions.start(
        actor.speaking_for(entity.pk), entity, file=file, table=read_sheet(file), kind=Kind.objects.get(code=one.kind), country=None
    )
    actions.choose(actor, batch, {int(place): code for place, code in batch.columns.items()})
    dates = {"created_at": when}
    if one.confirmed:
        actions.confirm(actor, batch)
        dates |= {"confirmed_at": when, "finished_at": when}
    Import.objects.filter(pk=batch.pk).update(**dates)
