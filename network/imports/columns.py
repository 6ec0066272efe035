"""What a column of a list may be, and which one a heading means, in any of our languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from network.declared import Declared
from network.entities.models import Entity, Kind
from network.names import skeleton

_ARABIC = re.compile(r"[\u0620-\u064a]")
OWN = "details."  # before the codes of fields that a kind declares


@dataclass(frozen=True, slots=True)
class Column:
    """One field of the register: its code as exports write it, its label, and what else its heading is called."""

    code: str
    label: str | Promise
    called: tuple[str, ...] = ()
    declared: Declared | None = None
    help: str | Promise = ""

    @property
    def own(self) -> str:
        """The code among the fields of its kind; empty for a field of every institution."""
        return self.code.removeprefix(OWN) if self.declared else ""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


# Headings that people write. A label in the reader's language is known besides, and so is the bare code.
COMMON: tuple[Column, ...] = (
    Column("handle", _("Code"), _words("الرمز|رمز المؤسسة|رمز الجهة|المعرف|code|identifiant|sigle"), help=_("Small Latin letters, digits and hyphens. Left empty, one is made.")),
    Column("kind", _("Kind of institution"), _words("النوع|نوع الجهة|نوع المؤسسة|الصنف|type|genre|catégorie|entity_kind|kind of institution|type d'entité|type d’institution|kind")),
    Column("country", _("Country"), _words("الدولة|البلد|القطر|pays|état|state|country code|member state|الدولة العضو")),
    Column("name_ar", _("Name in Arabic"), _words("الاسم|الاسم بالعربية|اسم المؤسسة|اسم المدرسة|اسم اللجنة|اسم النادي|اسم الكرسي|اسم الجهة|المدرسة|المؤسسة|اللجنة|nom arabe|nom en arabe|name|arabic name|name (arabic)|institution")),
    Column("name_fr", _("Name in French"), _words("الاسم بالفرنسية|nom|nom français|nom en français|french name|nom de l'institution|name (french)|nom de l'établissement")),
    Column("name_en", _("Name in English"), _words("الاسم بالإنجليزية|الاسم بالانكليزية|nom anglais|nom en anglais|english name|name (english)")),
    Column("short_ar", _("Short name in Arabic"), _words("الاسم المختصر|المختصر بالعربية|الاسم المختصر بالعربية|nom court arabe|short name (arabic)")),
    Column("short_fr", _("Short name in French"), _words("المختصر بالفرنسية|الاسم المختصر بالفرنسية|nom court|nom abrégé|short name (french)")),
    Column("short_en", _("Short name in English"), _words("المختصر بالإنجليزية|الاسم المختصر بالإنجليزية|short name|nom court anglais|short name (english)")),
    Column("about_ar", _("About, in Arabic"), _words("نبذة|نبذة بالعربية|التعريف|الوصف|présentation en arabe|about (arabic)")),
    Column("about_fr", _("About, in French"), _words("نبذة بالفرنسية|présentation|description en français|about (french)")),
    Column("about_en", _("About, in English"), _words("نبذة بالإنجليزية|about|description|présentation en anglais|about (english)")),
    Column("city", _("City"), _words("المدينة|مدينة|ville|town")),
    Column("address", _("Address"), _words("العنوان|عنوان المؤسسة|العنوان البريدي|adresse|postal address|adresse postale")),
    Column("phone", _("Telephone"), _words("الهاتف|رقم الهاتف|هاتف|téléphone|tél|tel|phone|phone number")),
    Column("email", _("E-mail"), _words("البريد الإلكتروني|البريد|الإيميل|بريد المؤسسة|courriel|email|e-mail|mail|adresse électronique|adresse e-mail")),
    Column("website", _("Website"), _words("الموقع|الموقع الإلكتروني|موقع الويب|site|site web|web|url|web site|site internet"), help=_("The whole address, for example https://example.org."),),
    Column("languages", _("Languages"), _words("اللغات|اللغة|لغات العمل|langues|langue|language|working languages")),
    Column("founded", _("Founded"), _words("التأسيس|سنة التأسيس|تاريخ التأسيس|année de création|date de création|création|year founded|founding year|founded in"), help=_("A year is enough."),),
)  # fmt: skip
PLACED: tuple[Column, ...] = (  # for the secretariat only
    Column("parent", _("Part of"), _words("تتبع|الجهة الأم|تابعة لـ|المؤسسة الأم|rattachement|rattaché à|institution mère|parent|belongs to"), help=_("Code or name of the institution it belongs to.")),
    Column("status", _("Status"), _words("الحالة|الوضع|statut|état actuel|state of membership|status")),
)  # fmt: skip

# People are no part of a register of institutions: they get accounts by invitation.
_PEOPLE = frozenset(
    map(
        skeleton,
        _words(
            "المنسق|المنسقة|اسم المنسق|منسق المدرسة|المدير|اسم المدير|مدير المدرسة|المسؤول|ضابط الاتصال|جهة الاتصال|الشخص المسؤول|الأمين العام|"
            "رئيس اللجنة|صاحب الكرسي|هاتف المنسق|بريد المنسق|coordinateur|coordinatrice|nom du coordinateur|directeur|directrice|responsable|"
            "personne de contact|contact|secrétaire général|président|titulaire|titulaire de la chaire|coordinator|coordinator name|"
            "name of coordinator|director|head|head teacher|principal|contact person|focal point|liaison officer|secretary-general|president|"
            "chair holder|person|mobile|الجوال|portable"
        ),
    )
)


def offered(kinds: Sequence[Kind], *, wide: bool) -> list[Column]:
    """What a list of institutions of these kinds may hold; `wide` for whoever sets their place in the register."""
    columns = [*COMMON, *(PLACED if wide else ())]
    known: set[str] = set()
    for kind in kinds:
        for field in kind.spec:
            if field.kind != "file" and field.code not in known:
                known.add(field.code)
                columns.append(own_column(field))
    return columns


def own_column(field: Declared) -> Column:
    return Column(f"{OWN}{field.code}", field.name, (field.code, *field.label.values()), declared=field)


def speaks_of_people(heading: str) -> bool:
    return skeleton(heading) in _PEOPLE


def guess(table: Sequence[Sequence[str]], columns: Sequence[Column]) -> dict[int, str]:
    """Place of each heading that is known → the code of its field; no field twice, the first that says it wins."""
    meant: dict[str, str] = {}
    # The headings of our own exports.
    exported = {"kind": _("Kind")} | {field.name: field.verbose_name for field in Entity._meta.fields if field.name not in ("kind", "id")}
    for column in columns:
        for word in (column.code, column.own, *column.called, *_said(column.label), *_said(exported.get(column.code, ""))):
            if word:
                meant.setdefault(_key(word), column.code)
    found: dict[int, str] = {}
    for place, heading in enumerate(table[0]):
        code = meant.get(_key(heading))
        if code == "name_ar" and not any(_ARABIC.search(row[place]) for row in table[1:50] if place < len(row)):
            code = "name_fr" if "name_en" in found.values() else "name_en"  # "Name" over names in Latin letters
        if code and code not in found.values() and not speaks_of_people(heading):
            found[place] = code
    return found


def _said(label: str | Promise) -> list[str]:
    """The label in each of our languages."""
    said = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            said.append(str(label))
    return said


def _key(words: str) -> str:
    # A code is written with points and underscores: skeleton() takes them, and every other sign, away.
    return skeleton(words.strip(" *:"))
