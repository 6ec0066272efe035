"""Two people talk: at once, with marks, over broken lines, until one of them is taken out. And by plain forms, without script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from chat import actions as chat
from chat.models import Conversation, Message, Participant, Seat
from network.spaces.models import Mandate, Space
from tests.browser import CUT
from tests.cast import Person
from tests.chat.conftest import say, talk
from tests.journeys.support import SOON, Browse, Line, World, looks, said

LOOKS = looks(("ar", 390), ("en", 1280))


def enter(page: Page, conversation: Conversation, language: str = "ar") -> Line:
    """The room, subscribed."""
    line = Line(page)
    page.goto(f"/{language}/conversations/{conversation.pk}/")
    line.until('"subscribed"', f'"conversation.{conversation.pk}/')
    return line


def write(page: Page, words: str) -> None:
    page.locator("#message-body").fill(words)
    page.locator("#message-body").press("Enter")


def message(page: Page, words: str) -> Locator:
    """The message with these words, acknowledged: it has a number."""
    return page.locator("#messages > [data-number]", has_text=words)


def numbers(page: Page) -> list[int]:
    return [int(found) for found in page.eval_on_selector_all("#messages > [data-number]", "all => all.map((one) => one.dataset.number)")]


def texts(page: Page) -> list[str]:
    return page.eval_on_selector_all("#messages > [data-number] .prose", "all => all.map((one) => one.textContent.trim())")


def bring(w: World, conversation: Conversation, who: Person) -> None:
    chat.add(w.carmen.actor, conversation, [who.page])


# --- Talking -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_from_a_person_s_page_to_a_talk_that_both_see_live(browse: Browse, w: World, language: str, width: int) -> None:
    basel = browse(w.basel, language=language, width=width)
    basel.goto(f"/{language}/people/{w.carmen.user.pk}/")
    basel.get_by_role("button", name=said("Write a message", language)).click()
    basel.wait_for_url(re.compile(r"/conversations/\d+/$"))
    conversation = Conversation.objects.get()
    carmen = browse(w.carmen, language="ar")
    carmen.goto("/ar/")
    write(basel, "السلام عليكم، ISO 100, f/8")
    expect(message(basel, "السلام عليكم")).to_have_count(1, timeout=SOON)
    # Whoever is elsewhere sees that something waits, in the bar and in the title.
    expect(carmen.locator("[data-count=chat]:visible").first).to_have_text("1", timeout=SOON)
    expect(carmen).to_have_title(re.compile(r"^\(1\) "), timeout=SOON)
    enter(carmen, conversation)
    expect(carmen.locator("#unread")).to_be_visible()
    expect(carmen.locator("[data-count=chat]:visible").first).to_be_hidden(timeout=SOON)
    carmen.locator("#message-body").press_sequentially("وعليكم السلام", delay=160)
    expect(basel.locator("[data-typing-line]")).to_contain_text("كارمن", timeout=SOON)
    carmen.locator("#message-body").press("Enter")
    expect(message(basel, "وعليكم السلام")).to_have_count(1, timeout=SOON)
    expect(basel.locator("[data-typing-line]")).to_be_hidden()
    # The mark on one's own message says that it was read.
    expect(message(basel, "السلام عليكم، ISO").locator(".message-tick.is-read")).to_have_count(1, timeout=SOON)
    assert numbers(basel) == numbers(carmen) == [1, 2]
    assert Seat.objects.get(conversation=conversation, user=w.carmen.user).number == 2


@pytest.mark.parametrize(("language", "width"), looks(("en", 390), ("ar", 1280)))
def test_for_the_commission_its_star_and_the_officer_s_circle(browse: Browse, w: World, language: str, width: int) -> None:
    carmen = browse(w.carmen, language=language, width=width)
    carmen.goto(f"/{language}/institutions/natcom-jo/")
    carmen.get_by_role("button", name=said("Write a message", language)).click()
    carmen.wait_for_url(re.compile(r"/conversations/\d+/$"))
    conversation = Conversation.objects.get(kind="entities")
    basel = browse(w.basel, language="ar")
    enter(basel, conversation)
    write(carmen, "باسم اللجنة التونسية")
    spoken = message(basel, "باسم اللجنة التونسية")
    expect(spoken).to_have_count(1, timeout=SOON)
    expect(spoken.locator(".author")).to_contain_text("اللجنة الوطنية التونسية")
    expect(spoken.locator(".avatar-entity .avatar-badge")).to_have_count(1)
    row = Message.objects.get(text="باسم اللجنة التونسية")
    assert (row.author_id, row.on_behalf_of_id) == (w.carmen.user.pk, w.natcom_tn.pk)


def test_quote_react_edit_pin_and_take_back_by_keyboard(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    first = say(w.carmen, conversation, "السؤال الأول")
    basel, carmen = browse(w.basel, language="en"), browse(w.carmen)
    enter(basel, conversation, "en")
    enter(carmen, conversation)
    basel.locator(f"#message-{first.pk} a[data-menu]").focus()
    basel.keyboard.press("Enter")
    menu = basel.locator(".post-float")
    expect(menu).to_be_visible()
    menu.locator(".reactions button[value=heart]").press("Enter")
    expect(carmen.locator(f"#message-{first.pk} .reactions")).to_contain_text("1", timeout=SOON)
    basel.locator(f"#message-{first.pk} a[data-menu]").press("Enter")
    basel.locator(".post-float [data-reply]").press("Enter")
    expect(basel.locator("[data-reply-bar]")).to_contain_text("كارمن")
    basel.keyboard.type("جواب عليه")
    basel.keyboard.press("Enter")
    expect(message(carmen, "جواب عليه").locator(".message-quoted")).to_contain_text("السؤال الأول", timeout=SOON)
    expect(basel.locator("[data-reply-bar]")).to_be_hidden()
    row = Message.objects.get(text="جواب عليه")
    basel.locator(f"#message-{row.pk} a[data-menu]").press("Enter")
    basel.locator(".post-float").get_by_role("link", name=said("Edit", "en"), exact=True).click()
    basel.locator("textarea[name=body]").fill("جواب معدّل")
    basel.get_by_role("button", name=said("Save", "en")).click()
    expect(message(carmen, "جواب معدّل")).to_contain_text(said("edited", "ar"), timeout=SOON)
    basel.locator(f"#message-{row.pk} a[data-menu]").press("Enter")
    basel.locator(".post-float").get_by_role("button", name=said("Pin", "en")).press("Enter")
    expect(message(carmen, "جواب معدّل")).to_contain_text(said("pinned", "ar"), timeout=SOON)
    carmen.locator(f"#message-{first.pk} a[data-menu]").press("Enter")
    carmen.locator(".post-float .menu-item-danger").click()
    carmen.locator("form .button-danger").click()
    # The words are gone everywhere, in the quote too.
    expect(basel.locator(f"#message-{first.pk}")).to_contain_text(said("This message was removed.", "en"), timeout=SOON)
    expect(message(basel, "جواب معدّل").locator(".message-quoted")).to_contain_text(said("This message was removed.", "en"), timeout=SOON)
    assert "السؤال الأول" not in basel.locator("#messages").inner_text()


# --- Bad lines -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_what_is_written_without_a_line_waits_survives_a_reload_and_goes_out_once(
    browse: Browse, w: World, language: str, width: int
) -> None:
    conversation = talk(w.basel, w.carmen)
    say(w.carmen, conversation, "قبل الانقطاع")
    basel = browse(w.basel, language=language, width=width, expected=CUT)
    enter(basel, conversation, language)
    basel.context.set_offline(True)
    for words in ("الأولى", "الثانية", "الثالثة"):
        write(basel, words)
    expect(basel.locator("#messages [data-pending]")).to_have_count(3)
    expect(basel.locator("#messages [data-waiting]").first).to_have_text(said("Waiting for the line", language))
    say(w.carmen, conversation, "قيلت أثناء الانقطاع")
    assert Message.objects.filter(author=w.basel.user).count() == 0
    # The laptop is closed and opened again: the page is another, the words are the same.
    basel.route("**/conversations/*/messages/", lambda route: route.abort())
    basel.context.set_offline(False)
    enter(basel, conversation, language)
    expect(basel.locator("#messages [data-pending]")).to_have_count(3)
    basel.unroute("**/conversations/*/messages/")
    basel.evaluate("dispatchEvent(new Event('online'))")
    expect(basel.locator("#messages [data-pending]")).to_have_count(0, timeout=SOON)
    expect(message(basel, "الثالثة")).to_have_count(1, timeout=SOON)
    assert numbers(basel) == [1, 2, 3, 4, 5]
    assert texts(basel) == ["قبل الانقطاع", "قيلت أثناء الانقطاع", "الأولى", "الثانية", "الثالثة"]


def test_an_answer_lost_on_its_way_doubles_nothing(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel, language="en", expected=CUT)
    enter(basel, conversation, "en")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    basel.route("**/conversations/*/messages/", lose, times=1)
    write(basel, "وصلت أم لم تصل")
    expect(message(basel, "وصلت أم لم تصل")).to_have_count(1, timeout=SOON)
    expect(basel.locator("#messages [data-pending]")).to_have_count(0, timeout=SOON)
    assert Message.objects.filter(conversation=conversation).count() == 1


def test_what_is_refused_stays_with_its_reason_and_can_be_edited_and_sent(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    basel = browse(w.basel)
    enter(basel, conversation)
    basel.locator("#message-body").evaluate("box => { box.removeAttribute('maxlength'); box.value = 'ط'.repeat(4001) }")
    basel.locator("#composer .button-primary").click()
    failed = basel.locator(".message-failed")
    expect(failed).to_contain_text(
        said("A message is 4,000 characters long at most. Yours is kept; make it shorter, or open a topic.", "ar"), timeout=SOON
    )
    basel.reload()
    expect(failed).to_have_count(1)
    failed.locator("[data-edit]").click()
    expect(basel.locator("#message-body")).to_have_value("ط" * 4001)
    write(basel, "أقصر")
    expect(message(basel, "أقصر")).to_have_count(1, timeout=SOON)
    expect(failed).to_have_count(0)


def test_a_draft_waits_in_its_room_and_enter_may_break_the_line(browse: Browse, w: World) -> None:
    one, other = talk(w.basel, w.carmen), talk(w.basel, w.ezz)
    basel = browse(w.basel)
    enter(basel, one)
    basel.locator("#message-body").fill("مسودة لم تكتمل")
    enter(basel, other)
    expect(basel.locator("#message-body")).to_have_value("")
    enter(basel, one)
    expect(basel.locator("#message-body")).to_have_value("مسودة لم تكتمل")
    basel.locator("[data-enter-menu] summary").click()
    basel.locator("[data-enter-sends]").uncheck()
    basel.keyboard.press("Escape")
    basel.locator("#message-body").fill("سطر")
    basel.locator("#message-body").press("Enter")
    basel.locator("#message-body").press_sequentially("سطر ثان")
    expect(basel.locator("#message-body")).to_have_value("سطر\nسطر ثان")
    basel.locator("#message-body").press("Shift+Enter")
    expect(message(basel, "سطر ثان")).to_have_count(1, timeout=SOON)


# --- Who takes part ----------------------------------------------------------------------------------------------------------------
def test_a_latecomer_sees_what_comes_after_and_whoever_is_taken_out_nothing_more(browse: Browse, w: World) -> None:
    conversation = talk(w.carmen, w.basel, w.ezz, name="التحضير")
    say(w.carmen, conversation, "canary-before")
    haytham, ezz = browse(w.haytham, language="en", width=390), browse(w.ezz)
    heard = enter(ezz, conversation)
    bring(w, conversation, w.haytham)
    line = enter(haytham, conversation, "en")
    say(w.carmen, conversation, "canary-after")
    expect(message(haytham, "canary-after")).to_have_count(1, timeout=SOON)
    early = Message.objects.get(text="canary-before")
    chat.edit(w.carmen.actor, early, body="<p>canary-before-edited</p>")
    expect(message(ezz, "canary-before-edited")).to_have_count(1, timeout=SOON)
    assert "canary-before" not in haytham.content()
    assert [frame for frame in line.heard if "canary-before" in frame] == []
    chat.remove(w.carmen.actor, conversation, Participant.objects.get(conversation=conversation, user=w.ezz.user))
    expect(ezz.locator("[data-withdrawn]")).to_be_visible(timeout=SOON)
    silent = len(heard.heard)
    say(w.carmen, conversation, "canary-secret")
    expect(message(haytham, "canary-secret")).to_have_count(1, timeout=SOON)
    ezz.wait_for_timeout(500)
    assert [frame for frame in heard.heard[silent:] if "canary" in frame] == []
    answer = ezz.goto(f"/ar/conversations/{conversation.pk}/")
    assert answer is not None and answer.status == 404


def test_a_mandate_that_ends_while_one_types_keeps_the_words(browse: Browse, w: World) -> None:
    conversation = chat.start(w.carmen.writing_for(w.natcom_tn), [Space.objects.get(pk=w.natcom_jo.pk)])
    carmen = browse(w.carmen, language="en")
    enter(carmen, conversation, "en")
    carmen.locator("#message-body").fill("كلمة لم ترسل")
    from network.spaces import actions as spaces  # noqa: PLC0415 -- only here

    spaces.end_mandate(w.haytham.actor, Mandate.objects.get(user=w.carmen.user))
    expect(carmen.locator("[data-withdrawn]")).to_be_visible(timeout=SOON)
    expect(carmen.locator("#message-body")).to_have_value("كلمة لم ترسل")
    assert Message.objects.filter(kind="text").count() == 0


# --- Long rooms, phones, without script ------------------------------------------------------------------------------------------
def test_older_messages_come_without_a_jump_and_new_ones_never_move_what_is_read(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    for number in range(1, 101):
        say(w.carmen, conversation, f"رسالة {number}")
    chat.mark_read(w.basel.actor, Conversation.objects.get(pk=conversation.pk), 100)
    basel = browse(w.basel)
    enter(basel, conversation)
    expect(message(basel, "رسالة 100")).to_be_in_viewport()
    basel.locator("#messages").evaluate("list => { list.scrollTop = 120 }")
    expect(basel.locator("#messages [data-number='21']")).to_be_attached(timeout=SOON)
    shown = basel.locator("#messages [data-number='64']")
    expect(shown).to_be_in_viewport()
    before = shown.bounding_box()
    say(w.carmen, conversation, "جديدة")
    expect(basel.locator("[data-latest] [data-new]")).to_have_text("1", timeout=SOON)
    after = shown.bounding_box()
    assert before is not None and after is not None and abs(before["y"] - after["y"]) <= 1
    basel.locator("[data-latest]").click()
    expect(message(basel, "جديدة")).to_be_in_viewport()
    expect(basel.locator("[data-latest]")).to_be_hidden()
    found = numbers(basel)
    assert found == sorted(set(found)) == list(range(found[0], 102))


def test_on_a_phone_the_list_is_a_screen_of_its_own(browse: Browse, w: World) -> None:
    conversation = talk(w.basel, w.carmen)
    say(w.carmen, conversation, "مرحبا")
    basel = browse(w.basel, width=390)
    basel.goto("/ar/conversations/")
    row = basel.locator(f"#room-{conversation.pk}")
    expect(row).to_contain_text("كارمن")
    expect(row.locator(".counter")).to_have_text("1")
    expect(basel.locator("#messages")).to_have_count(0)
    with basel.expect_response(lambda answer: answer.url.endswith("/read/")):  # he takes the time to read it
        row.click()
    expect(basel.locator("#messages")).to_be_visible()
    expect(basel.locator("#rooms")).to_be_hidden()
    basel.locator(".chat-head .back").click()
    expect(row).to_be_visible()
    expect(row.locator(".counter")).to_have_count(0, timeout=SOON)


@pytest.mark.parametrize("language", looks(("fr",), ("ar",)))
def test_without_script_one_begins_writes_quotes_and_leaves(browse: Browse, w: World, language: str) -> None:
    carmen = browse(w.carmen, language=language, width=390, script=False)
    carmen.goto(f"/{language}/conversations/new/?with=basel&with=ezz")
    carmen.locator("[name=name]").fill("التحضير")
    carmen.locator("#id_body").fill("أول الكلام")
    carmen.get_by_role("button", name=said("Begin", language), exact=True).click()
    expect(message(carmen, "أول الكلام")).to_have_count(1)
    conversation = Conversation.objects.get()
    carmen.locator("#message-body").fill("ثم هذا")
    carmen.locator("#composer .button-primary").click()
    expect(message(carmen, "ثم هذا")).to_have_count(1)
    row = Message.objects.get(text="أول الكلام")
    carmen.goto(f"/{language}/messages/{row.pk}/menu/")
    carmen.locator("[data-reply]").click()
    expect(carmen.locator("[data-reply-bar]")).to_contain_text("أول الكلام")
    carmen.locator("#message-body").fill("جواب")
    carmen.locator("#composer .button-primary").click()
    expect(message(carmen, "جواب").locator(".message-quoted")).to_contain_text("أول الكلام")
    carmen.locator(".chat-head a[href$='/details/']").click()
    carmen.get_by_role("button", name=re.compile(said("Archive", language))).click()
    expect(carmen).to_have_url(re.compile(rf"/{language}/conversations/$"))
    assert Seat.objects.get(conversation=conversation, user=w.carmen.user).archived_at is not None


@pytest.mark.shape("embedded")  # how pages look depends on neither database nor layer: once is enough
@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_of_conversations_are_for_everybody(browse: Browse, w: World, accessible: Any, dark: bool) -> None:
    conversation = talk(w.carmen, w.basel, w.ezz, name="التحضير")
    say(w.basel, conversation, "سؤال")
    row = say(w.carmen, conversation, "جواب", reply_to=Message.objects.get(text="سؤال"))
    chat.react(w.basel.actor, row, "heart")
    page = browse(w.carmen, width=390 if dark else 1280, dark=dark)
    for address in (
        "conversations/",
        f"conversations/{conversation.pk}/",
        f"conversations/{conversation.pk}/details/",
        "conversations/new/",
        f"messages/{row.pk}/menu/",
        f"messages/{row.pk}/edit/",
    ):
        page.goto(f"/ar/{address}")
        accessible(page)
