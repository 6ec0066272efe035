"""Which way a text runs, and in which of our three languages it is written."""

import re
import unicodedata
from typing import Literal

Direction = Literal["rtl", "ltr"]
Language = Literal["ar", "fr", "en"]

_ARABIC = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f]+")
_NOISE = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w.-]+|@[\w.-]+")
_WORD = re.compile(r"[a-zà-öø-ÿœ]+(?:['’])?")
_FRENCH = frozenset(
    "le la les l' l’ un une des du de d' d’ et est sont dans pour par sur avec qui que qu' qu’ ne pas nous vous ils elle "
    "elles ce cette ces au aux en plus mais ou où notre votre leur être avoir a été bonjour merci".split()
)
_ENGLISH = frozenset(
    "the a an of and is are in for by on with who that which not we you they he she it this these at to from more but or "
    "where our your their be have has been was were will would can hello thanks please i".split()
)


def direction(text: str, default: Direction = "rtl") -> Direction:
    """The direction in which most words of a plain text run; `default` when it has none.

    Addresses and @handles do not vote, so an Arabic sentence round an English link stays Arabic.
    """
    return strong_direction(text) or default


def strong_direction(text: str) -> Direction | None:
    rtl, ltr = count_words(text)
    if not rtl and not ltr:
        return _first_strong(text)
    return "rtl" if rtl >= ltr else "ltr"


def count_words(text: str) -> tuple[int, int]:
    """How many words run from the right and from the left, addresses and @handles left out."""
    if "@" in text or "://" in text or "www." in text:
        text = _NOISE.sub(" ", text)
    return len(_ARABIC.findall(text)), len(_LATIN.findall(text))


def language_of(text: str, default: str) -> Language:
    """`ar`, `fr` or `en`: by script, then by the small words that only one of them has; `default` when nothing tells."""
    fallback: Language = "fr" if default.startswith("fr") else "en" if default.startswith("en") else "ar"
    way = strong_direction(text)
    if way is None:
        return fallback
    if way == "rtl":
        return "ar"
    words = _WORD.findall(_NOISE.sub(" ", text).lower())
    french = sum(word in _FRENCH for word in words) + sum(any(c in "éèêëàâçîïôûùœ" for c in word) for word in words)
    english = sum(word in _ENGLISH for word in words)
    if french == english:
        return fallback if fallback != "ar" else "en"
    return "fr" if french > english else "en"


def _first_strong(text: str) -> Direction | None:
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return None
