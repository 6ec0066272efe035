"""A right that ends while a page is open: the page falls silent, the pen is refused, and nothing that was written is lost."""

import pytest
from playwright.sync_api import expect

from forums import actions as forums
from forums.models import Post
from network.spaces import actions as spaces
from network.spaces.models import Mandate, Membership
from tests.journeys.support import SOON, Browse, World, looks, newest, open_topic, post, said, send, speak_as, write

LOOKS = looks(("ar", 390), ("en", 1280))


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_a_removed_member_s_page_falls_silent_and_says_so(browse: Browse, w: World, language: str, width: int) -> None:
    ezz = browse(w.ezz, language=language, width=width)
    line = open_topic(ezz, w.topic, language)
    before = forums.reply(w.carmen.actor, w.topic, body="<p>canary-before</p>")
    expect(post(ezz, before)).to_contain_text("canary-before", timeout=SOON)
    assert any("canary-before" in frame for frame in line.heard)
    spaces.remove(w.carmen.actor, Membership.objects.get(space=w.group, user=w.ezz.user))
    expect(ezz.locator("#posts .notice--gone")).to_have_text(said("You can no longer see this.", language), timeout=SOON)
    expect(ezz.locator("#posts .post")).to_have_count(0)
    silent = len(line.heard)
    # Somebody who may still listen proves that the reply was told.
    mona = browse(w.mona)
    other = open_topic(mona, w.topic, "ar")
    forums.reply(w.carmen.actor, w.topic, body="<p>canary-after</p>")
    other.until("canary-after")
    ezz.wait_for_timeout(700)
    assert [frame for frame in line.heard[silent:] if "canary-after" in frame or f'"topic.{w.topic.pk}' in frame] == []
    assert "canary-after" not in ezz.content()
    answer = ezz.goto(f"/{language}/topics/{w.topic.pk}/")
    assert answer is not None and answer.status == 404


@pytest.mark.parametrize(("language", "width"), looks(("en", 390), ("ar", 1280)))
def test_a_mandate_that_ends_while_one_writes_costs_no_word(browse: Browse, w: World, language: str, width: int) -> None:
    carmen, reader = browse(w.carmen, language=language, width=width), browse(language="ar")
    open_topic(reader, w.public_topic, "ar")
    open_topic(carmen, w.public_topic, language)
    write(carmen, "كلمة اللجنة في القراءة")
    speak_as(carmen, w.natcom_tn.pk)
    spaces.end_mandate(w.haytham.actor, Mandate.objects.get(user=w.carmen.user))
    send(carmen)
    refused = carmen.locator("#reply [data-errors]")
    expect(refused).to_contain_text(
        said("You no longer hold a mandate for this institution. Choose another name to write in; your text is kept.", language)
    )
    expect(carmen.locator("#reply")).to_contain_text("كلمة اللجنة في القراءة")
    assert Post.objects.filter(topic=w.public_topic).count() == 1
    # She chooses her own name, the only one left, and sends the same words.
    assert carmen.locator("#reply [name=on_behalf_of]:visible").count() == 0
    send(carmen)
    row = newest(w.public_topic, "كلمة اللجنة في القراءة", reader)
    assert (row.author_id, row.on_behalf_of_id) == (w.carmen.user.pk, None)
    expect(post(carmen, row)).to_be_visible()
    assert Post.objects.filter(topic=w.public_topic).count() == 2
