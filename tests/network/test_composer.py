"""Writing in a real browser: the box becomes the editor, and the form never depends on it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from network.files import FilesField
from network.text import ClientIdField, RichTextField, clean_html
from tests.network.harness import Harness, serve

# Neither database nor layer stands behind this: once is enough.
pytestmark = [pytest.mark.browser, pytest.mark.shape("embedded")]
EDITOR = "[role=textbox].ProseMirror"


class ReplyForm(forms.Form):
    body = RichTextField()
    files = FilesField(required=False)
    client_id = ClientIdField()


def page_of(form: forms.Form, language: str = "ar", multipart: bool = False) -> str:
    with translation.override(language):
        if not multipart:
            del form.fields["files"]
        composer = render_to_string(
            "components/editor.html",
            {
                "form": form,
                "action": "/posts/",
                "submit": "Send",
                "draft_key": "topic-1",
                "draft_url": "/draft/",
                "as_selector": False,
                "editor_id": "reply",
                "max_bytes": 20_000,
            },
        )
        direction = "rtl" if language == "ar" else "ltr"
        return f"""<!doctype html><html lang="{language}" dir="{direction}"><title>harness</title>
        <link rel="stylesheet" href="/static/css/bundle.css">
        <section id="posts" data-behaviour="quote" data-quote-label="Quote">
          <article class="post" id="post-7" data-author="Carmen"><div class="prose"><blockquote><p>old</p></blockquote><p id="words">Quote me please</p></div>
          <a class="to-quote" href="?quote=7">Quote all</a></article></section>
        {composer}<script type="module" src="/static/harness.js"></script>"""


class Desk:
    def __init__(self, page: Page, harness: Harness) -> None:
        self.page = page
        self.harness = harness
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if "Content Security Policy" in said.text else None)

    def open(self) -> "Desk":
        self.page.goto(self.harness.origin)
        self.page.wait_for_selector("html[data-ready]")
        return self

    def write(self, *, keys: str = "") -> Any:
        self.page.locator("textarea").focus()
        editor = self.page.locator(EDITOR)
        editor.wait_for()
        expect(editor).to_be_focused()
        if keys:
            self.page.keyboard.type(keys)
        return editor

    def value(self) -> str:
        return str(self.page.evaluate("document.querySelector('textarea').value"))


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Callable[..., Desk]]:
    opened: list[Any] = []

    def open_desk(form: forms.Form | None = None, language: str = "ar", *, multipart: bool = False, script: bool = True) -> Desk:
        serving = serve(page_of(form or ReplyForm(), language, multipart))
        harness = serving.__enter__()
        context = chromium.new_context(java_script_enabled=script)
        opened.append((serving, context))
        desk = Desk(context.new_page(), harness)
        return desk.open() if script else desk

    yield open_desk
    for serving, context in opened:
        context.close()
        serving.__exit__(None, None, None)


def test_arabic_bold_and_english_are_written_and_sent_as_html(desk: Callable[..., Desk]) -> None:
    here = desk()
    here.write(keys="مرحبا ")
    here.page.click("[data-command=bold]")
    here.page.keyboard.type("UNESCO")
    here.page.click("[data-command=bold]")
    here.page.keyboard.type(" بكم")
    assert here.value() == '<p dir="auto">مرحبا <strong>UNESCO</strong> بكم</p>'
    assert here.page.evaluate(f"getComputedStyle(document.querySelector('{EDITOR} p')).direction") == "rtl"
    here.page.keyboard.press("Control+Enter")
    here.page.wait_for_url("**/posts/")
    path, sent = here.harness.posts[-1]
    assert path == "/posts/"
    assert sent["body_format"] == ["html"]
    assert clean_html(sent["body"][0]).html == '<p dir="auto">مرحبا <strong>UNESCO</strong> بكم</p>'
    assert here.errors == []


def test_without_script_the_textarea_is_plain_text(desk: Callable[..., Desk]) -> None:
    here = desk(script=False)
    here.page.goto(here.harness.origin)
    assert not here.page.is_visible("[data-editor-tools]")
    here.page.fill("textarea", "أهلا\n\n> quoted")
    here.page.click("button.button-primary")
    sent = ReplyForm({name: values[0] for name, values in here.harness.posts[-1][1].items()})
    assert sent.is_valid()
    assert sent.cleaned_data["body"] == '<p dir="auto">أهلا</p><blockquote dir="ltr"><p dir="auto">quoted</p></blockquote>'


def test_when_the_editor_cannot_be_loaded_the_textarea_works_on(desk: Callable[..., Desk]) -> None:
    here = desk()
    here.page.route("**/django_prose_editor/editor.js", lambda route: route.abort())
    here.page.locator("textarea").focus()
    here.page.keyboard.type("plain @am")
    expect(here.page.locator("[role=option]")).to_have_count(1)
    here.page.keyboard.press("Enter")
    assert here.value() == "plain @amal "
    here.page.keyboard.press("Control+Enter")
    here.page.wait_for_url("**/posts/")
    assert here.harness.posts[-1][1]["body_format"] == ["plain"]


def test_a_mention_is_chosen_by_keyboard(desk: Callable[..., Desk]) -> None:
    here = desk()
    editor = here.write(keys="إلى @")
    options = here.page.locator("[role=listbox] [role=option]")
    expect(options).to_have_count(2)
    here.page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert editor.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    here.page.keyboard.press("ArrowUp")
    here.page.keyboard.press("Enter")
    expect(options).to_have_count(0)
    here.page.keyboard.type("سلام")
    assert here.value() == '<p dir="auto">إلى <a class="mention" href="/@amal">@أمل حسن</a> سلام</p>'
    assert here.errors == []


def test_escape_closes_the_suggestions_and_enter_writes_on(desk: Callable[..., Desk]) -> None:
    here = desk()
    here.write(keys="@am")
    expect(here.page.locator("[role=option]")).to_have_count(1)
    here.page.keyboard.press("Escape")
    expect(here.page.locator("[role=option]")).to_have_count(0)
    here.page.keyboard.press("Enter")
    assert here.value() == '<p dir="auto">@am</p><p dir="auto"></p>'


def test_lists_quotes_and_links_of_the_toolbar(desk: Callable[..., Desk]) -> None:
    here = desk(language="en")
    here.write(keys="one")
    here.page.click("[data-command=list]")
    assert here.value() == '<ul><li><p dir="auto">one</p></li></ul>'
    here.page.click("[data-command=list]")
    here.page.click("[data-command=quote]")
    assert here.value() == '<blockquote><p dir="auto">one</p></blockquote>'
    here.page.click("[data-command=quote]")
    here.page.keyboard.press("Control+A")
    here.page.keyboard.press("Control+KeyK")
    here.page.keyboard.type("javascript:alert(1)")
    here.page.keyboard.press("Enter")
    assert here.page.locator("[data-editor-link] input").get_attribute("aria-invalid") == "true"
    here.page.locator("[data-editor-link] input").fill("example.org/a")
    here.page.keyboard.press("Enter")
    assert here.value() == '<p dir="auto"><a href="https://example.org/a">one</a></p>'
    assert here.errors == []


def test_pasted_html_is_reduced_to_what_may_be_written(desk: Callable[..., Desk]) -> None:
    here = desk()
    here.write()
    here.page.evaluate(
        """(selector) => { const data = new DataTransfer();
        data.setData("text/html", '<p style="color:red" onclick="x()">a <b>b</b><img src=x onerror="document.title=1"><script>document.title=1</' + 'script></p><a href="javascript:1">l</a>');
        document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})) }""",
        EDITOR,
    )
    assert here.value() == '<p dir="auto">a <strong>b</strong></p><p dir="auto">l</p>'
    assert here.page.title() == "harness"


def test_selected_words_of_a_post_are_quoted_with_their_author(desk: Callable[..., Desk]) -> None:
    here = desk(language="en")
    here.page.locator("#words").click(click_count=3)
    here.page.locator(".quote-button").click()
    here.page.locator(EDITOR).wait_for()
    quote = '<blockquote class="quote" cite="/posts/7/"><p dir="auto" class="quote-author">Carmen</p><p dir="auto">Quote me please</p></blockquote>'
    assert here.value().startswith(quote)
    here.page.keyboard.type("Yes")
    assert here.value() == f'{quote}<p dir="auto">Yes</p>'
    assert clean_html(here.value()).html == (
        '<blockquote class="quote" cite="/posts/7/" dir="ltr"><p class="quote-author" dir="auto">Carmen</p>'
        '<p dir="auto">Quote me please</p></blockquote><p dir="auto">Yes</p>'
    )
    here.page.locator("a.to-quote").click()
    assert here.value().count("<blockquote") == 2
    assert "old" not in here.value()
    assert here.errors == []


def test_a_stored_post_comes_back_into_the_editor_as_it_was(desk: Callable[..., Desk]) -> None:
    stored = (
        '<p dir="auto">مرحبا <a class="mention" href="/people/1/" data-mention="person-1" data-handle="amal"><bdi>@أمل</bdi></a></p>'
        '<blockquote class="quote" cite="/posts/7/" dir="rtl"><p class="quote-author" dir="auto">كارمن</p><p dir="auto">نص</p></blockquote>'
    )
    here = desk(ReplyForm(initial={"body": stored}))
    assert here.value() == "مرحبا @amal\n\n> كارمن\n>\n> نص"
    here.write()
    assert here.value() == (
        '<p dir="auto">مرحبا <a class="mention" href="/@amal">@أمل</a></p>'
        '<blockquote class="quote" cite="/posts/7/"><p dir="auto" class="quote-author">كارمن</p><p dir="auto">نص</p></blockquote>'
    )


def test_a_refused_form_comes_back_in_the_editor(desk: Callable[..., Desk]) -> None:
    here = desk(ReplyForm({"body": "<p>kept <b>words</b></p>", "body_format": "html"}))
    expect(here.page.locator(EDITOR)).to_contain_text("kept words")
    assert here.value() == '<p dir="auto">kept <strong>words</strong></p>'


def test_words_are_kept_and_come_back_after_an_expired_session(desk: Callable[..., Desk]) -> None:
    here = desk(language="en")
    here.write(keys="precious")
    expect(here.page.locator("[data-draft-badge]")).to_have_text("Draft saved", timeout=4_000)
    drafts = [sent for path, sent in here.harness.posts if path == "/draft/"]
    assert drafts[-1]["body"] == ['<p dir="auto">precious</p>']
    assert "csrfmiddlewaretoken" not in drafts[-1]
    here.open()
    expect(here.page.locator(EDITOR)).to_have_text("precious")
    expect(here.page.locator("[data-draft-badge]")).to_have_text("Your draft is back")
    # Sent, but a sign-in page answered: the words are still here afterwards, under the same id.
    kept = here.page.evaluate("document.querySelector('[name=client_id]').value")
    here.page.click("button.button-primary")
    here.page.wait_for_url("**/posts/")
    here.open()
    expect(here.page.locator(EDITOR)).to_have_text("precious")
    assert here.page.evaluate("document.querySelector('[name=client_id]').value") == kept
    # Other words are another post.
    here.page.locator(EDITOR).press("End")
    here.page.keyboard.type("!")
    assert here.page.evaluate("document.querySelector('[name=client_id]').value") != kept
    # Sent, and to be read on the page that follows: the copy is let go.
    here.page.click("button.button-primary")
    here.page.wait_for_url("**/posts/")
    here.harness.page = here.harness.page.replace("Quote me please", "precious!")
    here.open()
    assert here.value() == ""
    assert here.page.evaluate("localStorage.length") == 0


def test_a_form_is_sent_once_however_often_it_is_pressed(desk: Callable[..., Desk]) -> None:
    here = desk(language="en")
    here.write(keys="once")
    here.page.evaluate("document.querySelector('form.editor').target = 'elsewhere'")
    here.page.evaluate("for (let n = 0; n < 5; n++) document.querySelector('form.editor').requestSubmit()")
    here.page.wait_for_timeout(500)
    sent = [words for path, words in here.harness.posts if path == "/posts/"]
    assert len(sent) == 1
    assert len(sent[0]["client_id"][0]) == 36


def test_chosen_files_are_shown_and_too_large_ones_said(desk: Callable[..., Desk]) -> None:
    here = desk(language="en", multipart=True)
    here.page.set_input_files("input[type=file]", [{"name": "ملف.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2048}])
    here.page.set_input_files("input[type=file]", [{"name": "big.zip", "mimeType": "application/zip", "buffer": b"x" * 30_000}])
    lines = here.page.locator("[data-attach-list] li")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("2 kB")
    expect(lines.nth(1)).to_contain_text("This file is larger than 25 MB.")
    lines.nth(1).get_by_role("button", name="Remove big.zip").click()
    expect(lines).to_have_count(1)
    assert here.page.evaluate("document.querySelector('input[type=file]').files.length") == 1


def test_the_editor_and_its_suggestions_are_accessible(desk: Callable[..., Desk], accessible: Callable[[Page], None]) -> None:
    here = desk(ReplyForm(), "en", multipart=True)
    accessible(here.page)
    here.write(keys="one @")
    expect(here.page.locator("[role=option]")).to_have_count(2)
    accessible(here.page)


def test_a_cut_line_keeps_the_words_and_retry_sends_the_same_id(desk: Callable[..., Desk]) -> None:
    here = desk(language="en")
    here.page.evaluate("document.querySelector('form.editor').setAttribute('hx-post', '/posts/')")
    here.write(keys="kept")
    first = here.page.evaluate("document.querySelector('[name=client_id]').value")
    # As htmx tells it: sent, and the line was cut.
    tell = "(name, detail) => document.querySelector('form.editor').dispatchEvent(new CustomEvent(name, {bubbles: true, detail}))"
    here.page.evaluate(f"({tell})('htmx:beforeRequest', {{elt: document.querySelector('form.editor')}})")
    here.page.wait_for_selector("button.button-primary[disabled]")
    here.page.evaluate(f"({tell})('htmx:sendError', {{elt: document.querySelector('form.editor')}})")
    expect(here.page.locator("[data-send-failed]")).to_be_visible()
    assert here.value() == '<p dir="auto">kept</p>'
    here.page.evaluate("document.querySelector('form.editor').removeAttribute('hx-post')")
    here.page.click("[data-retry]")
    here.page.wait_for_url("**/posts/")
    assert here.harness.posts[-1][1]["client_id"] == [first]
