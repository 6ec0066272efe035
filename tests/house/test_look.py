"""The shell of every page and the house's tags: what they promise to a reader, a screen reader and a right-to-left page."""

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import include, path
from django.utils.translation import override

from network import assets
from network.spaces.actors import Actor, Rights
from network.spaces.models import Space
from network.templatetags.house import avatar, avatar_pair, file_size, icon, number, when
from profiles.models import User
from tests.house.tracked import ROOT

_PLACES = "home topics groups entities people notices search account_login account_logout account_signup conversations conversation_new reports profile_edit settings group_new topic_new join offers offer_new sites questions guides first_steps help newsletters applications"


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("language/", _nothing, name="set_language"),
    path("admin/", include(([path("", _nothing, name="index")], "admin"))),
    *(path(f"{name}/", _nothing, name=name) for name in _PLACES.split()),
]
pytestmark = pytest.mark.usefixtures("addresses")
VOID = {"meta", "link", "input", "br", "hr", "img", "use"}


@pytest.fixture
def addresses():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def tunisia():
    return Space(pk=6, kind="entity", handle="tn", name_ar="اللجنة الوطنية – تونس", name_en="National Commission – Tunisia", monogram="تو")


@pytest.fixture
def ezz(tunisia):
    user = User(pk=7, email="ezz@example.test", digits="eastern", calendar="both")
    user.page = Space(pk=8, kind="person", user=user, name_ar="عز الدين", name_en="Ezz", monogram="ع")
    group = Space(pk=9, kind="group", name_ar="التراث والمخطوطات", name_en="Heritage", monogram="تخ")
    return Actor(user, Rights(roles={9: "member"}, mandates={6: SimpleNamespace()}, spaces={6: tunisia, 9: group}, is_networked=True))


def render(source: str, actor: Actor | None = None, language: str = "ar", **context: Any) -> str:
    request = RequestFactory().get(context.pop("address", f"/{language}/topics/"))
    request.actor = actor or Actor.nobody()
    request.user = request.actor.user or AnonymousUser()
    with override(language):
        if source.endswith(".html"):
            return render_to_string(source, {"notices_unread": 0, "chat_unread": 0, "live_epoch": "e1", **context}, request)
        return engines["django"].from_string(source).render({"notices_unread": 0, "chat_unread": 0, "live_epoch": "e1", **context}, request)


