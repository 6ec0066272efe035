"""Every sentence is there in Arabic and in French, whole, with its placeholders and in each language's own marks.

`manage.py translations check` asks the same of completeness; here it is read as people read it, compiled and through Django.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import django
import notifications
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.contrib import auth
from django.test import override_settings
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from network.entities.acts import all_words
from network.management.commands.translations import borrowed, catalogues, gather, read, unfinished

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

LANGUAGES = ["ar", "fr"]
_PATHS = dict(catalogues())
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]|</?[a-z]+")
_ARABIC = re.compile(r"[\u0620-\u064A\u066E-\u06D3]")
_NOT_PROSE = re.compile(r"https?://\S*|<[^>]*>|%\(\w+\)[sd]|\{\w*\}|JavaScript|manage\.py seed|ISO \S+")
_NO_BREAK = "\u00a0\u202f"


@pytest.fixture(scope="module")
def found() -> Catalog:
    """What code and templates say today."""
    return gather()


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read(_PATHS[request.param], request.param)


def said(catalogue: Catalog) -> Iterator[tuple[Message, str]]:
    """Each message with each of its forms."""
    for message in catalogue:
        if message.id:
            for form in message.string if isinstance(message.string, tuple | list) else (message.string,):
                yield message, form or ""


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def test_nothing_is_left_untranslated_or_doubtful(found: Catalog, catalogue: Catalog) -> None:
    assert list(unfinished(found, catalogue)) == []


def test_nothing_is_kept_that_nobody_says_any_more(found: Catalog, catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.id and found.get(ids(message)[0], message.context) is None] == []


def test_the_code_speaks_english(found: Catalog) -> None:
    assert [message.id for message in found if any(_ARABIC.search(one) for one in ids(message))] == []


def test_placeholders_and_tags_stay_in_place(catalogue: Catalog) -> None:
    """Every form holds only what its sentence offers; only a plural may leave its number out (a word says it: «ردّان»)."""
    wrong = []
    for message, form in said(catalogue):
        offered = [sorted(_PLACEHOLDER.findall(one)) for one in ids(message)]
        here = sorted(_PLACEHOLDER.findall(form))
        # A nameless %d cannot be left out: Python counts them.
        fits = here in offered or (len(offered) > 1 and set(here) <= set(offered[-1]) and "%d" not in offered[-1])
        if not fits:
            wrong.append((message.id, form))
    assert wrong == []


def test_the_many_forms_name_their_number() -> None:
    """3, 11 and 100 are read with their number in Arabic, 0 and 2 (and more) in French, wherever English names it."""
    wrong = []
    for language, counted in (("ar", slice(3, 6)), ("fr", slice(1, 2))):
        for message in read(_PATHS[language], language):
            if isinstance(message.id, str) or not message.id:
                continue
            numbers = set(_PLACEHOLDER.findall(message.id[1])) - {"%(title)s", "%(names)s"}
            wrong += [(message.id, form) for form in (message.string or "")[counted] if not numbers <= set(_PLACEHOLDER.findall(form))]
    assert wrong == []


def test_arabic_uses_its_own_marks() -> None:
    wrong = []
    for message, form in said(read(_PATHS["ar"], "ar")):
        prose = _NOT_PROSE.sub("", form)
        if re.search(r"[?,;!\"“”]", prose) or "..." in prose or prose.count("«") != prose.count("»"):
            wrong.append((message.id, form))
    assert wrong == []


def test_arabic_says_what_happened_without_detours() -> None:
    """No «تمّ» with a verbal noun, no pleading, nothing to press: design, Voice in Arabic."""
    detour = re.compile(r"\bت[مّ]+ (?:ال)?\w|عذر[ًا]|اضغط|انقر|من قِبل")
    assert [(message.id, form) for message, form in said(read(_PATHS["ar"], "ar")) if detour.search(form)] == []


def test_french_keeps_its_no_break_spaces() -> None:
    wrong = []
    for message, form in said(read(_PATHS["fr"], "fr")):
        prose = _NOT_PROSE.sub("x", form)
        loose = re.search(rf"(?<![{_NO_BREAK}])[:;?!»](?!\d)", prose) or re.search(rf"«(?![{_NO_BREAK}])", prose)
        if loose or "..." in prose or re.search(r"\w'\w|[\"“”]", prose):
            wrong.append((message.id, form))
    assert wrong == []


@pytest.mark.parametrize(
    ("singular", "plural", "forms"),
    [
        ("%(counter)s reply", "%(counter)s replies", ["لا ردود", "ردّ واحد", "ردّان", "3 ردود", "11 ردًّا", "100 ردّ"]),
        ("%(number)s person", "%(number)s people", ["لا أحد", "شخص واحد", "شخصان", "3 أشخاص", "11 شخصًا", "100 شخص"]),
        (
            "%(count)s new post",
            "%(count)s new posts",
            ["لا منشورات جديدة", "منشور جديد", "منشوران جديدان", "3 منشورات جديدة", "11 منشورًا جديدًا", "100 منشور جديد"],
        ),
    ],
)
def test_arabic_counts_in_six_forms(singular: str, plural: str, forms: list[str], speaking: None) -> None:
    name = re.findall(r"\((\w+)\)", singular)[0]
    with translation.override("ar"):
        assert [ngettext(singular, plural, n) % {name: n} for n in (0, 1, 2, 3, 11, 100)] == forms
        # 103 is like 3, 111 like 11, 102 like 100: the hundreds have no dual.
        assert [ngettext(singular, plural, n) for n in (103, 111, 102)] == [ngettext(singular, plural, n) for n in (3, 11, 100)]


def test_french_counts_none_as_one(speaking: None) -> None:
    with translation.override("fr"):
        said = [ngettext("%(counter)s reply", "%(counter)s replies", n) % {"counter": n} for n in (0, 1, 2)]
    assert said == ["0 réponse", "1 réponse", "2 réponses"]


def test_english_counts_by_its_own_msgids(speaking: None) -> None:
    with translation.override("en"):
        said = [ngettext("%(counter)s reply", "%(counter)s replies", n) % {"counter": n} for n in (0, 1, 2)]
    assert said == ["0 replies", "1 reply", "2 replies"]


def test_our_words_win_over_the_libraries(speaking: None) -> None:
    with translation.override("ar"):
        assert gettext("MFA") == "الخطوة الثانية للدخول"
        assert pgettext("whose news", "Following") == "متابَعاتي"
    with translation.override("fr"):
        assert gettext("Incorrect password.") == "Mot de passe incorrect."


def test_what_we_borrow_is_still_said_by_the_library() -> None:
    """A release that words a sentence anew would speak its own Arabic again, unheard."""
    theirs: set[str] = set()
    homes = {allauth: "locale/en", django: "conf/locale/en", auth: "locale/en", notifications: "locale/ru"}
    for library, folder in homes.items():
        with (Path(library.__file__ or "").parent / folder / "LC_MESSAGES" / "django.po").open("rb") as file:
            theirs |= {ids(message)[0] for message in read_po(file)}
    assert {ids(message)[0] for message in read(borrowed(), "en")} - theirs == set()


@pytest.fixture
def speaking(tmp_path: Path) -> Iterator[None]:
    """Django reads the catalogues as they stand in the tree, whether or not somebody compiled them."""
    for language, path in _PATHS.items():
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "django.mo").open("wb") as file:
            write_mo(file, read(path, language))
    with override_settings(LOCALE_PATHS=[tmp_path]):  # Django hears of it, and of its end: catalogues are read anew both times
        yield


def test_every_act_under_a_mandate_has_its_sentence() -> None:
    """Whatever code records by a verb of its own; but for what is said between participants, what the calendar does, and visitors."""
    silent = {"confirmation_due", "mandate_lapsing", "mail_paused", "asked_question", "application_"}
    silent |= {"said", "edited_message", "deleted_message", "started_conversation", "added_to_conversation", "described_conversation"}
    rooms = [Path(app.path) for app in apps.get_app_configs() if ".venv" not in app.path]
    files = [file for room in rooms for file in [*room.glob("actions.py"), *room.glob("actions/*.py")]]
    recorded = {verb for file in files for verb in verbs(ast.parse(file.read_text("utf-8")))}
    assert len(recorded) > 80
    assert recorded - set(all_words()) - silent == set()


def verbs(tree: ast.AST) -> set[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record"]
    return {
        part.value for call in calls for part in ast.walk(call.args[1]) if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
