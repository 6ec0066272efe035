"""Every main page, as axe and the content policy see it: ar and en, wide and phone, light and dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from forums import actions as forums
from tests.journeys.support import Browse, World

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
_VISITORS = [
    "",
    "topics/",
    "institutions/",
    "institutions/natcom-tn/",
    "groups/",
    "people/",
    "search/?q=سؤال",
    "accounts/login/",
    "accounts/signup/",
]
_MEMBERS = [
    "",
    "topics/",
    "topics/new/",
    "notices/",
    "groups/",
    "people/",
    "institutions/",
    "settings/",
    "profile/",
    "drafts/",
    "invitations/",
    "search/?q=سؤال",
]


def pages(w: World) -> list[str]:
    return [
        *_MEMBERS,
        f"topics/{w.topic.pk}/",
        f"boards/{w.board.pk}/",
        f"groups/{w.group.pk}/",
        f"groups/{w.group.pk}/members/",
        f"groups/{w.group.pk}/topics/",
        f"groups/{w.group.pk}/about/",
        f"people/{w.carmen.user.pk}/",
        "institutions/natcom-tn/",
        "institutions/natcom-tn/wall/",
        "institutions/natcom-tn/people/",
        "institutions/natcom-tn/mandates/",
        f"posts/{w.topic.posts.get(number=1).pk}/menu/",
        f"posts/{w.topic.posts.get(number=1).pk}/edit/",
        "welcome/",
        "welcome/institutions/",
        "welcome/groups/",
    ]


def breaches(page: Page) -> list[str]:
    found = Axe().run(page, options=_RULES).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {rule['help']} at {node['target']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(
    ("language", "width", "dark", "busiest"),
    [("ar", 390, False, False), ("ar", 1280, True, True), ("en", 390, False, True), ("en", 1280, True, False)],
)
def test_every_main_page_is_open_to_everybody(browse: Browse, w: World, language: str, width: int, dark: bool, busiest: bool) -> None:
    """axe finds nothing, no page is wider than its window, nothing is reported to /csp, and no script stumbles (browse sees to it)."""
    forums.reply(w.carmen.writing_for(w.natcom_tn), w.topic, body="<p>جواب @ezz</p><blockquote><p>قول</p></blockquote>")
    forums.open_topic(w.carmen.actor, w.group, body="<p>على الجدار</p>")
    w.topic.refresh_from_db()
    member, visitor = (browse(who, language=language, width=width, dark=dark) for who in (w.carmen, None))
    reported: list[str] = []
    wrong: list[str] = []
    visits = {member: pages(w), visitor: [f"topics/{w.public_topic.pk}/", *_VISITORS]}
    if busiest:  # what everybody sees every day, once more in the other light
        busy = {"", "topics/", "notices/", f"topics/{w.topic.pk}/", f"groups/{w.group.pk}/", "institutions/natcom-tn/"}
        visits = {member: [path for path in visits[member] if path in busy], visitor: visits[visitor][:2]}
    for page, paths in visits.items():
        page.on("request", _note(reported))
        for path in paths:
            answer = page.goto(f"/{language}/{path}")
            assert answer is not None
            if answer.status != 200:
                wrong.append(f"{path}: {answer.status}")
            wrong += [f"{path}: {breach}" for breach in breaches(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{path}: wider than its window")
    assert wrong == []
    assert reported == []


def test_open_menus_and_the_editor_are_open_to_everybody_too(browse: Browse, w: World) -> None:
    page = browse(w.carmen, language="ar", width=390)
    page.goto(f"/ar/topics/{w.topic.pk}/")
    page.locator("#reply textarea").focus()
    expect(page.locator("#reply .ProseMirror")).to_be_focused()
    page.keyboard.type("@عز")
    expect(page.locator(".suggestions")).to_be_visible()
    assert breaches(page) == []
    page.keyboard.press("Escape")
    page.locator("#posts a[data-menu]").first.click()
    expect(page.locator(".post-float")).to_be_visible()
    assert breaches(page) == []
    page.keyboard.press("Escape")
    page.locator(".more-sheet summary").click()
    assert breaches(page) == []


def test_the_guard_speaks_when_a_page_breaks_its_policy(browse: Browse, w: World) -> None:
    """What the tests above listen for is really said: a foreign script is refused and reported."""
    page = browse(expected="Content Security Policy")
    reported: list[str] = []
    page.on("request", _note(reported))
    page.goto("/ar/")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.broken = 1' }))")
    page.wait_for_timeout(500)
    assert page.evaluate("window.broken") is None
    assert len(reported) == 1


def _note(reported: list[str]) -> Callable[[Request], None]:
    def note(request: Request) -> None:
        if request.url.endswith("/csp"):
            reported.append(str(request.post_data))

    return note
