"""Fields declared as data: what an administrator may declare, what people are asked, and how the answers read."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from network.declared import DeclaredForm, Shown, complete, read, shown

SPEC = [
    {
        "code": "level",
        "kind": "choice",
        "label": {"ar": "المرحلة", "fr": "Niveau", "en": "Level"},
        "required": True,
        "filter": True,
        "choices": [
            {"value": "primary", "label": {"ar": "ابتدائية", "fr": "primaire", "en": "primary"}},
            {"value": "secondary", "label": {"ar": "ثانوية", "fr": "secondaire", "en": "secondary"}},
        ],
    },
    {"code": "pupils", "kind": "number", "label": {"en": "Pupils"}, "required": True, "most": 20000},
    {
        "code": "axes",
        "kind": "choices",
        "label": {"ar": "المحاور"},
        "choices": [{"value": "env", "label": {"ar": "البيئة"}}, {"value": "arabic", "label": {"ar": "اللغة العربية"}}],
    },
    {"code": "agreed", "kind": "date", "label": {"en": "Agreement"}},
    {"code": "site", "kind": "url", "label": {"en": "Site"}},
    {"code": "direct", "kind": "phone", "label": {"en": "Direct line"}, "public": False},
    {"code": "promise", "kind": "file", "label": {"en": "Commitment"}},
]
ANSWERS = {"level": "primary", "pupils": "420", "axes": ["env", "arabic"], "agreed": "2026-09-01", "site": "https://example.org"}


def wrong(spec: object) -> list[str]:
    with translation.override("en"), pytest.raises(ValidationError) as refusal:
        read(spec)
    return refusal.value.messages


def test_a_declaration_that_is_wrong_says_what_is_wrong_and_where():
    assert wrong({}) == ["Write a list of fields: [ … ]."]
    assert wrong(
        [
            {"code": "Level", "label": {"en": "Level"}},
            {"code": "a", "kind": "colour", "label": {"en": "A"}},
            {"code": "b", "kind": "choice", "label": {"en": "B"}},
            {"code": "c", "label": {}},
            {"code": "d", "label": {"de": "D"}},
            {"code": "e", "label": {"en": "E"}, "required": "yes"},
            {"code": "f", "label": {"en": "F"}, "hint": 1},
            {"code": "g", "label": {"en": "G"}},
            {"code": "g", "label": {"en": "G"}},
            7,
        ]
    ) == [
        "Field 1: its code must be small Latin letters, digits and underscores, beginning with a letter.",
        "Field 2: its kind must be one of: text, long, number, year, date, choice, choices, yes, email, url, phone, file.",
        "Field 3: a choice needs its “choices”, and only a choice has any.",
        "Field 4: it needs a label in at least one language.",
        "Field 5: “label” must give words by language: ar, fr, en.",
        "Field 6: “required” must be true or false.",
        "Field 7: “hint” is not known here.",
        "Field 9: The code “g” stands twice.",
        "Field 10: it must be an object: { … }.",
    ]


def test_a_form_of_declared_fields_asks_and_keeps_what_json_can_hold():
    form = DeclaredForm(read(SPEC), ANSWERS)
    assert form.is_valid(), form.errors
    assert form.values() == {**ANSWERS, "pupils": 420}


def test_a_draft_requires_nothing_and_the_rest_does():
    assert DeclaredForm(read(SPEC), {"pupils": "12"}, draft=True).is_valid()
    form = DeclaredForm(read(SPEC), {"pupils": "-3", "direct": "call me"})
    assert sorted(form.errors) == ["direct", "level", "pupils"]


def test_answers_read_in_the_readers_language_and_lead_somewhere():
    kept = {**ANSWERS, "pupils": 420, "direct": "+216 71 000 000", "gone": "x"}
    with translation.override("fr"):
        assert shown(read(SPEC), kept) == [
            Shown("level", "Niveau", "primaire", "choice"),
            Shown("pupils", "Pupils", "420", "number"),
            Shown("axes", "المحاور", "البيئة, اللغة العربية", "choices"),
            Shown("agreed", "Agreement", "1 septembre 2026", "date"),
            Shown("site", "Site", "https://example.org", "url", "https://example.org"),
            Shown("direct", "Direct line", "+216 71 000 000", "phone", "tel:+21671000000"),
        ]
        assert [line.code for line in shown(read(SPEC), kept, public_only=True)] == ["level", "pupils", "axes", "agreed", "site"]
    assert complete(read(SPEC), kept) == (6, 7)


def test_a_link_that_is_no_web_address_leads_nowhere():
    assert shown(read(SPEC), {"site": "javascript:alert(1)"})[0].href == ""
