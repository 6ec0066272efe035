"""Every page in Arabic, French and English: in its own language and direction, with one heading, and a name for every control."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.house.addresses import Walk, knock, places
from tests.house.pages import Page, is_page, unlabelled
from tests.house.planted import Planted, walked
from tests.house.test_urls import listed

# How a page speaks depends on neither database nor layer: once is enough.
pytestmark = pytest.mark.shape("embedded")

LANGUAGES = {"ar": "rtl", "fr": "ltr", "en": "ltr"}
LEFT_OVER = re.compile(
    r"\{%|%\}|\{\{|\}\}|\{#|%\(\w+\)[sd]|%%\w|&amp;(?:amp|lt|gt|quot|#\d+);|__proxy__|&lt;(?:bdi|strong|a |time|SafeString)"
)


def faults(response: Any, path: str, code: str) -> list[str]:
    if not is_page(response):
        return []
    html = response.said.decode()
    page, found = Page(html), []
    root = page.all("html")[0].attrs
    if (root.get("lang"), root.get("dir")) != (code, LANGUAGES[code]):
        found.append(f"{path}: <html lang={root.get('lang')} dir={root.get('dir')}>")
    heads = [h1.words for h1 in page.all("h1") if "hidden" not in h1.attrs]
    if len(heads) != 1 or not heads[0]:
        found.append(f"{path}: h1 {heads}")
    if not page.all("title") or not page.all("title")[0].words:
        found.append(f"{path}: no title")
    if len(page.all("main")) != 1:
        found.append(f"{path}: {len(page.all('main'))} <main>")
    found += [f"{path}: {words}" for words in unlabelled(page)]
    html = re.sub(r"<textarea.*?</textarea>", "", html, flags=re.DOTALL)  # what people wrote, as they edit it
    found += [
        f"{path}: left over {hit.group()!r} at …{html[max(hit.start() - 40, 0) : hit.end() + 40]!r}"
        for hit in list(LEFT_OVER.finditer(html))[:2]
    ]
    return found


@pytest.mark.parametrize("role", walked(["nobody", "dara", "carmen", "sami"], both="carmen"))
@pytest.mark.parametrize("code", LANGUAGES)
def test_each_page_speaks_its_language(code: str, role: str, planted: Planted) -> None:
    walk, found, count, named = Walk(planted, role), [], 0, set()
    for place in places(planted):
        # What the page says in Arabic of each thing, it says in the other languages of the first that this person may see.
        if not place.path.startswith("/ar/") or (code != "ar" and (place.name in named or walk.get(place.path).status_code != 200)):
            continue
        path = place.path.replace("/ar/", f"/{code}/", 1)
        response = walk.get(path)
        count += response.status_code == 200
        if place.name in MAILS and response.status_code == 200:
            continue  # a mail is no page of ours; its own tests read it
        if response.status_code == 200:
            named.add(place.name)
        assert response.status_code < 500, path
        found += faults(response, f"{path} ({response.status_code})", code)
    assert not found, listed(sorted(set(found)))
    assert count > (20 if role == "nobody" else 35)


MAILS = ("digest_mail", "newsletter_mail")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_refused_form_speaks_it_too(code: str, planted: Planted) -> None:
    """422 and 403 pages, in the language of the page on which the form stood."""
    walk, found, refused, named = Walk(planted, "carmen"), [], 0, set()
    for place in places(planted):
        if place.name in named:
            continue
        path = place.path.replace("/ar/", f"/{code}/", 1)
        # What a mail's link leads to speaks the language of whom it was written to.
        if "accounts/logout" in path or place.name in ("set_language", "mail_stop", "mail_weekly"):
            continue
        response = walk.post_nothing(path, code)
        if response.status_code in (403, 422):
            refused += 1
            named.add(place.name)
        if response.status_code != 405:
            found += faults(response, f"POST {path} ({response.status_code})", code)
    assert not found, listed(sorted(set(found)))
    assert refused > 15


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_sentence_of_another_interface_language_is_left(code: str, planted: Planted) -> None:
    """English msgids must not shine through: navigation and buttons of the Arabic and French pages carry no English words of ours."""
    client = planted.client("carmen")
    english = re.compile(
        r"\b(?:Sign in|Sign out|Settings|Search|Groups|Topics|Institutions|People|Save|Cancel|Reply|Members|Notices|Home page)\b"
    )
    for path in ("", "topics/", "groups/", "institutions/", "people/", "notices/", "settings/", "profile/"):
        page = Page(knock(client, "GET", f"/{code}/{path}").said.decode())
        said = " · ".join(
            element.words for element in page.all("button", "a", "h1", "h2", "label", "title") if element.attrs.get("lang") in (None, code)
        )
        assert bool(english.search(said)) == (code == "en"), f"/{code}/{path}: {english.findall(said)}"
