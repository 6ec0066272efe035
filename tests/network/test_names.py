"""Names that look alike are one name, and every name has its letters."""

import pytest

from network.names import fold, monogram, skeleton, tidy_name

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amal", "Аmаl"),
        ("paypal", "РАYРАL"),
        ("أحمد علي", "احمد  على"),
        ("مُحَمَّد", "محمـد"),
        ("کتاب", "كتاب"),
        ("مكتب ٣", "مكتب 3"),
        ("AL\u200bECSO", "alecso"),
        ("Ｔunis", "tunis"),
        ("modern", "rnodern"),
        ("Élan", "elan"),
        ("O0l1", "oO1l"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Amal", "Amel"), ("تونس", "يونس"), ("نادي 1", "نادي 2"), ("Clara", "Dara")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_a_tidy_name_has_nothing_hidden() -> None:
    assert tidy_name(" \u202eAmal\u202c\u200b\t Hassan\u0000\n") == "Amal Hassan"
    assert tidy_name("e\u0301" + "\u0301" * 8) == "é\u0301\u0301\u0301\u0301"
    assert skeleton("\u200b\u202e–") == ""


def test_search_folds_what_people_mix_up() -> None:
    assert fold("مُدَرِّسَةٌ إِسلامى ٢٠٢٦ Élan") == "مدرسه اسلامي 2026 elan"
    assert fold("مسؤول شؤون") == fold("مسءول شءون")


@pytest.mark.parametrize(
    ("name", "letters", "shown"),
    [
        ("اللجنة الوطنية – تونس", 2, "تو"),
        ("اللجنة الوطنية التونسية للتربية والثقافة والعلوم", 2, "تو"),
        ("المغرب", 2, "مغ"),
        ("د. أمل حسن", 1, "أ"),
        ("Carmen Haddad", 1, "C"),
        ("Carmen Haddad", 2, "CH"),
        ("Commission nationale – Maroc", 2, "Ma"),
        ("Commission nationale de l'Algérie", 2, "Al"),
        ("123", 2, "؟"),
    ],
)
def test_monograms(name: str, letters: int, shown: str) -> None:
    assert monogram(name, letters) == shown
