"""Every main page, as axe and the content policy see it: ar and en, wide and phone, light and dark."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from documents import actions as guides
from documents.models import Guide
from forums import actions as forums
from network.accreditation.models import Application, Certificate
from network.feeds.models import ExternalFeed, ExternalItem
from network.sites import actions as sites
from network.sites.models import Question, Section, Site, SitePage
from network.spaces import actions as spaces
from network.spaces.actors import Actor
from network.spaces.models import Mandate, Space
from network.ties import actions as ties
from network.ties.models import Offer, Tie
from tests.house.addresses import ARGUMENTS, OTHERWISE, Place, patterns
from tests.house.test_urls import DOORS, expected_of
from tests.journeys.support import Browse, World
from tests.network.accreditation import filled, joined, networks, sent

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
_VISITORS = [
    "",
    "topics/",
    "institutions/",
    "institutions/?view=table",
    "institutions/?kind=associated-school&view=map",
    "institutions/natcom-tn/",
    *(f"institutions/natcom-tn/{part}/" for part in ("wall", "topics", "people", "network", "groups", "ties")),
    "partnerships/",
    "guides/",
    "guides/booklet/",
    "offline/",
    "feeds/",
    "institutions/natcom-tn/external/",
    "institutions/natcom-tn/widget/",
    "join/",
    "join/associated-school/",
    "certificates/",
    "sites/",
    "commissions/tn/",
    "commissions/tn/news/",
    "commissions/tn/institutions/",
    "commissions/tn/contact/",
    "sites/school-tn/",
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
_SECRETARIAT = ["first-steps/institutions/", "visits/", "imports/", "imports/new/", "institutions/commissions/", "applications/queue/"]


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
        *(f"institutions/{row.entity.handle}/mandates/{row.pk}/" for row in Mandate.objects.filter(user=w.carmen.user)),
        "institutions/natcom-tn/feeds/",
        "institutions/natcom-tn/widget/code/",
        "institutions/natcom-tn/visits/",
        "first-steps/",
        "guides/new/",
        *(f"guides/{guide.pk}/{part}" for guide in Guide.objects.all() for part in ("edit/", "draft/", "versions/1/")),
        "applications/",
        "applications/queue/",
        *(f"applications/{application.pk}/" for application in Application.objects.exclude(status="draft")),
        "institutions/natcom-tn/standing/",
        "institutions/unconfirmed/",
        "institutions/natcom-tn/ties/",
        "institutions/natcom-jo/ties/new/",
        *(f"ties/{tie.pk}/" for tie in Tie.objects.all()),
        *(f"ties/{tie.pk}/end/" for tie in Tie.objects.standing()),
        "partnerships/",
        "partnerships/new/",
        "commissions/tn/edit/",
        "commissions/tn/pages/",
        "commissions/tn/pages/new/",
        "sites/school-tn/",
        *(f"commissions/tn/pages/{page.pk}/{part}/" for page in SitePage.objects.all() for part in ("preview", "history", "edit")),
        "questions/",
        *(f"questions/{question.pk}/" for question in Question.objects.all()),
        *(f"partnerships/{offer.pk}/" for offer in Offer.objects.all()),
        f"posts/{w.topic.posts.get(number=1).pk}/menu/",
        f"posts/{w.topic.posts.get(number=1).pk}/edit/",
        "welcome/",
        "welcome/institutions/",
        "welcome/groups/",
    ]


def tied(w: World) -> None:
    """A tie that stands and its shared space, one that waits for carmen, and an offer."""
    theirs, ours = w.basel.writing_for(w.natcom_jo), w.carmen.writing_for(w.natcom_tn)
    ties.answer(w.basel.actor, ties.propose(ours, w.natcom_jo, relation="twin", message="معا"), accept=True, message="نعم")
    ties.propose(theirs, w.natcom_tn, relation="partner", message="شراكة")
    ties.offer(ours, title="عرض", body="<p>نعرض</p>", kind="offer", languages=["ar"], countries=[w.jo])


def sited(w: World) -> None:
    """A page of the Tunisian commission's site, and what a visitor asked it."""
    sites.write(w.carmen.actor, Site(space=w.natcom_tn), None, publish=True, title_ar="كيف ننضم", body_ar="<p>نص</p>")
    fields = {"name": "Nadia", "email": "nadia@example.net", "text": "Comment ?", "language": "fr"}
    sites.ask(Actor.nobody(), w.natcom_tn, client_id=uuid4(), **fields)


