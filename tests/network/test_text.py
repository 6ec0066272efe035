"""What people write, on its way in: cleaned once, in one form, whatever it was."""

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django import forms
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.text import (
    Mentioned,
    RichTextField,
    TextTooDeep,
    TextTooLong,
    clean_html,
    direction,
    excerpt,
    find_handles,
    from_plain,
    is_blank,
    language_of,
    quote,
    render_mentions,
    text_of,
    to_plain,
)

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

VECTORS = [vector["html"] for vector in json.loads((Path(__file__).parent.parent / "corpora" / "html_vectors.json").read_text())]
REL = 'rel="noopener noreferrer nofollow ugc"'
PIECES = st.one_of(
    st.sampled_from(VECTORS),
    st.sampled_from(
        "<p> </p> <b> </b> <i> <a> </a> <ul> <li> </ul> <table> <tr> <td> </table> <pre> </pre> <blockquote> </blockquote> <br> <h2> "
        "</h2> <code> </code> <div> </div> <svg> <math> <style> </style> <!-- --> <form> <button> <select> &lt; &amp; &#x301; نص @amal "
        "https://a.example www.b.example، <span> </span> <ol> <figure> <img> \n".split(" ")
    ),
    st.text(max_size=12),
)


def resolve(handles: set[str]) -> dict[str, Mentioned]:
    everyone = {
        "amal": Mentioned("person", 12, "أمل <حسن>", "/people/12/"),
        "tn": Mentioned("entity", 3, "اللجنة الوطنية", "/commissions/tn/"),
    }
    return {handle: everyone[handle.lower()] for handle in handles if handle.lower() in everyone}


@pytest.mark.parametrize("raw", VECTORS)
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    once = clean_html(raw).html
    assert clean_html(once).html == once


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=14).map("".join))
def test_cleaning_twice_changes_nothing_whatever_was_written(raw: str) -> None:
    once = clean_html(raw).html
    assert clean_html(once).html == once


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=10).map("".join))
def test_a_text_with_rendered_mentions_can_be_edited_again(raw: str) -> None:
    clean = clean_html(raw).html
    rendered, mentioned, _unknown = render_mentions(clean, resolve)
    again, found, _ = render_mentions(clean_html(rendered).html, resolve)
    assert (again, found) == (rendered, mentioned)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("hello", '<p dir="auto">hello</p>'),
        ("<p>a</p>b <b>c</b>", '<p dir="auto">a</p><p dir="auto">b <b>c</b></p>'),
        ("<p>x</p><p></p><p><br></p>", '<p dir="auto">x</p>'),
        ("<img src=/files/7/a.png onerror=alert(1)>", '<p dir="auto"><img src="/files/7/a.png"></p>'),
        ("<a href=//evil.example>x</a><a href=http:evil.example>y</a><a href='\\\\evil.example'>z</a>", '<p dir="auto">xyz</p>'),
        ("<script>alert(1)</script>ok", '<p dir="auto">ok</p>'),
        ("<p class='quote-author toast' style=color:red id=x>y</p>", '<p class="quote-author" dir="auto">y</p>'),
        ("<ul><li>سلام<li>x</ul>", '<ul dir="rtl"><li dir="auto">سلام</li><li dir="auto">x</li></ul>'),
        ("a\u0301" + "\u0301" * 9, '<p dir="auto">á\u0301\u0301\u0301\u0301</p>'),
        ("&#x202e;ab\u0000c", '<p dir="auto">abc</p>'),
        ("\ud800x", '<p dir="auto">x</p>'),
    ],
)
def test_what_is_written_has_one_form(raw: str, clean: str) -> None:
    assert clean_html(raw).html == clean


def test_addresses_become_links_and_arabic_punctuation_stays_outside() -> None:
    clean = clean_html("راجعوا https://alecso.example/a، أو www.example.org؟ لا <code>http://c.example</code>").html
    assert clean == (
        f'<p dir="auto">راجعوا <a href="https://alecso.example/a" {REL}>https://alecso.example/a</a>، أو '
        f'<a href="https://www.example.org" {REL}>www.example.org</a>؟ لا <code>http://c.example</code></p>'
    )


@override("en")
def test_too_long_and_too_deep_are_refused_with_a_sentence() -> None:
    with pytest.raises(TextTooLong) as long:
        clean_html("ا" * 33_000)
    assert "too long" in long.value.messages[0]
    for raw in ("<div>" * 101, "<b>x" * 2_001, "<b><i>" * 40 + "<p>x" * 60):
        with pytest.raises(TextTooDeep):
            clean_html(raw)


def test_forbidden_things_are_said_to_have_been_left_out() -> None:
    assert clean_html("<p>x</p>").altered is False
    assert clean_html("<p>x</p><script>1</script>").altered is True


@pytest.mark.parametrize(
    "raw",
    [
        "<p " + " ".join(f"a{n}=1" for n in range(9_000)),
        "&amp;" * 13_000,
        "http://a.example " * 950,
        "a" + "\u0301" * 32_000,
        "<blockquote>" * 99 + "نص " * 12_000,
        "<a href=http://x.example/y>z</a>" * 1_500,
        "<ul><li>x" * 50 + "<li>x" * 1_800,
        "<table>" * 90 + "<tr><td>x" * 900,
        "<!--" * 16_000,
        "<" * 65_000,
        "&#x41;" * 10_000,
    ],
)
def test_a_hostile_64_kb_costs_little(raw: str) -> None:
    spent = []
    for _ in range(3):
        began = time.process_time()
        with suppress(TextTooLong, TextTooDeep):
            clean_html(raw[:65_536])
        spent.append(time.process_time() - began)
    assert min(spent) <= 0.1


