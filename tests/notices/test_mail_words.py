"""What is read out of a mail: the words of whoever wrote it, in every mail program people here use, and nothing that they quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from network.text import clean_html, from_plain, text_of
from notices.mail.quotes import own_words
from notices.mail.reading import read_mail

MAILS = sorted(Path(__file__).parent.joinpath("mails").glob("*.eml"))


def words(path: Path) -> str:
    return own_words(read_mail(path.read_bytes(), most_bytes=10**7).text)


def test_the_corpus_is_large_and_speaks_three_languages() -> None:
    assert len(MAILS) >= 40
    assert [len([mail for mail in MAILS if f"-{language}" in mail.name]) >= 8 for language in ("ar", "fr", "en")] == [True] * 3


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_reply_is_what_its_writer_wrote(path: Path) -> None:
    shown = text_of(clean_html(from_plain(words(path))).html)
    expected = text_of(clean_html(from_plain(path.with_suffix(".txt").read_text())).html)
    assert shown == expected


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_lines_that_end_as_mail_ends_them_read_the_same(path: Path) -> None:
    raw = path.read_bytes()
    assert own_words(read_mail(raw.replace(b"\n", b"\r\n"), most_bytes=10**7).text) == words(path)