def guided(w: World) -> None:
    """A guide with a draft of its second version, and a feed of the commission's website with an item."""
    speaker, words = w.carmen.writing_for(w.natcom_tn), {"title_ar": "دليل", "body_ar": "<h2>أولا</h2><p>نص</p>"}
    guide = guides.create(speaker, w.natcom_tn, meant_for="officers", audience=0, **words)
    guides.publish(speaker, guide)
    guides.edit(speaker, guide, meant_for="officers", audience=0, **words)
    feed = ExternalFeed.objects.create(
        entity=w.natcom_tn, url="https://www.example.invalid/feed.xml", added_by=w.carmen.user, paused_at=timezone.now()
    )
    ExternalItem.objects.create(feed=feed, key="1", title="Actualité", link="https://www.example.invalid/1", published=timezone.now())


def joining(w: World) -> None:
    """A school that joined, one that waits for its commission, and one whose form is filled but not sent."""
    networks(w)
    joined(w, w.dara)
    sent(w, w.ezz, name_ar="مدرسة البحر (تجريبية)")
    filled(w, w.ezz, name_ar="مدرسة النهر (تجريبية)")


def invited(w: World) -> str:
    """The token of a mail that invites to speak for the commission."""
    sent: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("network.spaces.letters.send_invitation", lambda invitation, token: sent.append(token))
        spaces.invite_by_mail(w.haytham.actor, w.natcom_tn, "new@example.net", title="منسقة النوادي")
    return sent[0]


def applying() -> list[str]:
    """What who applies for their school sees; of the draft, its form."""
    drafts = [application for application in Application.objects.all() if application.status == "draft"]
    return ["applications/", *(f"applications/{draft.pk}/{page}" for draft in drafts for page in ("", "edit/"))]


def open_to_all(w: World, token: str) -> list[str]:
    topic, group = w.public_topic, w.open_group
    return [
        f"topics/{topic.pk}/",
        f"boards/{topic.board_id}/",
        f"groups/{group.pk}/",
        *(f"groups/{group.pk}/{part}/" for part in ("members", "topics", "about")),
        f"posts/{topic.posts.get(number=1).pk}/history/",
        f"people/{w.haytham.user.pk}/",
        *(f"guides/{guide.pk}/" for guide in Guide.objects.all()),
        *(f"guides/{guide.pk}/versions/1/" for guide in Guide.objects.all()),
        *(f"certificates/{certificate.code}/" for certificate in Certificate.objects.all()),
        *(f"ties/{tie.pk}/" for tie in Tie.objects.standing()),
        *(f"partnerships/{offer.pk}/" for offer in Offer.objects.all()),
        *(f"commissions/tn/pages/{page.pk}/" for page in SitePage.objects.all()),
        *(f"{section}/{part}" for section in Section.values for part in ("", "news/", "institutions/")),
        f"invitations/mandates/{token}/",
    ]


# What a visitor may ask for that is no page: files, feeds, answers to scripts and programs, parts of pages; and what a mail's link leads to.
NO_PAGES = set(
    "booklet_pdf guide_pdf register_csv register_xlsx register_pdf file site_card picture entity_atom entity_rss entity_json kind_atom kind_rss "
    "kind_json news_atom news_rss news_json feed_new live mentions notices_count conversations_count topic_unread reply_box post_menu post_place "
    "healthz readyz robots sitemap sitemap_index manifest worker by_handle post space_wall mail_stop mail_weekly".split()
)