def test_mentions_are_looked_up_once_and_the_unknown_stay_as_typed() -> None:
    clean = clean_html('<p>@amal, @nobody and <a class="mention" href="/@TN">@Tunis</a> x@amal.example <code>@amal</code></p>').html
    assert find_handles(clean) == ["amal", "nobody", "TN"]
    html, mentioned, unknown = render_mentions(clean, resolve)
    assert html == (
        f'<p dir="auto"><a class="mention" href="/people/12/" data-mention="person-12" data-handle="amal" {REL}>'
        "<bdi>@أمل &lt;حسن&gt;</bdi></a>, @nobody and "
        f'<a class="mention" href="/commissions/tn/" data-mention="entity-3" data-handle="TN" {REL}><bdi>@اللجنة الوطنية</bdi></a>'
        " x@amal.example <code>@amal</code></p>"
    )
    assert [(m.kind, m.id) for m in mentioned] == [("person", 12), ("entity", 3)]
    assert unknown == ["nobody"]


def test_nobody_can_be_named_by_hand() -> None:
    forged = '<a class="mention" href="/people/12/" data-mention="person-12">@Director</a>'
    assert clean_html(forged).html == f'<p dir="auto"><a href="/people/12/" {REL}>@Director</a></p>'
    lying = clean_html('<a class="mention" href="/@amal">@Director</a>').html
    assert "Director" not in render_mentions(lying, resolve)[0]


def test_at_most_twenty_are_mentioned() -> None:
    asked: list[set[str]] = []

    def everyone(handles: set[str]) -> dict[str, Mentioned]:
        asked.append(handles)
        return {handle: Mentioned("person", int(handle[1:]), handle, "/x/") for handle in handles}

    _html, mentioned, unknown = render_mentions(clean_html(" ".join(f"@p{n}" for n in range(25))).html, everyone)
    assert (len(mentioned), unknown, len(asked)) == (20, [f"p{n}" for n in range(20, 25)], 1)


def test_plain_text_keeps_paragraphs_lines_and_quotes() -> None:
    html = clean_html(from_plain("أهلا <b>\nسطر\n\n> قال\n> > هي\nنعم")).html
    assert html == (
        '<p dir="auto">أهلا &lt;b&gt;<br>سطر</p><blockquote dir="rtl"><p dir="auto">قال</p><blockquote dir="rtl"><p dir="auto">هي</p>'
        '</blockquote></blockquote><p dir="auto">نعم</p>'
    )
    assert to_plain(html) == "أهلا <b>\nسطر\n\n> قال\n>\n> > هي\n\nنعم"
    assert clean_html(from_plain(to_plain(html))).html == html


def test_a_quote_keeps_its_author_and_place() -> None:
    quoted = clean_html(quote('<blockquote><p>old</p></blockquote><p dir="auto">new</p>', author="A <b>", path="/posts/7/")).html
    assert quoted == (
        '<blockquote class="quote" cite="/posts/7/" dir="ltr"><p class="quote-author" dir="auto">A &lt;b&gt;</p>'
        '<p dir="auto">new</p></blockquote>'
    )
    assert excerpt(quoted + '<p dir="auto">my answer</p>') == "my answer"


def test_an_excerpt_is_one_line_cut_between_words() -> None:
    html = clean_html("<p>one two</p><p>three four five</p>").html
    assert excerpt(html) == "one two three four five"
    assert excerpt(html, 15) == "one two three…"
    assert text_of(html) == "one two\nthree four five"


@pytest.mark.parametrize("raw", ["", "<p><br></p>", " &nbsp;\u200b ", "<p>\u3164</p>", "<!-- x -->", "&#x200f;"])
def test_what_shows_nothing_is_blank(raw: str) -> None:
    assert is_blank(clean_html(raw).html)


@pytest.mark.parametrize(
    ("text", "way"), [("مرحبا UNESCO", "rtl"), ("Hello مرحبا all", "ltr"), ("123", "rtl"), ("انظر https://example.org/long/path", "rtl")]
)
def test_direction_follows_most_letters(text: str, way: str) -> None:
    assert direction(text) == way


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("اجتماع اللجان الوطنية", "ar"),
        ("La réunion des commissions nationales est prévue pour le printemps", "fr"),
        ("The meeting of the national commissions is in spring", "en"),
        ("12 / 5", "fr"),
        ("OK", "fr"),
    ],
)
def test_language_is_heard_from_script_and_small_words(text: str, language: str) -> None:
    assert language_of(text, "fr") == language


class Form(forms.Form):
    body = RichTextField()


def test_a_form_takes_html_from_the_editor_and_plain_text_without_it() -> None:
    rich, plain = Form({"body": "<p>a<b>b</b>", "body_format": "html"}), Form({"body": "<p>a", "body_format": "plain"})
    assert rich.is_valid()
    assert plain.is_valid()
    assert rich.cleaned_data["body"] == '<p dir="auto">a<b>b</b></p>'
    assert plain.cleaned_data["body"] == '<p dir="auto">&lt;p&gt;a</p>'


@override("en")
def test_a_form_refuses_the_empty_and_the_too_long_and_keeps_the_words() -> None:
    assert Form({"body": "<p><br></p>", "body_format": "html"}).errors == {"body": ["Write something first."]}
    too_long = Form({"body": "x" * 66_000, "body_format": "plain"})
    assert "too long" in too_long.errors["body"][0]
    assert "x" * 66_000 in str(too_long["body"])
