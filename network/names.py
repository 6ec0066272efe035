"""Names: tidy to keep, a skeleton so that two cannot look the same, a fold to find them, letters for the monogram."""

import re
import unicodedata

# Controls, every invisible or direction-changing sign, and letters that draw nothing. ZWNJ and ZWJ go as well: no Arabic,
# French or English name needs them and each makes a second name that looks like the first.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_MARKS = re.compile(
    r"([\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]{4})[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+"
)
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0640]")

# For matching only (stack.md, "Arabic search"): the letters people mix up when they type.
_ARABIC_FOLD = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "ء", "ئ": "ء"})
# The same drawing under another number: Persian and Urdu letters among Arabic ones.
_ARABIC_TWINS = str.maketrans(
    {
        "ی": "ي",
        "ۍ": "ي",
        "ې": "ي",
        "ك": "ك",
        "ک": "ك",
        "ڪ": "ك",
        "ہ": "ه",
        "ھ": "ه",
        "ە": "ه",
        "ۀ": "ه",
        "ۃ": "ه",
        "ۂ": "ه",
        "ۆ": "و",
        "ٲ": "ا",
        "ٳ": "ا",
        "ٵ": "ا",
    }
)
# The basics of UTS #39: Cyrillic and Greek letters, and a few Latin ones, that draw a Latin letter. Lower case on both sides.
_LOOKALIKES = str.maketrans(
    "авекмнорстухіјѕԁԛԝһӏєꙅԍґαβγεζηικμνορτυχωϲϳıɑɡɩǀ|ⅼոսօհցյզ",
    "abekmhopctyxijsdqwhlesgrabyeznikmvoptuxwcjiagilllnuohgjq",
)
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХІЈЅ", "ABEZHIKMNOPTYXABEKMHOPCTYXIJS")
_DRAWN_ALIKE = str.maketrans({"0": "o", "1": "l", "5": "s", "i": "l", "$": "s", "@": "a", "!": "l"})
_LATIN_PAIRS = (("rn", "m"), ("vv", "w"))
_PUNCTUATION = re.compile(r"[\W_]+")

# Words that every institution of a kind begins with, so they tell nothing apart.
_COMMON = frozenset(
    "اللجنة الوطنية لجنة وطنية المنظمة منظمة العربية عربية الجمهورية جمهورية المملكة مملكة دولة سلطنة الدولة للتربية "
    "والثقافة والعلوم التربية الثقافة العلوم مدرسة نادي كرسي وزارة إدارة معهد مركز مكتب في من على عن و جامعة "
    "the of for and a an commission national nationale la le les de des du et pour d l en".split()
)
_TITLES = frozenset(
    "د. د أ. أ أ.د. أ.د م. م. السيد السيدة الدكتور الدكتورة الأستاذ الأستاذة dr dr. mr mr. mrs mrs. ms ms. m. mme prof prof.".split()
)


def tidy_name(name: str) -> str:
    """The name as it is kept: NFC, one space between words, nothing invisible, no bidi control, at most 4 marks a letter."""
    name = unicodedata.normalize("NFC", _HIDDEN.sub("", _spaces(name)))
    return " ".join(_MARKS.sub(r"\1", name).split())


def skeleton(name: str) -> str:
    """Equal for two names that look alike: store it under a unique constraint.

    Letter case, accents, vowel marks, digits of any script, punctuation and spaces, look-alike letters of Latin, Cyrillic,
    Greek and Arabic say no difference. Empty when the name has no letter or digit: refuse such a name.
    """
    text = unicodedata.normalize("NFKC", tidy_name(name).translate(_CAPITALS))
    text = text.casefold().translate(_ARABIC_TWINS).translate(_ARABIC_FOLD)
    text = _digits(_without_marks(text).translate(_LOOKALIKES)).translate(_DRAWN_ALIKE)
    text = _PUNCTUATION.sub("", text)
    for pair, letter in _LATIN_PAIRS:
        text = text.replace(pair, letter)
    return text.replace("ء", "")


def fold(text: str) -> str:
    """Words as search compares them: no case, accents, vowel marks or tatweel; alef, ya, ta marbuta and hamza folded."""
    text = unicodedata.normalize("NFKC", _HIDDEN.sub("", _spaces(text))).casefold()
    # Before decomposing: NFD would take the hamza off its alef and leave two ways to spell it.
    text = _without_marks(text.translate(_ARABIC_TWINS).translate(_ARABIC_FOLD))
    return " ".join(_digits(text).split())


def monogram(name: str, letters: int) -> str:
    """The letters on a star (two, for an institution) or in a circle (one, for a person); `؟` for a name without letters.

    «اللجنة الوطنية – تونس» gives «تو», "Commission nationale – Maroc" gives "Ma", «د. أمل حسن» gives «أ»,
    "Carmen Haddad" with two letters gives "CH".
    """
    words = [word for word in re.split(r"[\s–—\-·|/(),،«»\"]+", tidy_name(name)) if re.search(r"[^\W\d_]", word)]
    if not words:
        return "؟"
    plain = [word.strip(".'’") for word in words if word.casefold() not in _TITLES and word.casefold() not in _COMMON]
    chosen = [word for word in (re.sub(r"^[ldLD]['’]", "", word) for word in plain) if word] or [words[0]]
    first = _bare(chosen[0])
    if _is_arabic(first):
        return first[:letters]
    if letters > 1 and len(chosen) > 1 and not _is_arabic(chosen[1]):
        return "".join(word[0].upper() for word in chosen[:letters])
    return first[:1].upper() + first[1:letters].lower()


def _bare(word: str) -> str:
    word = _ARABIC_MARKS.sub("", word)
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[:1] <= "\u08ff"


def _without_marks(text: str) -> str:
    text = unicodedata.normalize("NFD", _ARABIC_MARKS.sub("", text))
    return unicodedata.normalize("NFC", "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Me")))


def _digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(char)) if unicodedata.digit(char, None) is not None else char for char in text)


def _spaces(text: str) -> str:
    return re.sub(r"[\t\n\r\u2028\u2029]", " ", text)
