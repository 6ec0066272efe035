"""Notices on a device, and the site as an app, in a real browser: nothing private stays for the next person who sits down at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page, expect

from chat import actions as chat
from forums import actions as forums
from notices.models import Device, Preferences
from notices.views.devices import SHELL
from tests.browser import CUT
from tests.chat.conftest import say, talk
from tests.journeys.support import SOON, Browse, World, said
from tests.notices.push_service import Service

# What a browser does is the same on both shapes; what the server does is asked on both in tests/notices.
pytestmark = pytest.mark.shape("embedded")

KEPT = sorted([*(f"/static/{name}" for name in SHELL), *(f"/{code}/offline/" for code in ("ar", "fr", "en"))])
CACHED = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found[new URL(request.url).pathname] = await (await cache.match(request)).text();
  }
  return found;
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, tag, lang, dir, data }) => ({ title, body, tag, lang, dir, url: data.url }))"""
# The real push services are far away: this browser is given an address of ours, which it keeps as it would keep theirs.
FAKE = """(() => {
  const given = %s;
  const made = () => localStorage.getItem("test-subscription") && {
    endpoint: localStorage.getItem("test-subscription"),
    toJSON: () => ({ endpoint: localStorage.getItem("test-subscription"), keys: given.keys }),
    unsubscribe: async () => { localStorage.removeItem("test-subscription"); return true; },
  };
  PushManager.prototype.getSubscription = async () => made() || null;
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    if (applicationServerKey.length !== 65) throw new Error("no key");
    localStorage.setItem("test-subscription", given.endpoint);
    return made();
  };
})()"""


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    settings.PUSH_TRIAL_ORIGINS.append(made.origin)
    yield made
    settings.PUSH_TRIAL_ORIGINS.clear()
    made.close()


