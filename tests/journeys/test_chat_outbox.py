"""What one has written in a room is never lost and never stuck: a full browser, a slow line, a server that fails, another tab."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from chat import actions as chat
from chat.models import Attachment, Conversation, Message, MessageReaction
from network.spaces import actions as spaces
from network.spaces.models import Mandate, Membership
from tests.browser import CUT
from tests.chat.conftest import between, say, talk
from tests.journeys.support import SOON, Browse, World, said
from tests.journeys.test_chat import enter, message, write

# What waits, waits in the browser: neither database nor layer stands behind it.
pytestmark = pytest.mark.shape("embedded")

# Answers of the server that a test makes up: Tab.watch takes a routed 5xx for one of ours.
FAILING = """(part) => {
    const real = window.fetch;
    window.asked = 0;
    Math.random = () => 0;
    window.fetch = (address, options = {}) => {
        const body = [...(options.body?.values?.() ?? [])].join(" ");
        if (!`${options.method ?? "GET"} ${address} ${body}`.includes(part)) return real(address, options);
        window.asked += 1;
        if (part === "ملف") return Promise.reject(new DOMException("late", "TimeoutError"));
        return Promise.resolve(new Response("", { status: 500 }));
    };
    window.mend = () => (window.fetch = real);
}"""


def refuse(page: Page, words: str) -> None:
    """These words cannot be sent: the browser's own limit is put aside, the server's stands."""
    page.locator("#message-body").evaluate("(box, words) => { box.removeAttribute('maxlength'); box.value = words }", words)
    page.locator("#composer .button-primary").click()
    expect(page.locator(".message-failed")).to_have_count(1, timeout=SOON)


# --- 1 ---
def test_edit_on_what_was_refused_while_a_message_is_being_changed_keeps_both(browse: Browse, w: World) -> None:
    conversation = between(w)
    carmen = browse(w.carmen, language="en")
    enter(carmen, conversation, "en")
    write(carmen, "الأولى")
    expect(message(carmen, "الأولى")).to_have_count(1, timeout=SOON)
    refuse(carmen, "ط" * 4001)
    carmen.locator(".as-menu summary").click()
    carmen.locator(".as-menu label").last.click()  # from now on in one's own name
    carmen.locator("#message-body").fill("مسودة")
    message(carmen, "الأولى").locator("a[data-menu]").press("Enter")
    carmen.locator(".post-float [data-change]").click()
    expect(carmen.locator("#message-body")).to_have_value("الأولى")
    carmen.locator(".message-failed [data-edit]").click()
    expect(carmen.locator("#message-body")).to_have_value("ط" * 4001 + "\nمسودة")
    # In whose name it was to be said has come back with it.
    expect(carmen.locator(f"input[name=on_behalf_of][value='{w.natcom_tn.pk}']")).to_be_checked()
    expect(carmen.locator(".message-failed")).to_have_count(0)


def test_where_one_may_no_longer_write_what_was_refused_is_not_offered_to_be_edited(browse: Browse, w: World) -> None:
    conversation = talk(w.carmen, w.basel)
    carmen = browse(w.carmen, language="en")
    enter(carmen, conversation, "en")
    refuse(carmen, "ط" * 4001)
    Membership.objects.filter(user=w.carmen.user).delete()
    spaces.end_mandate(w.haytham.actor, Mandate.objects.get(user=w.carmen.user))
    carmen.reload()
    expect(carmen.locator("#composer")).to_have_count(0)
    failed = carmen.locator(".message-failed")
    expect(failed.locator("[data-copy]")).to_be_visible()
    expect(failed.locator("[data-edit]")).to_be_hidden()


# --- 2 ---
def test_enter_on_a_slow_line_and_away_the_message_arrives(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en", expected=CUT)
    enter(basel, conversation, "en")
    slow = basel.context.new_cdp_session(basel)
    slow.send("Network.enable")
    slow.send("Network.emulateNetworkConditions", {"offline": False, "latency": 1_000, "downloadThroughput": -1, "uploadThroughput": 1_000})
    write(basel, "قبل أن أذهب")
    basel.wait_for_timeout(100)
    basel.goto("about:blank")
    sent = until(lambda: Message.objects.filter(text="قبل أن أذهب").count() == 1, basel)
    assert sent


def test_what_waits_in_a_room_goes_out_from_any_page_and_the_list_marks_it(browse: Browse, w: World) -> None:
    one, other = talk(w.basel, w.carmen), talk(w.basel, w.ezz)
    basel = browse(w.basel, language="en", expected=CUT)
    basel.route("**/conversations/*/messages/", lambda route: route.abort())
    enter(basel, one, "en")
    write(basel, "تنتظر")
    expect(basel.locator("#messages [data-pending]")).to_have_count(1)
    enter(basel, other, "en")
    row = basel.locator(f"#room-{one.pk}")
    expect(row).to_contain_text(said("Something you wrote here waits to be sent", "en"))
    basel.unroute("**/conversations/*/messages/")
    basel.goto("/en/")
    assert until(lambda: Message.objects.filter(text="تنتظر", conversation=one).count() == 1, basel)
    basel.goto("/en/conversations/")
    expect(row.locator(".room-waits")).to_have_count(0)
    assert basel.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('chat-outbox:'))") == []


# --- 3 ---
def test_with_a_full_browser_the_message_is_sent_all_the_same(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en")
    basel.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }")
    enter(basel, conversation, "en")
    write(basel, "بلا مكان")
    expect(message(basel, "بلا مكان")).to_have_count(1, timeout=SOON)
    expect(basel.locator("#messages [data-pending]")).to_have_count(0)


def test_what_two_tabs_write_at_once_is_kept_twice(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en", expected=CUT)
    basel.context.route("**/conversations/*/messages/", lambda route: route.abort())
    enter(basel, conversation, "en")
    second = basel.context.new_page()
    enter(second, conversation, "en")
    write(basel, "من الأولى")
    write(second, "من الثانية")
    for tab in (basel, second):
        expect(tab.locator("#messages [data-pending] [data-words]")).to_have_text(["من الأولى", "من الثانية"])
    basel.context.unroute("**/conversations/*/messages/")
    second.evaluate("dispatchEvent(new Event('online'))")
    expect(basel.locator("#messages [data-pending]")).to_have_count(0, timeout=SOON)
    assert list(Message.objects.filter(kind="text").order_by("number").values_list("text", flat=True)) == ["من الأولى", "من الثانية"]


# --- 4 ---
def test_what_never_gets_through_is_put_aside_and_the_next_goes_out(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en")
    enter(basel, conversation, "en")
    basel.evaluate(FAILING, "لا تصل")
    write(basel, "لا تصل")
    write(basel, "تصل")
    failed = basel.locator(".message-failed")
    expect(failed).to_contain_text("لا تصل", timeout=SOON)
    expect(failed).to_contain_text(said("The fault is ours: this was not saved. What you wrote is still here; try again.", "en"))
    expect(basel.locator("#messages > [data-number] .prose")).to_have_text(["تصل"], timeout=SOON)
    assert basel.evaluate("window.asked") == 5
    basel.evaluate("window.mend()")
    failed.locator("[data-retry]").click()
    expect(basel.locator("#messages > [data-number] .prose")).to_have_text(["تصل", "لا تصل"], timeout=SOON)


def test_files_that_twice_took_too_long_are_put_aside(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en")
    enter(basel, conversation, "en")
    basel.evaluate(FAILING, "ملف")
    basel.locator("#composer input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"one"})
    write(basel, "ملف")
    write(basel, "بعده")
    failed = basel.locator(".message-failed")
    expect(failed).to_contain_text(said("This took too long to send. Try again on a faster line, or with fewer files.", "en"), timeout=SOON)
    expect(message(basel, "بعده")).to_have_count(1, timeout=SOON)
    assert basel.evaluate("window.asked") == 2


# --- 5 ---
def test_earlier_messages_are_asked_for_with_pauses_when_the_server_fails(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    for number in range(1, 101):
        say(w.carmen, conversation, f"رسالة {number}")
    chat.mark_read(w.basel.actor, Conversation.objects.get(pk=conversation.pk), 100)
    basel = browse(w.basel, language="en")
    enter(basel, conversation, "en")
    basel.evaluate(FAILING, f"/conversations/{conversation.pk}/messages/?before=")
    basel.locator("#messages").evaluate("list => { list.scrollTop = 0 }")
    basel.wait_for_timeout(2_000)
    assert 1 <= basel.evaluate("window.asked") <= 3
    shown = basel.locator("#messages > [data-number]").count()
    basel.evaluate("window.mend(); document.dispatchEvent(new CustomEvent('multaqa:connection', { detail: { state: 'live' } }))")
    expect(basel.locator("#messages > [data-number]")).not_to_have_count(shown, timeout=1_500)


# --- 6 ---
def test_an_edit_that_is_refused_or_a_menu_without_a_line_leave_one_in_the_room(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    row = say(w.basel, conversation, "قديمة")
    Message.objects.filter(pk=row.pk).update(created_at="2020-01-01T00:00:00Z")
    basel = browse(w.basel, language="en", expected=CUT)
    enter(basel, conversation, "en")
    here = basel.url
    basel.locator("#composer input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"one"})
    basel.locator("#message-body").press("ArrowUp")
    toasts = basel.locator("#toasts")
    expect(toasts).to_contain_text(said("You may no longer do this. Load the page again to see what changed.", "en"), timeout=SOON)
    expect(basel.locator("#message-body")).to_be_editable()
    basel.context.set_offline(True)
    basel.locator(f"#message-{row.pk} a[data-menu]").press("Enter")
    no_line = said("Nothing was sent: there is no connection. What you wrote is still here; try again.", "en")
    expect(toasts).to_contain_text(no_line, timeout=SOON)
    assert basel.url == here
    expect(basel.locator("[data-attach-list]")).to_contain_text("a.txt")
    basel.context.set_offline(False)


# --- 7 ---
def test_files_kept_since_the_plain_form_came_back_go_out_with_the_script(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en", expected=CUT)
    enter(basel, conversation, "en")
    basel.locator("#composer input[type=file]").set_input_files({"name": "minutes.txt", "mimeType": "text/plain", "buffer": b"one"})
    basel.locator("#message-body").evaluate("box => { box.removeAttribute('maxlength'); box.value = 'ط'.repeat(4001) }")
    with basel.expect_navigation():
        basel.evaluate("document.querySelector('#composer').submit()")  # as without script
    expect(basel.locator("#composer")).to_contain_text(f"minutes.txt {said('is kept', 'en')}")
    expect(basel.locator("[data-enter-menu]")).to_be_visible()  # the script is there
    basel.locator("#message-body").fill("")
    basel.route("**/conversations/*/messages/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    basel.locator("#message-body").press("Enter")
    waiting = basel.locator("#messages [data-pending]")
    expect(waiting).to_contain_text("minutes.txt")
    expect(basel.locator("#composer")).not_to_contain_text("minutes.txt")
    basel.goto(f"/en/conversations/{conversation.pk}/")  # they are text: they survive the page
    expect(waiting).to_contain_text("minutes.txt")
    basel.unroute("**/conversations/*/messages/")
    basel.evaluate("dispatchEvent(new Event('online'))")
    expect(basel.locator("#messages > [data-number] .message-files")).to_contain_text("minutes.txt", timeout=SOON)
    assert Attachment.objects.get().message == Message.objects.get(conversation=conversation, kind="text")


# --- 8 ---
def test_after_signing_in_again_in_another_tab_the_room_goes_on(browse: Browse, w: World, server: str) -> None:
    conversation = talk(w.basel, w.carmen)
    row = say(w.carmen, conversation, "كلام")
    basel = browse(w.basel, language="en")
    enter(basel, conversation, "en")
    basel.context.add_cookies([{"name": settings.CSRF_COOKIE_NAME, "value": "x" * 32, "url": server, "httpOnly": True, "sameSite": "Lax"}])
    basel.locator(f"#message-{row.pk} a[data-menu]").press("Enter")
    basel.locator(".post-float .reactions button[value=heart]").press("Enter")
    expect(basel.locator(f"#message-{row.pk} .reactions button[value=heart]")).to_have_attribute("aria-pressed", "true", timeout=SOON)
    assert MessageReaction.objects.filter(message=row, user=w.basel.user).count() == 1


# --- 9, 10 ---
def test_words_alone_go_as_a_plain_form_and_too_much_together_is_said_before(browse: Browse, w: World, tmp_path: Path) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en")
    enter(basel, conversation, "en")
    with basel.expect_request(re.compile(r"/conversations/\d+/messages/$")) as sent:
        write(basel, "سطر\nآخر 😀")
    assert sent.value.headers["content-type"].startswith("application/x-www-form-urlencoded")
    expect(message(basel, "آخر 😀")).to_have_count(1, timeout=SOON)
    halves = [tmp_path / "a.txt", tmp_path / "b.txt"]  # on the disk: so much takes long through the pipe to the browser
    for half in halves:
        half.write_bytes(b"x" * (13 * 1024 * 1024))
    basel.locator("#composer input[type=file]").set_input_files(halves)
    sentence = said("Together these files are larger than 25 MB: send them in several messages.", "en")
    expect(basel.locator("[data-attach-list]")).to_contain_text(sentence)
    basel.locator("#message-body").press("Enter")
    expect(basel.locator("#messages [data-pending]")).to_have_count(0)
    basel.locator("[data-attach-list] button").first.click()
    expect(basel.locator("[data-attach-list]")).not_to_contain_text(sentence)
    # What the server still finds too large is said so, once.
    basel.route("**/conversations/*/messages/", lambda route: route.fulfill(status=413), times=1)
    basel.locator("#message-body").press("Enter")
    expect(basel.locator(".message-failed")).to_contain_text(said("This is too large to be sent.", "en"), timeout=SOON)


# --- 13 ---
def test_what_was_read_just_before_an_edit_is_told_all_the_same(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    say(w.basel, conversation, "قبل")
    basel = browse(w.basel, language="en")
    enter(basel, conversation, "en")
    said_so: list[str] = []
    basel.on("request", lambda request: said_so.append(request.post_data or "") if request.url.endswith("/read/") else None)
    basel.locator("#message-body").press("ArrowUp")
    expect(basel.locator("#message-body")).to_have_value("قبل")
    basel.locator("#message-body").fill("بعد")
    say(w.carmen, conversation, "جواب")
    expect(message(basel, "جواب")).to_have_count(1, timeout=SOON)
    basel.locator("#message-body").press("Enter")  # within the moment after which reading is told
    assert until(lambda: said_so == ["number=2"], basel)


# --- 11 ---
def test_the_keyboard_stays_where_it_was_when_a_message_changes(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    rows = [say(w.carmen, conversation, f"رسالة {number}") for number in range(1, 4)]
    basel = browse(w.basel, language="en")
    enter(basel, conversation, "en")
    middle = basel.locator(f"#message-{rows[1].pk}")
    basel.locator(f"#message-{rows[2].pk}").focus()
    basel.keyboard.press("ArrowUp")
    expect(middle).to_be_focused()
    chat.edit(w.carmen.actor, rows[1], body="<p>معدّلة</p>")
    expect(middle).to_contain_text("معدّلة", timeout=SOON)
    expect(middle).to_be_focused()
    middle.locator("a[data-menu]").focus()
    chat.edit(w.carmen.actor, Message.objects.get(pk=rows[1].pk), body="<p>ثانية</p>")
    expect(middle).to_contain_text("ثانية", timeout=SOON)
    expect(middle.locator("a[data-menu]")).to_be_focused()


# --- 12 ---
def test_signed_out_the_menu_leads_to_where_one_signs_in(browse: Browse, w: World) -> None:
    basel = browse(w.basel, language="en", expected=CUT)
    row = say(w.carmen, talk(w.basel, w.carmen), "كلام")
    basel.goto(f"/en/conversations/{row.conversation_id}/")
    basel.route(
        "**/menu/",
        lambda route: (
            route.fulfill(status=302, headers={"location": "/en/accounts/login/"})
            if route.request.headers.get("hx-request")
            else route.continue_()
        ),
    )
    expect(basel.locator("[data-enter-menu]")).to_be_visible()
    basel.locator(f"#message-{row.pk} a[data-menu]").press("Enter")
    basel.wait_for_url(re.compile(r"/messages/\d+/menu/$"))


# --- 13 ---
def test_a_draft_of_another_tab_stays_when_this_one_sends(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en")
    enter(basel, conversation, "en")
    second = basel.context.new_page()
    enter(second, conversation, "en")
    basel.locator("#message-body").fill("تُرسل")
    second.locator("#message-body").fill("مسودة هناك")
    basel.locator("#message-body").press("Enter")
    expect(message(basel, "تُرسل")).to_have_count(1, timeout=SOON)
    second.reload()
    expect(second.locator("#message-body")).to_have_value("مسودة هناك")


# --- 14 ---
def test_a_tab_behind_another_does_not_say_that_one_is_away(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en")
    basel.context.add_init_script("Object.defineProperty(document, 'hidden', { get: () => Boolean(window.behind) })")
    told: list[str] = []
    basel.on("websocket", lambda socket: socket.on("framesent", lambda frame: told.append(str(frame)) if '"here"' in str(frame) else None))
    look = "behind => { window.behind = behind; document.dispatchEvent(new Event('visibilitychange')) }"
    enter(basel, conversation, "en")
    second = basel.context.new_page()
    enter(second, conversation, "en")
    told.clear()
    basel.evaluate(look, True)
    assert until(lambda: len(told) >= 2, basel)
    assert [frame for frame in told if '"visible":true' not in frame] == []
    # Nobody looks any more: now one is away.
    second.evaluate(look, True)
    told.clear()
    basel.evaluate(look, True)
    assert until(lambda: len(told) >= 2, basel)
    assert [frame for frame in told if '"visible":false' not in frame] == []


def until(happened: Callable[[], bool], page: Page) -> bool:
    for _ in range(int(SOON / 100)):
        if happened():
            return True
        page.wait_for_timeout(100)
    return False