def test_no_public_page_is_forgotten(w: World) -> None:
    """Every door that stands open to visitors leads to a page that axe walks, or to no page."""
    token = prepare(w)
    walked = {resolve(f"/ar/{path.partition('?')[0]}").url_name for path in [*_VISITORS, *open_to_all(w, token)]}
    doors = [(name, target) for name, wanted in patterns() if name in DOORS for target in OTHERWISE.get(name, ARGUMENTS[wanted])]
    reached = ((name, " ".join(target) if isinstance(target, tuple) else target) for name, target in doors)
    public = {name for name, target in reached if expected_of(Place(name, target, "", None), DOORS[name][0], "nobody") == "in"}
    assert public - walked - NO_PAGES == set()
    assert len(walked & public) > 40


def prepare(w: World) -> str:
    """Something stands everywhere. Returns the token of an invitation to speak for the commission."""
    forums.reply(w.carmen.writing_for(w.natcom_tn), w.topic, body="<p>جواب @ezz</p><blockquote><p>قول</p></blockquote>")
    forums.open_topic(w.carmen.actor, w.group, body="<p>على الجدار</p>")
    w.topic.refresh_from_db()
    tied(w)
    sited(w)
    guided(w)
    joining(w)
    Space.objects.filter(pk=w.haytham.page.pk).update(audience=0)
    return invited(w)


def breaches(page: Page) -> list[str]:
    found = Axe().run(page, options=_RULES).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {rule['help']} at {node['target']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(
    ("language", "width", "dark", "part"),
    [
        *(
            (language, width, dark, part)
            for language, width, dark in (("ar", 390, False), ("en", 1280, True))
            for part in ("members", "others")
        ),
        ("ar", 1280, True, "busiest"),
        ("en", 390, False, "busiest"),
    ],
)
def test_every_main_page_is_open_to_everybody(browse: Browse, w: World, language: str, width: int, dark: bool, part: str) -> None:
    """axe finds nothing, no page is wider than its window, nothing is reported to /csp, and no script stumbles (browse sees to it).

    On the phone each page is opened and every second one examined; the wide screen has the others.
    """
    token = prepare(w)
    public = [f"topics/{w.public_topic.pk}/", *_VISITORS, *open_to_all(w, token)[1:]]
    # What everybody sees every day, once more in the other light.
    busy = ["", "topics/", "notices/", f"topics/{w.topic.pk}/", f"groups/{w.group.pk}/", "institutions/natcom-tn/"]
    visits = {
        "members": [(w.carmen, pages(w))],
        "others": [(w.sami, _SECRETARIAT), (w.ezz, applying()), (None, public)],
        "busiest": [(w.carmen, busy), (None, public[:2])],
    }
    reported: list[str] = []
    wrong: list[str] = []
    for who, paths in visits[part]:
        page = browse(who, language=language, width=width, dark=dark)
        page.on("request", _note(reported))
        for turn, path in enumerate(paths):
            is_mine = part == "busiest" or turn % 2 == (width > 390)
            if width > 390 and not is_mine:
                continue
            answer = page.goto(f"/{language}/{path}")
            assert answer is not None
            if answer.status != 200:
                wrong.append(f"{path}: {answer.status}")
            if is_mine:
                wrong += [f"{path}: {breach}" for breach in breaches(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{path}: wider than its window")
    assert wrong == []
    assert reported == []


def test_every_public_page_is_whole_without_script(browse: Browse, w: World) -> None:
    """There is something to read on each, and nothing to press that would do nothing."""
    token = prepare(w)
    page, wrong = browse(language="fr", width=390, script=False), []
    for path in [*_VISITORS, *open_to_all(w, token)]:
        answer = page.goto(f"/fr/{path}")
        assert answer is not None
        if answer.status != 200 or len(page.locator("main").inner_text()) < 20:
            wrong.append(f"{path}: {answer.status}, {page.locator('main').inner_text()!r}")
        idle = page.locator("button[type=button]:not([popovertarget]):visible")
        wrong += [f"{path}: {button.inner_text() or button.get_attribute('aria-label')} does nothing" for button in idle.all()]
    assert wrong == []


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
