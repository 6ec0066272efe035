"""`manage.py translations extract | check | compile`: the catalogues of locale/, by Babel alone; nobody needs GNU gettext.

English is the language of the msgids and has no catalogue. Scripts take their sentences from data attributes, so there is no second domain.
"""

import io
import os
import re
import subprocess
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Letters only: Eastern digits may stand in an English sentence as an example.
_ARABIC = re.compile(r"[\u0620-\u064A\u066E-\u06D3]")
_TEMPLATES = {".html", ".txt"}


class Command(BaseCommand):
    help = "Gather the sentences people read, tell which lack a translation, or build the catalogues that the program reads."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["extract", "check", "compile"])

    def handle(self, *, what: str, **options: Any) -> None:
        {"extract": self._extract, "check": self._check, "compile": self._compile}[what]()

    def _extract(self) -> None:
        """Bring each .po up to what code and templates say; a sentence that changed is asked for anew, never guessed."""
        template = gather()
        for language, path in catalogues():
            catalogue = read(path, language)
            catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
            catalogue.obsolete.clear()
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalogue, width=120, sort_by_file=True, include_lineno=False)
            self.stdout.write(f"{language}: {len(catalogue)} sentences, {sum(1 for _ in unfinished(template, catalogue))} to translate")

    def _check(self) -> None:
        """Refuse (exit 1) when a sentence lacks a translation, has a doubtful one, or a placeholder or plural does not fit."""
        template = gather()
        wrong = [
            f"en: {message.id!r} ({_place(message)}): sentences of the code are English"
            for message in template
            if _ARABIC.search(str(message.id))
        ]
        for language, path in catalogues():
            catalogue = read(path, language)
            wrong += [f"{language}: {line}" for line in unfinished(template, catalogue)]
            wrong += [f"{language}: {message.id!r}: {error}" for message, errors in catalogue.check() for error in errors]
        for line in wrong:
            self.stderr.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} sentences are not ready. `make messages` gathers them into locale/.")
        self.stdout.write(f"{len(template)} sentences, complete in {', '.join(language for language, _ in catalogues())}.")

    def _compile(self) -> None:
        """Build each .mo beside its .po, replaced whole; only what changed."""
        for language, path in catalogues():
            target = path.with_suffix(".mo")
            if path.exists() and (not target.exists() or target.stat().st_mtime < path.stat().st_mtime):
                fresh = target.with_suffix(f".{os.getpid()}.tmp")
                with fresh.open("wb") as file:
                    write_mo(file, read(path, language))
                fresh.replace(target)


def catalogues() -> list[tuple[str, Path]]:
    """Each language that needs a catalogue, and where it stands."""
    folder = Path(settings.LOCALE_PATHS[0])
    return [(language, folder / language / "LC_MESSAGES" / "django.po") for language, _ in settings.LANGUAGES if language != "en"]


def read(path: Path, language: str) -> Catalog:
    """The catalogue of a language; a new one when there is no file yet."""
    if not path.exists():
        return Catalog(locale=language, project="Multaqa", fuzzy=False, charset="utf-8")
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    catalogue.fuzzy = False
    return catalogue


def gather() -> Catalog:
    """Every sentence in code and templates, with the file that says it."""
    found = Catalog(fuzzy=False)
    for path in _sources():
        for _line, message, comments, context in _sentences(path):
            found.add(message, None, [(str(path.relative_to(settings.BASE_DIR)), 1)], auto_comments=comments, context=context)
    for message in read(borrowed(), "en"):
        if message.id:
            found.add(message.id, None, [(borrowed().name, 1)], context=message.context)
    return found


def borrowed() -> Path:
    """Sentences of libraries that we say in our own words: our catalogue is asked before theirs."""
    return Path(settings.LOCALE_PATHS[0]) / "borrowed.pot"


def unfinished(template: Catalog, catalogue: Catalog) -> Iterator[str]:
    """What people would read in English although they asked for this language."""
    for message in template:
        if not message.id:
            continue
        known = catalogue.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        if known is None:
            yield f"{message.id!r} ({_place(message)}): not gathered yet"
        elif known.fuzzy:
            yield f"{message.id!r} ({_place(message)}): marked as doubtful (fuzzy)"
        elif not (all(known.string) if isinstance(known.string, tuple | list) else known.string):
            yield f"{message.id!r} ({_place(message)}): not translated"


def _sources() -> list[Path]:
    """Tracked and new files alike; what git ignores says nothing to people, and neither do tests."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.py", "*.html", "*.txt"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    skipped = ("tests/", "docs/", "requirements/")
    paths = [settings.BASE_DIR / name for name in sorted(listed) if name and not name.startswith(skipped)]
    return [path for path in paths if path.exists() and (path.suffix == ".py" or "templates" in path.parts)]


def _sentences(path: Path) -> Iterator[tuple[int, Any, list[str], str | None]]:
    text = path.read_text(encoding="utf-8")
    method = "python"
    if path.suffix in _TEMPLATES:
        # Django turns a template into calls of gettext amid blanks; JavaScript's lexer reads them without minding the indentation.
        method, text = "javascript", templatize(text, origin=str(path))
    yield from extract(method, io.BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})


def _place(message: Message) -> str:
    return ", ".join(name for name, _ in message.locations)