class Outline(HTMLParser):
    """Raises when a tag is left open or closes another one; remembers the elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> at line {self.getpos()[0]}"

    def __call__(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fr", "ltr"), ("en", "ltr")])
@pytest.mark.parametrize("name", ["base.html", "components/door.html", "404.html", "403.html", "422.html", "429.html", "500.html"])
def test_every_page_says_its_language_and_direction_and_carries_nothing_inline(language, direction, name, ezz):
    for actor in (None, ezz):
        page = Outline(render(name, actor, language, exception="Because."))
        assert page("html")[0]["lang"] == language
        assert page("html")[0]["dir"] == direction
        assert all("src" in script for script in page("script"))
        assert not page("style")
        assert not [
            attrs
            for _tag, attrs in page.elements
            for name in attrs
            if name == "style" or re.match(r"on\w+$", name) or name.startswith("hx-on")
        ]
        ids = [attrs["id"] for _tag, attrs in page.elements if "id" in attrs]
        assert len(ids) == len(set(ids))
        assert [attrs for attrs in page("input") if not {"aria-label", "id"} & attrs.keys() and attrs.get("type") != "hidden"] == []


def test_a_visitors_page_holds_no_token_and_says_how_to_come_in(ezz):
    visitor, member = render("base.html"), render("base.html", ezz)
    assert "csrf" not in visitor
    assert {"/account_login/", "/account_signup/"} <= {attrs["href"] for attrs in Outline(visitor)("a")}
    assert [attrs["content"] for attrs in Outline(member)("meta") if attrs.get("name") == "csrf-token"] != [""]
    assert "/account_login/" not in {attrs["href"] for attrs in Outline(member)("a")}
    assert Outline(visitor)("body")[0]["data-user"] == ""
    assert Outline(member)("body")[0]["data-user"] == "7"


def test_the_page_knows_the_readers_digits_and_calendar_and_the_way_to_the_other_languages(ezz):
    page = Outline(render("base.html", ezz, "en"))
    assert page("html")[0] | {"data-digits": "eastern", "data-calendar": "both", "data-zone": ""} == page("html")[0]
    ways = {"ar": "/ar/topics/", "fr": "/fr/topics/", "en": "/en/topics/"}
    assert {link["hreflang"]: link["href"] for link in page("a") if "hreflang" in link} == ways
    # For search engines, which do not sign in.
    assert [link for link in page("link") if "hreflang" in link] == []
    visitor = Outline(render("base.html"))
    assert {link["hreflang"]: link["href"] for link in visitor("link") if "hreflang" in link} == ways


def test_the_current_place_is_marked_and_the_bell_counts(ezz):
    page = Outline(render("base.html", ezz, nav="groups", notices_unread=120))
    assert {attrs["href"] for attrs in page("a") if attrs.get("aria-current") == "page"} == {"/groups/"}
    assert render("base.html", ezz, notices_unread=120).count("99+") == 3
    quiet = [attrs for attrs in Outline(render("base.html", ezz))("span") if attrs.get("data-count") == "notices"]
    assert len(quiet) == 3
    assert all("hidden" in attrs for attrs in quiet)


def test_the_demo_says_so_on_every_page():
    assert "demo-banner" not in render("base.html")
    assert "demo-banner" in render("base.html", demo=True)


def test_a_person_is_a_circle_an_institution_a_star_and_who_speaks_sits_on_it(tunisia, ezz):
    person, star = avatar(ezz.user), avatar(tunisia, size="small")
    assert person == '<span class="avatar" data-tone="3" aria-hidden="true">ع</span>'
    assert star == '<span class="avatar avatar-entity avatar-small" data-tone="1" aria-hidden="true">تو</span>'
    assert avatar_pair(None, ezz.user) == person
    badge = '<span class="avatar avatar-tiny avatar-badge" data-tone="3" aria-hidden="true">ع</span>'
    assert avatar_pair(tunisia, ezz.user) == f'<span class="avatar avatar-entity" data-tone="1" aria-hidden="true">تو{badge}</span>'
    assert avatar(None) == '<span class="avatar" data-tone="1" aria-hidden="true"></span>'


def test_a_hostile_monogram_or_picture_stays_text():
    thing = SimpleNamespace(avatar_kind="entity", monogram="<b>", tone='"><i', picture_url="")
    assert "<b>" not in avatar(thing)
    assert "<i" not in avatar(thing)
    pictured = SimpleNamespace(avatar_kind="person", monogram="x", tone=1, picture_url='/p/"onerror=x')
    assert '"onerror' not in avatar(pictured)


def test_what_points_is_mirrored_and_what_does_not_is_not():
    assert icon("reply") == '<svg class="icon icon-flip" aria-hidden="true"><use href="/static/icons.svg#i-reply"/></svg>'
    assert icon("clock", size="small") == '<svg class="icon icon-small" aria-hidden="true"><use href="/static/icons.svg#i-clock"/></svg>'


@pytest.mark.parametrize(
    ("language", "long", "day"),
    [
        ("ar", "20 نوفمبر 2026، 09:14", "20 نوفمبر 2026"),
        ("fr", "20 novembre 2026, 09:14", "20 novembre 2026"),
        ("en", "20 November 2026, 09:14", "20 November 2026"),
    ],
)
def test_without_script_times_are_those_of_the_secretariat(language, long, day):
    at = datetime(2026, 11, 20, 8, 14, tzinfo=UTC)
    with override(language):
        assert when(at) == f'<time datetime="2026-11-20T08:14:00Z" data-time="relative">{long}</time>'
        assert when(at, "date") == f'<time datetime="2026-11-20T08:14:00Z" data-time="date">{day}</time>'
        assert when(date(2026, 11, 20)) == f'<time datetime="2026-11-20" data-time="date">{day}</time>'
        assert when(None) == ""


def test_numbers_are_grouped_as_each_language_does():
    said = {}
    for language in ("ar", "fr", "en"):
        with override(language):
            said[language] = (number(1240), number(2.5), file_size(2_100_000).split()[0], file_size(340_000).split()[0])
    assert said == {
        "ar": ('<data value="1240">1٬240</data>', '<data value="2.5">2٫5</data>', "2٫1", "340"),
        "fr": ('<data value="1240">1\u202f240</data>', '<data value="2.5">2,5</data>', "2,1", "340"),
        "en": ('<data value="1240">1,240</data>', '<data value="2.5">2.5</data>', "2.1", "340"),
    }


def test_pages_keep_the_search_and_mark_where_one_is():
    pages = Paginator(range(1560), 20)
    html = render("{% pagination page %}", language="en", page=pages.page(4), address="/en/people/?q=a%26b&page=4")
    links = Outline(html)("a")
    assert [link["href"] for link in links] == [f"?q=a%26b&page={n}" for n in (3, 1, 2, 3, 4, 5, 78, 5)]
    assert [link["href"] for link in links if link.get("aria-current") == "page"] == ["?q=a%26b&page=4"]
    assert render("{% pagination page %}", page=Paginator(range(5), 20).page(1)) == ""


class NameForm(forms.Form):
    title = forms.CharField(min_length=10, help_text="At least ten letters")
    email = forms.EmailField(required=False)
    secret = forms.CharField(widget=forms.PasswordInput)
    audience = forms.ChoiceField(choices=[("a", "All"), ("b", "Members")], widget=forms.RadioSelect)
    adult = forms.BooleanField()


def test_a_refused_field_says_why_and_ties_the_words_to_the_box():
    form = NameForm({"title": '<b>"'})
    page = Outline(render("{% errors form %}{% for bound in form %}{% field bound %}{% endfor %}", language="en", form=form))
    boxes = {attrs["name"]: attrs for attrs in page("input") if attrs["type"] != "radio"}
    assert (
        boxes["title"] | {"value": '<b>"', "aria-invalid": "true", "dir": "auto", "aria-describedby": "id_title_helptext id_title_error"}
        == boxes["title"]
    )
    assert boxes["email"]["dir"] == "ltr"
    ids = {attrs.get("id") for _tag, attrs in page.elements}
    described = [word for _tag, attrs in page.elements for word in (attrs.get("aria-describedby") or "").split()]
    assert set(described) <= ids
    assert {link["href"].removeprefix("#") for link in page("a")} <= ids
    assert [attrs for attrs in page("div") if attrs.get("role") == "alert"]
    assert {attrs["for"] for attrs in page("label") if "for" in attrs} <= ids


def test_a_form_not_yet_sent_has_nothing_to_say():
    assert render("{% errors form %}", form=NameForm()) == ""


def test_who_speaks_for_an_institution_chooses_and_who_does_not_sees_a_lock(ezz):
    choices = Outline(render("components/as_selector.html", ezz, selected=6, name="on_behalf_of"))("input")
    assert [(one["value"], "checked" in one) for one in choices] == [("6", True), ("", False)]
    alone = Actor(ezz.user, Rights())
    assert "#i-lock" in render("components/as_selector.html", alone)


# --- What is written in files agrees with what is written in other files ---------------------------------------------------
def test_the_bundle_holds_every_part_and_only_logical_properties():
    parts = {file.stem for file in assets.css_folder().glob("*.css")} - {"bundle"}
    assert parts == set(assets.PARTS)
    physical = re.compile(
        r"(?m)^\s*(?:(?:margin|padding|border|inset)-(?:left|right|top|bottom)|left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:"
    )
    assert {name: found for name in parts if (found := physical.findall((assets.css_folder() / f"{name}.css").read_text("utf-8")))} == {}
    text = assets.bundle_css(force=True).read_text("utf-8")
    assert text.startswith("@layer tokens, base, layout, components, utilities;")
    assert text.count("{") == text.count("}")
    fonts = re.findall(r'url\("\.\./fonts/([^"]+)"\)', text)
    assert fonts
    assert all((ROOT / "static" / "fonts" / name).exists() for name in fonts)


def test_every_icon_that_is_asked_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', (ROOT / "static" / "icons.svg").read_text("utf-8")))
    asked = set()
    for file in (ROOT / "templates").rglob("*.html"):
        asked |= set(re.findall(r'{%\s*icon "([\w-]+)"', file.read_text("utf-8")))
    for file in (ROOT / "static" / "js").rglob("*.js"):
        asked |= set(re.findall(r'\bicon\("([\w-]+)"', file.read_text("utf-8")))
    assert asked - drawn == set()


def test_every_behaviour_and_sentence_that_is_named_exists():
    scripts = {file: file.read_text("utf-8") for file in (ROOT / "static" / "js").rglob("*.js")}
    app = scripts[ROOT / "static" / "js" / "app.js"]
    table = dict(re.findall(r'"?([\w-]+)"?: \(\) => import\("\./(behaviours/[\w-]+\.js)"\)', app))
    assert {name: file for name, file in table.items() if not (ROOT / "static" / "js" / file).exists()} == {}
    named, spoken = set(), set()
    for file in (ROOT / "templates").rglob("*.html"):
        source = re.sub(r"{%.*?%}", " ", file.read_text("utf-8"))
        named |= {word for words in re.findall(r'data-behaviour="([^"]*)"', source) for word in words.split()}
    for source in (text for text in scripts.values() if "say.js" in text):
        spoken |= set(re.findall(r'\bsay\("([\w-]+)"', source))
    sentences = set(re.findall(r'data-say="([\w-]+)"', (ROOT / "templates/components/sentences.html").read_text("utf-8")))
    assert named - table.keys() == set()
    assert spoken - sentences == set()


def test_every_module_can_be_followed_by_the_manifest():
    """Django rewrites `import … from "…";` only with its semicolon: without, yesterday's module would serve today's page."""
    loose = re.compile(r"(?m)^(?:import|export) [^;]*?from [\"'][./][^\"']*[\"']$")
    scripts = {file.name: file.read_text("utf-8") for file in (ROOT / "static" / "js").rglob("*.js")}
    assert {name: found for name, text in scripts.items() if (found := loose.findall(text))} == {}
