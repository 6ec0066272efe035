"""A newcomer's first day: from the sign-up page to a conversation with a National Commission, live on both screens."""

import pytest
from django.core import mail
from playwright.sync_api import expect

from forums.models import Post
from profiles.models import User
from tests.journeys.support import (
    SOON,
    Browse,
    World,
    in_language,
    looks,
    mention,
    newest,
    open_menu,
    open_topic,
    path,
    post,
    said,
    send,
    speak_as,
    write,
)
from tests.profiles.mail import code_in, last_letter


@pytest.mark.parametrize(("language", "width"), looks(("ar", 1280), ("en", 390)))
def test_a_newcomer_signs_up_joins_and_talks_with_a_commission(browse: Browse, w: World, language: str, width: int) -> None:
    # --- Signing up, with the code that was mailed
    leila = browse(language=language, width=width)
    leila.goto(f"/{language}/")
    leila.goto(f"/{language}/accounts/signup/")
    leila.fill("[name=name]", "ليلى بن سالم")
    leila.fill("[name=email]", "leila@example.org")
    leila.fill("[name=password1]", "ثلاث نخلات عالية")
    leila.check("[name=adult]")
    leila.locator("main form .button-primary").click()
    leila.wait_for_url("**/confirm-email/")
    leila.fill("[name=code]", code_in(last_letter("leila@example.org")))
    leila.locator("[name=code]").press("Enter")
    leila.wait_for_url(f"**/{language}/welcome/")
    assert len(mail.outbox) == 1

    # --- Onboarding: who I am, whom I hear, where I work
    leila.fill("[name=job]", "معلمة")
    leila.locator("main form .button-primary").click()
    leila.wait_for_url("**/welcome/institutions/")
    leila.check(f"[name=follow][value='{w.natcom_tn.pk}']")
    leila.locator("main form .button-primary").click()
    leila.wait_for_url("**/welcome/groups/")
    leila.locator(f"main a[href$='/groups/{w.open_group.pk}/']").click()
    leila.wait_for_url(f"**/{language}/groups/{w.open_group.pk}/")
    leila.locator(f"form[action='/groups/{w.open_group.pk}/membership/'] .button-primary").click()
    expect(leila.locator(".place-head .tag-done")).to_have_text(said("Member", language))
    user = User.objects.get(email="leila@example.org")
    assert (user.profile.job, user.language) == ("معلمة", language)
    assert {space.pk for space in w.open_group.__class__.objects.filter(memberships__user=user)} == {w.open_group.pk}

    # --- The officer writes as the commission, and names her: her page shows it by itself, her bell rings
    topic = w.public_topic
    open_topic(leila, topic, language)
    bell = leila.locator("[data-count=notices]:visible").first
    expect(bell).to_have_count(0)
    carmen = browse(w.carmen, language="ar", width=1280)
    open_topic(carmen, topic, "ar")
    write(carmen, "أهلا بك ")
    mention(carmen, "ليلى", "ليلى بن سالم")
    carmen.keyboard.type("في القراءة")
    speak_as(carmen, w.natcom_tn.pk)
    # Having the post before one's eyes silences its bell a moment later: she is given the time to follow it, however slow the machine.
    leila.route("**/notices/seen/", lambda route: route.fulfill(status=204))
    send(carmen)
    row = newest(topic, "في القراءة", leila)
    assert (row.author_id, row.on_behalf_of_id) == (w.carmen.user.pk, w.natcom_tn.pk)
    heard = post(leila, row)
    expect(heard.locator(".author")).to_have_text(in_language(w.natcom_tn, language))
    expect(heard).to_contain_text("كارمن")
    expect(heard.locator(".prose .mention")).to_contain_text("ليلى بن سالم")
    expect(bell).to_have_text("1", timeout=SOON)
    # What the officer reads stands there once, and her box is empty again.
    expect(carmen.locator(f"#post-{row.pk}")).to_have_count(1)
    expect(carmen.locator("#reply .ProseMirror")).to_have_text("")

    # --- She follows the notice to the post
    leila.locator(f"a[href='/{language}/notices/']:visible").first.click()
    leila.wait_for_url(f"**/{language}/notices/")
    leila.unroute("**/notices/seen/")
    leila.locator(".notice.is-unread .notice-link").click()
    expect(post(leila, row)).to_be_in_viewport()
    assert path(leila.url).startswith(f"/{language}/topics/{topic.pk}/") and leila.url.endswith(f"#post-{row.pk}")
    expect(leila.locator("[data-count=notices]:visible")).to_have_count(0)

    # --- The author mends it, and takes it back: she sees both without asking
    leila.wait_for_timeout(300)
    open_menu(carmen, row).locator(f"a[href$='/posts/{row.pk}/edit/']").click()
    carmen.wait_for_url("**/edit/")
    write(carmen, " معنا", form="#edit")
    send(carmen, form="#edit")
    carmen.wait_for_url("**/topics/**")
    expect(post(leila, row).locator(".prose")).to_contain_text("معنا", timeout=SOON)
    expect(post(leila, row).locator(".meta")).to_contain_text(said("edited", language))
    open_menu(carmen, row).locator(f"a[href$='/posts/{row.pk}/removal/']").click()
    carmen.locator("main form .button-danger").click()
    carmen.wait_for_url("**/topics/**")
    expect(leila.locator(f"#post-{row.pk}.post-removed")).to_be_visible(timeout=SOON)
    expect(leila.locator("#posts")).not_to_contain_text("في القراءة")
    assert Post.objects.get(pk=row.pk).deleted_at is not None