def ready(page: Page) -> None:
    """Wait until the worker stands between this page and the line."""
    until(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"))


def enter(page: Page, who: Any) -> None:
    """The cookie of somebody else's session takes the place of the one before, as when they sign in here."""
    client = Client()
    client.force_login(who.user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    origin = page.evaluate("location.origin")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": origin, "httpOnly": True, "sameSite": "Lax"}])


def turn_on(page: Page, service: Service) -> None:
    page.context.grant_permissions(["notifications"])
    page.add_init_script(FAKE % json.dumps({"endpoint": f"{service.origin}/browser", "keys": service.keys()}))
    page.goto("/ar/settings/devices/")
    page.locator("[data-push-on]").click()
    expect(page.locator(".lines .tag", has_text=said("This device", "ar"))).to_be_visible(timeout=SOON)


def deliver(page: Page, payload: str) -> None:
    """What the push service would bring to this browser."""
    line = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    origin = page.evaluate("location.origin")

    def note(event: Any) -> None:
        found.extend(one for one in event["registrations"] if one["scopeURL"] == f"{origin}/" and not one["isDeleted"])

    line.on("ServiceWorker.workerRegistrationUpdated", note)
    line.send("ServiceWorker.enable")
    for _turn in range(100):
        if found:
            break
        page.wait_for_timeout(50)
    line.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": found[-1]["registrationId"], "data": payload})
    line.detach()


def until(page: Page, true: Callable[[], object]) -> None:
    for _turn in range(SOON // 50):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("It did not come about.")


def test_the_browser_keeps_the_look_and_three_pages_and_nothing_of_anybody(browse: Browse, w: World) -> None:
    """Carmen reads everywhere, opens a file, signs out; Ezz signs in. What is kept is the same all the while, and knows neither."""
    several = talk(w.carmen, w.basel, w.ezz)
    paper = chat.upload(w.carmen.actor, SimpleUploadedFile("zqpaper.txt", b"zqsecretpaper", "text/plain"))
    say(w.carmen, several, "zqsecretwords", attachments=[paper])
    page = browse(w.carmen, service_workers="allow")
    page.goto("/ar/")
    ready(page)
    for path in ("", "notices/", f"topics/{w.topic.pk}/", f"conversations/{several.pk}/", "settings/", "settings/devices/"):
        page.goto(f"/ar/{path}")
        page.reload()
    page.evaluate(f"fetch('/conversations/files/{paper.key}/').then((answer) => answer.text())")
    first = page.evaluate(CACHED)
    assert sorted(first) == KEPT
    page.goto("/ar/")
    with page.expect_navigation():
        page.locator("form[action$='/accounts/logout/']").first.evaluate("(form) => form.requestSubmit()")
    enter(page, w.ezz)
    page.goto("/ar/")
    after = page.evaluate(CACHED)
    assert after == first
    everything = "\n".join(after.values())
    for private in ("zqsecret", "zqpaper", "كارمن", "سؤال المدارس", 'name="csrfmiddlewaretoken"', '<meta name="csrf-token"', 'data-user="'):
        assert private not in everything, private


@pytest.mark.parametrize(("language", "dark", "width"), [("ar", False, 1280), ("en", True, 390)])
def test_without_a_line_the_browser_says_so_and_goes_on_by_itself(
    browse: Browse, w: World, shoot: Callable[[Page, str], Path], language: str, dark: bool, width: int
) -> None:
    page = browse(w.carmen, language=language, dark=dark, width=width, service_workers="allow", expected=CUT)
    page.goto(f"/{language}/")
    ready(page)
    page.context.set_offline(True)
    page.goto(f"/{language}/topics/{w.topic.pk}/")
    expect(page.locator("h1")).to_have_text(said("No connection", language))
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate("getComputedStyle(document.querySelector('.button-primary')).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    shoot(page, f"offline-{language}")
    page.context.set_offline(False)
    expect(page.locator("h1")).to_contain_text("سؤال المدارس", timeout=SOON)


def test_a_mention_is_shown_on_the_device_and_gone_with_its_reader(
    browse: Browse, w: World, service: Service, shoot: Callable[[Page, str], Path]
) -> None:
    page = browse(w.basel, service_workers="allow")
    turn_on(page, service)
    shoot(page, "devices-ar")
    Preferences.objects.update(quiet=False)
    post = forums.reply(w.carmen.actor, w.topic, body="<p>@basel انظر هنا</p>")
    until(page, lambda: service.told)
    (told,) = service.told
    for _twice in range(2):
        deliver(page, json.dumps(told))
    until(page, lambda: page.evaluate(SHOWN))
    assert page.evaluate(SHOWN) == [
        {"title": told["title"], "body": "@باسل انظر هنا", "tag": w.topic.stream, "lang": "ar", "dir": "rtl", "url": f"/ar{post.path}"}
    ]
    page.goto("/ar/")
    page.wait_for_timeout(1_000)  # the page has settled
    with page.expect_navigation():
        page.locator("form[action$='/accounts/logout/']").first.evaluate("(form) => form.requestSubmit()")
    assert not Device.objects.exists()
    until(page, lambda: page.evaluate(SHOWN) == [])
    until(page, lambda: page.evaluate("localStorage.getItem('push-user')") is None)
    assert page.evaluate("localStorage.getItem('test-subscription')") is None


def test_what_nobody_can_read_is_shown_all_the_same(browse: Browse, w: World, service: Service) -> None:
    """A browser that is told something and shows nothing is told no more."""
    page = browse(w.basel, service_workers="allow")
    turn_on(page, service)
    deliver(page, "no json")
    until(page, lambda: page.evaluate(SHOWN))
    assert [one["title"] for one in page.evaluate(SHOWN)] == ["Multaqa"]


def test_somebody_elses_notices_leave_the_browser_when_the_next_person_signs_in(browse: Browse, w: World, service: Service) -> None:
    page = browse(w.basel, service_workers="allow")
    turn_on(page, service)
    deliver(page, json.dumps({"title": "zqforbasel", "tag": "topic.1", "id": "1"}))
    until(page, lambda: page.evaluate(SHOWN))
    enter(page, w.ezz)
    page.goto("/ar/")
    until(page, lambda: page.evaluate("localStorage.getItem('push-user')") is None)
    assert page.evaluate("localStorage.getItem('test-subscription')") is None
    until(page, lambda: page.evaluate(SHOWN) == [])


def test_who_comes_back_after_their_session_ended_is_told_again_without_asking(browse: Browse, w: World, service: Service) -> None:
    page = browse(w.basel, service_workers="allow")
    turn_on(page, service)
    before = Device.objects.get().session
    page.context.clear_cookies()
    page.goto("/ar/groups/")
    page.wait_for_timeout(1_000)
    assert page.evaluate("localStorage.getItem('test-subscription')") == f"{service.origin}/browser"
    enter(page, w.basel)
    page.goto("/ar/")
    until(page, lambda: Device.objects.get().session != before)
    assert Device.objects.get().user == w.basel.user


def test_turned_off_from_another_device_it_stays_off(browse: Browse, w: World, service: Service) -> None:
    page = browse(w.basel, service_workers="allow")
    turn_on(page, service)
    Device.objects.all().delete()
    page.evaluate("sessionStorage.clear()")  # another tab, another day
    page.goto("/ar/")
    until(page, lambda: page.evaluate("localStorage.getItem('push-user')") is None)
    assert not Device.objects.exists()


def test_turned_off_here_the_browser_lets_go_too(browse: Browse, w: World, service: Service) -> None:
    page = browse(w.basel, service_workers="allow")
    turn_on(page, service)
    with page.expect_navigation():
        page.locator("[data-push-off] button").click()
    assert not Device.objects.exists()
    assert page.evaluate("localStorage.getItem('test-subscription')") is None
    expect(page.locator("[data-push-on]")).to_be_visible()


@pytest.mark.parametrize(
    ("why", "before"),
    [
        ("This browser was told not to show notices", "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"),
        ("This browser cannot show notices", "delete window.PushManager"),
    ],
)
def test_the_page_says_why_it_cannot_be(browse: Browse, w: World, why: str, before: str) -> None:
    page = browse(w.basel, language="en", service_workers="allow")
    page.add_init_script(before)
    page.goto("/en/settings/devices/")
    expect(page.locator("[data-push-words]")).to_contain_text(why)
    expect(page.locator("[data-push-on]")).to_be_hidden()


def test_no_other_file_of_this_host_becomes_a_worker(browse: Browse, w: World) -> None:
    """Neither one that somebody uploaded nor one of ours: the policy names one address."""
    script = forums.upload(w.ezz.actor, SimpleUploadedFile("sw.txt", b"self.x = 1", "text/plain"))
    page = browse(w.ezz, service_workers="allow", expected="Content Security Policy|ServiceWorker|worker-src")
    page.goto("/ar/")
    ready(page)
    for path in (f"/files/{script.key}/", "/static/js/app.js", "/sw.js/", "/ar/sw.js"):
        tried = page.evaluate(
            "(path) => navigator.serviceWorker.register(path, { scope: path }).then(() => 'in', (error) => error.name)", path
        )
        assert tried == "SecurityError", path
    assert page.evaluate(
        "navigator.serviceWorker.getRegistrations().then((all) => all.map((one) => new URL(one.active.scriptURL).pathname))"
    ) == ["/sw.js"]


def test_a_new_address_of_the_push_service_is_told_to_the_server_without_a_page(browse: Browse, w: World, service: Service) -> None:
    page = browse(w.basel, service_workers="allow")
    turn_on(page, service)
    held = Device.objects.get()
    page.context.service_workers[0].evaluate(
        """({ endpoint, before, keys }) => renew({ oldSubscription: { endpoint: before }, newSubscription: { toJSON: () => ({ endpoint, keys }) } })""",
        {"endpoint": f"{service.origin}/another", "before": held.endpoint, "keys": service.keys()},
    )
    assert [(one.pk, one.endpoint) for one in Device.objects.all()] == [(held.pk, f"{service.origin}/another")]


def test_a_notice_opens_its_thing_and_leaves_alone_the_tab_in_which_somebody_writes(browse: Browse, w: World) -> None:
    """The browser lets a worker open a window only for a press on a notice; here it says what it would open."""
    page = browse(w.basel, service_workers="allow")
    page.goto(f"/ar/topics/{w.topic.pk}/")
    ready(page)
    worker = page.context.service_workers[0]
    opened = """async (path) => {
      const done = [];
      self.clients.openWindow = async (url) => done.push(["opened", new URL(url).pathname]);
      WindowClient.prototype.focus = async function () { done.push(["focused", new URL(this.url).pathname]); };
      WindowClient.prototype.navigate = async function () { done.push(["led away", new URL(this.url).pathname]); };
      await open(new URL(path, self.location.origin));
      return done;
    }"""
    here, there = f"/ar/topics/{w.topic.pk}/", f"/ar/topics/{w.public_topic.pk}/"
    assert worker.evaluate(opened, here) == [["focused", here]]
    assert worker.evaluate(opened, there) == [["opened", there]]
