"""Fields declared as data: an administrator says what a kind of institution or an application asks for, without code.

A declaration is a list of items such as

    {"code": "level", "kind": "choice", "label": {"ar": "المرحلة", "fr": "Niveau", "en": "Level"}, "required": true,
     "choices": [{"value": "primary", "label": {"ar": "ابتدائية", "fr": "primaire", "en": "primary"}}],
     "help": {…}, "section": {…}, "least": 1, "most": 9, "public": true, "filter": true, "column": true}

and answers are a plain dictionary under the same codes, so that both can be kept as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

LANGUAGES = ("ar", "fr", "en")
KINDS = ("text", "long", "number", "year", "date", "choice", "choices", "yes", "email", "url", "phone", "file")
MOST_FIELDS, MOST_CHOICES, MOST_LABEL = 60, 200, 300
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FLAGS = ("required", "public", "filter", "column")
_KEYS = {"code", "kind", "label", "help", "section", "choices", "least", "most", *_FLAGS}

Words = Mapping[str, str]
Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Declared:
    """One field. `label`, `help`, `section` and the labels of choices are words by language."""

    code: str
    kind: str
    label: Words
    help: Words
    section: Words
    choices: tuple[tuple[str, Words], ...] = ()
    required: bool = False
    public: bool = True
    filter: bool = False
    column: bool = False
    least: int | None = None
    most: int | None = None

    @property
    def name(self) -> str:
        """Its label in the reader's language."""
        return said(self.label)

    @property
    def filters(self) -> bool:
        """Whether lists may be filtered by it: what is not public would tell by a filter who answered what."""
        return self.filter and self.public and bool(self.choices)

    def word(self, value: object) -> str:
        """What a choice is called, in the reader's language; the bare value when it is offered no longer."""
        return next((said(label) for known, label in self.choices if known == value), str(value))


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a page shows it; `href` where it leads somewhere."""

    code: str
    label: str
    text: str
    kind: str
    href: str = ""


def said(words: Words) -> str:
    """The word in the reader's language, else in another."""
    here = (get_language() or "ar")[:2]
    return next((words[code] for code in (here, *LANGUAGES) if words.get(code)), "")


# --- Reading a declaration ---------------------------------------------------------------------------------------------
def read(spec: object) -> list[Declared]:
    """The fields that a declaration declares. ValidationError with a sentence for each thing that is wrong with it."""
    if not isinstance(spec, list):
        raise ValidationError(_("Write a list of fields: [ … ]."))
    if len(spec) > MOST_FIELDS:
        raise ValidationError(_("At most %(count)s fields.") % {"count": MOST_FIELDS})
    wrong: list[str] = []
    fields: list[Declared] = []
    for place, item in enumerate(spec, start=1):
        try:
            field = _field(item)
            if any(field.code == other.code for other in fields):
                raise ValidationError(_("The code “%(code)s” stands twice.") % {"code": field.code})
            fields.append(field)
        except ValidationError as error:
            wrong += [_("Field %(place)s: %(what)s") % {"place": place, "what": message} for message in error.messages]
    if wrong:
        raise ValidationError(wrong)
    return fields


def validate(spec: object) -> None:
    """The validator of a JSONField that holds a declaration."""
    read(spec)


def _field(item: object) -> Declared:
    if not isinstance(item, dict):
        raise ValidationError(_("it must be an object: { … }."))
    if unknown := sorted(set(item) - _KEYS):
        raise ValidationError(_("“%(key)s” is not known here.") % {"key": unknown[0]})
    code, kind = item.get("code"), item.get("kind", "text")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise ValidationError(_("its code must be small Latin letters, digits and underscores, beginning with a letter."))
    if kind not in KINDS:
        raise ValidationError(_("its kind must be one of: %(kinds)s.") % {"kinds": ", ".join(KINDS)})
    for flag in _FLAGS:
        if not isinstance(item.get(flag, False), bool):
            raise ValidationError(_("“%(key)s” must be true or false.") % {"key": flag})
    choices = _choices(item.get("choices", []))
    if (kind in ("choice", "choices")) != bool(choices):
        raise ValidationError(_("a choice needs its “choices”, and only a choice has any."))
    bounds = [item.get("least"), item.get("most")]
    if any(bound is not None and (not isinstance(bound, int) or isinstance(bound, bool)) for bound in bounds):
        raise ValidationError(_("“least” and “most” are whole numbers."))
    label = _words(item.get("label"), "label")
    if not label:
        raise ValidationError(_("it needs a label in at least one language."))
    return Declared(
        code=code,
        kind=kind,
        label=label,
        help=_words(item.get("help", {}), "help"),
        section=_words(item.get("section", {}), "section"),
        choices=choices,
        required=item.get("required", False),
        public=item.get("public", True),
        filter=item.get("filter", False),
        column=item.get("column", False),
        least=item.get("least"),
        most=item.get("most"),
    )


def _words(words: object, key: str) -> Words:
    if not isinstance(words, dict) or any(
        code not in LANGUAGES or not isinstance(word, str) or len(word) > MOST_LABEL for code, word in words.items()
    ):
        raise ValidationError(_("“%(key)s” must give words by language: ar, fr, en.") % {"key": key})
    return {code: word.strip() for code, word in words.items() if word.strip()}


