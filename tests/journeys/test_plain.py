"""With the script switched off: everything that matters is a link or a form."""

import re

import pytest
from playwright.sync_api import Page, expect

from forums.models import Post, Reaction, Topic
from network.spaces.models import Membership
from profiles.models import User
from tests.cast import Person
from tests.journeys.support import Browse, World, looks, path, post, said
from tests.profiles.test_accounts import PASSWORD, with_password


def sign_in_by_hand(page: Page, who: Person, language: str) -> None:
    with_password(who.user)
    User.objects.filter(pk=who.user.pk).update(language=language)
    page.goto(f"/{language}/accounts/login/")
    page.fill("[name=login]", who.user.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form .button-primary").first.click()
    page.wait_for_url(f"**/{language}/")


@pytest.mark.parametrize(("language", "width"), looks(("en", 1280), ("ar", 390)))
def test_a_member_does_everything_without_script(browse: Browse, w: World, language: str, width: int) -> None:
    page = browse(language=language, width=width, script=False)
    sign_in_by_hand(page, w.ezz, language)

    # --- Join a group
    page.goto(f"/{language}/groups/{w.open_group.pk}/")
    page.locator(f"form[action='/groups/{w.open_group.pk}/membership/'] .button-primary").click()
    expect(page.locator(".place-head .tag-done")).to_have_text(said("Member", language))
    assert Membership.objects.filter(space=w.open_group, user=w.ezz.user).count() == 1

    # --- Open a topic on its board
    page.goto(f"/{language}/boards/{w.open_board.pk}/new/")
    page.fill("[name=title]", "موضوع بلا برنامج")
    page.fill("textarea[name=body]", "فقرة أولى\n\nفقرة ثانية")
    page.locator("form.editor .editor-foot .button-primary").click()
    page.wait_for_url(f"**/{language}/topics/*/")
    topic = Topic.objects.get(title="موضوع بلا برنامج")
    first = topic.posts.get(number=1)
    expect(post(page, first).locator(".prose p")).to_have_text(["فقرة أولى", "فقرة ثانية"])
    expect(page.locator("#posts time").first).to_contain_text(":")  # the server's own words for the hour

    # --- Reply to it, then quote it
    page.fill("#reply textarea[name=body]", "جواب")
    page.locator("#reply .editor-foot .button-primary").click()
    page.wait_for_url("**#post-*")
    post(page, first).locator("a.to-quote").click()
    expect(page.locator("#reply textarea[name=body]")).to_have_value(re.compile(r"^> عز\n>\s*\n> فقرة أولى\n>\s*\n> فقرة ثانية"))
    page.locator("#reply textarea[name=body]").fill("> فقرة أولى\n\nأوافق")
    page.locator("#reply .editor-foot .button-primary").click()
    page.wait_for_url("**#post-*")
    quoting = topic.posts.get(number=3)
    expect(post(page, quoting).locator("blockquote")).to_contain_text("فقرة أولى")
    assert quoting.reply_to_id == first.pk

    # --- React, and take it back
    heart = post(page, quoting).locator(".reactions button").first
    heart.click()
    expect(post(page, quoting).locator(".reactions button").first).to_have_attribute("aria-pressed", "true")
    assert Reaction.objects.filter(post=quoting, user=w.ezz.user).count() == 1
    post(page, quoting).locator(".reactions button").first.click()
    expect(post(page, quoting).locator(".reactions button").first).to_have_attribute("aria-pressed", "false")
    assert Reaction.objects.count() == 0

    # --- Edit, through the post's own page of choices
    post(page, quoting).locator("a[data-menu]").click()
    page.wait_for_url(f"**/posts/{quoting.pk}/menu/")
    page.locator(f"main a[href$='/posts/{quoting.pk}/edit/']").click()
    page.fill("#edit textarea[name=body]", "> فقرة أولى\n\nأوافق تماما")
    page.locator("#edit .editor-foot .button-primary").click()
    page.wait_for_url("**#post-*")
    expect(post(page, quoting)).to_contain_text("أوافق تماما")

    # --- Close the topic
    page.locator("#topic-side details summary").click()
    page.fill("#reason", "انتهى")
    page.locator("#topic-side details button").click()
    expect(page.locator("#topic-closed")).to_contain_text("انتهى")
    expect(page.locator("#reply")).to_have_count(0)

    # --- Search finds it
    page.goto(f"/{language}/search/")
    page.fill("main [name=q]", "تماما")
    page.locator("main [role=search] button").click()
    found = page.locator("main .search-result a").first
    expect(found).to_have_text("موضوع بلا برنامج")
    found.click()
    assert path(page.url) == f"/{language}/topics/{topic.pk}/"
    assert Post.objects.filter(topic=topic).count() == 3


@pytest.mark.shape("embedded")  # neither database nor layer stands behind the menu: once is enough
@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("en", 1280)])
def test_the_languages_menu_and_the_doors_work_without_script(browse: Browse, w: World, language: str, width: int) -> None:
    page = browse(language=language, width=width, script=False)
    other = "en" if language == "ar" else "ar"
    page.goto(f"/{language}/topics/{w.public_topic.pk}/?page=1")
    if width < 600:
        page.locator(".more-sheet summary").click()
    page.locator(f"{'.more-panel' if width < 600 else 'body'} a[hreflang={other}]:visible").first.click()
    assert path(page.url) == f"/{other}/topics/{w.public_topic.pk}/"
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page.locator("#topic-head h1")).to_have_text("سؤال مفتوح")
