"""Without a pointer: into the page, through a menu, a mention, a reply, and out again."""

import pytest
from playwright.sync_api import Page, expect

from notices.models import Notice
from tests.journeys.support import SOON, Browse, World, mention, newest, open_topic, post

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

SHOWN = """[document.activeElement, document.activeElement.closest('.editor, .menu-item')].filter(Boolean).some((one) => {
  const style = getComputedStyle(one)
  return style.outlineStyle !== 'none' || style.boxShadow !== 'none'
})"""


def tab_to(page: Page, target: str, most: int = 120) -> None:
    """Press Tab until the target has the focus, and see that it shows."""
    for _ in range(most):
        if page.evaluate("(target) => document.activeElement.matches(target)", target):
            assert page.evaluate(SHOWN), f"{target} has no visible focus"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {target}")


@pytest.mark.parametrize(("language", "width"), [("ar", 1280), ("en", 390)])
def test_one_reads_answers_and_mentions_by_keyboard(browse: Browse, w: World, language: str, width: int) -> None:
    page = browse(w.carmen, language=language, width=width)
    open_topic(page, w.topic, language)
    first = w.topic.posts.get(number=1)

    # --- The first Tab is the way past the bars
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    # --- The post's menu opens, walks, closes, and gives the focus back
    tab_to(page, f"#post-{first.pk} a[data-menu]")
    page.keyboard.press("Enter")
    menu = page.locator(".post-float")
    expect(menu).to_be_visible()
    assert page.evaluate("document.querySelector('.post-float').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(post(page, first).locator("a[data-menu]")).to_be_focused()

    # --- The box: a mention by arrows, the name by arrows, and Ctrl+Enter sends
    tab_to(page, "#reply textarea, #reply .ProseMirror")
    expect(page.locator("#reply .ProseMirror")).to_be_focused()
    page.keyboard.type("سؤال إلى ")
    mention(page, "عز", "عز")
    expect(page.locator("#reply .ProseMirror")).to_be_focused()
    tab_to(page, "#reply .as-menu summary")
    page.keyboard.press("Enter")
    tab_to(page, "#reply .as-menu input[type=radio]:checked, #reply .as-menu input[type=radio]")
    page.keyboard.press("ArrowUp")
    expect(page.locator(f"#reply .as-menu input[value='{w.natcom_tn.pk}']")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("#reply .as-menu summary")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.locator("#reply .ProseMirror").focus()
    page.keyboard.press("Control+Enter")
    row = newest(w.topic, "سؤال إلى", page)
    assert row.on_behalf_of_id == w.natcom_tn.pk
    for _ in range(100):
        if Notice.objects.filter(recipient=w.ezz.user, reason="mention").exists():
            break
        page.wait_for_timeout(100)
    assert Notice.objects.filter(recipient=w.ezz.user, reason="mention").count() == 1
    expect(page.locator("#reply .ProseMirror")).to_have_text("", timeout=SOON)


def test_the_account_menu_and_the_search_box_answer_to_keys(browse: Browse, w: World) -> None:
    page = browse(w.ezz, language="en")
    page.goto("/en/", wait_until="networkidle")
    page.keyboard.press("/")
    expect(page.locator(".top-bar input[type=search]")).to_be_focused()
    page.keyboard.type("مفتوح")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/search/**")
    expect(page.locator("main .search-result")).not_to_have_count(0)
    tab_to(page, ".account-summary")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.menu-panel') !== null")
    page.keyboard.press("Escape")
    expect(page.locator(".account-summary")).to_be_focused()