def _choices(choices: object) -> tuple[tuple[str, Words], ...]:
    if not isinstance(choices, list) or len(choices) > MOST_CHOICES:
        raise ValidationError(_("“choices” must be a list of at most %(count)s.") % {"count": MOST_CHOICES})
    found: dict[str, Words] = {}
    for choice in choices:
        value = choice.get("value") if isinstance(choice, dict) else None
        if not isinstance(value, str) or not value or len(value) > 60 or value in found:
            raise ValidationError(_("each choice needs a “value” of its own."))
        found[value] = _words(choice.get("label"), "label")
        if not found[value]:
            raise ValidationError(_("each choice needs a label in at least one language."))
    return tuple(found.items())


# --- Asking -------------------------------------------------------------------------------------------------------------
class DeclaredForm(forms.Form):
    """A form of declared fields. As a `draft` nothing is required, so that a half-filled one can be kept."""

    def __init__(
        self,
        fields: Iterable[Declared],
        data: Any = None,
        files: Any = None,
        *,
        draft: bool = False,
        initial: Answers | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, initial={**(initial or {})}, **kwargs)
        self.declared = list(fields)
        for field in self.declared:
            self.fields[field.code] = form_field(field, draft=draft)

    def values(self) -> dict[str, Any]:
        """The answers as they are kept, without files and without what was left empty. Call it after is_valid()."""
        kept = {}
        for field in self.declared:
            value = self.cleaned_data.get(field.code)
            if field.kind != "file" and value not in (None, "", [], False):
                kept[field.code] = kept_value(value)
        return kept

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by section, in their order, for a page that shows them so."""
        found: dict[str, list[forms.BoundField]] = {}
        for field in self.declared:
            found.setdefault(said(field.section), []).append(self[field.code])
        return list(found.items())


def form_field(field: Declared, *, draft: bool = False) -> forms.Field:
    """The Django field of a declared one."""
    shared: dict[str, Any] = {"label": field.name, "help_text": said(field.help), "required": field.required and not draft}
    words: dict[str, Any] = {"min_length": field.least if not draft else None, "max_length": field.most}
    auto: dict[str, Any] = {"dir": "auto"}
    ltr = {"dir": "ltr"}
    match field.kind:
        case "long":
            made: forms.Field = forms.CharField(
                **shared,
                **{**words, "max_length": field.most or 5000},
                widget=forms.Textarea(attrs={"rows": 4, "data-behaviour": "autosize", **auto}),
            )
        case "number":
            made = forms.IntegerField(**shared, min_value=field.least if field.least is not None else 0, max_value=field.most or 10**12)
        case "year":
            made = forms.IntegerField(**shared, min_value=field.least or 1800, max_value=field.most or 2200)
        case "date":
            made = forms.DateField(**shared, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        case "choice":
            made = forms.ChoiceField(**shared, choices=[("", "—"), *_offered(field)])
        case "choices":
            made = forms.MultipleChoiceField(**shared, choices=_offered(field), widget=forms.CheckboxSelectMultiple)
        case "yes":
            made = forms.BooleanField(**shared)
        case "email":
            made = forms.EmailField(**shared, widget=forms.EmailInput(attrs=ltr))
        case "url":
            made = forms.URLField(**shared, assume_scheme="https", widget=forms.URLInput(attrs=ltr))
        case "phone":
            made = forms.CharField(
                **shared,
                max_length=40,
                validators=[RegexValidator(r"^[+\d][\d\s().-]{3,}$", _lazy("Write a telephone number with its country code."))],
                widget=forms.TextInput(attrs={"type": "tel", **ltr}),
            )
        case "file":
            made = forms.FileField(**shared)
        case _:
            made = forms.CharField(**shared, **{**words, "max_length": field.most or 300}, widget=forms.TextInput(attrs=auto))
    return made


def _offered(field: Declared) -> list[tuple[str, str]]:
    return [(value, said(label)) for value, label in field.choices]


def kept_value(value: Any) -> Any:
    """An answer as JSON keeps it: days as text."""
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, Decimal) else value


# --- Showing ------------------------------------------------------------------------------------------------------------
def shown(fields: Iterable[Declared], values: Answers, *, public_only: bool = False) -> list[Shown]:
    """What was answered, in the reader's language; what is empty, or no longer asked for, is left out."""
    lines = []
    for field in fields:
        value = values.get(field.code)
        if value in (None, "", [], False) or (public_only and not field.public):
            continue
        lines.append(Shown(field.code, field.name, text_of(field, value), field.kind, _href(field, value)))
    return lines


def text_of(field: Declared, value: Any) -> str:
    """One answer in words."""
    match field.kind:
        case "choice":
            return field.word(value)
        case "choices":
            return _comma().join(field.word(one) for one in _listed(value))
        case "yes":
            return _("Yes") if value else _("No")
        case "date":
            day = parse_date(str(value))
            return date_format(day, "j F Y") if day else str(value)
        case _:
            return str(value)


def complete(fields: Iterable[Declared], values: Answers) -> tuple[int, int]:
    """How many of the fields are answered, of how many."""
    fields = list(fields)
    return sum(values.get(field.code) not in (None, "", [], False) for field in fields), len(fields)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _comma() -> str:
    return "، " if (get_language() or "ar").startswith("ar") else ", "


def _href(field: Declared, value: Any) -> str:
    match field.kind:
        case "email":
            return f"mailto:{value}"
        case "url":
            return str(value) if str(value).startswith(("http://", "https://")) else ""
        case "phone":
            return "tel:" + re.sub(r"[^\d+]", "", str(value))
        case _:
            return ""
