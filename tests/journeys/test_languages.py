"""Three languages, two calendars, and everybody's own clock."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from forums.models import Post
from profiles.models import User
from tests.journeys.support import Browse, World, path, post

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

AT = datetime(2026, 3, 20, 22, 30, tzinfo=UTC)  # 1 Shawwal 1447 in Riyadh's evening


@pytest.mark.parametrize("width", [390, 1280])
def test_switching_the_language_keeps_the_page_and_is_remembered(browse: Browse, w: World, width: int) -> None:
    page = browse(w.ezz, width=width)
    page.goto(f"/ar/topics/{w.topic.pk}/")
    page.locator(".top-bar details.menu-end .account-summary").click()
    page.locator(".top-bar .menu-panel button[name=language][value=fr]").click()
    page.wait_for_url(f"**/fr/topics/{w.topic.pk}/")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    page.goto("/")
    page.wait_for_url("**/fr/")
    page.goto(f"/en/topics/{w.topic.pk}/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("language", "zone", "clock", "day"),
    [
        ("ar", "Asia/Riyadh", "01:30", "21 مارس"),
        ("ar", "Africa/Nouakchott", "22:30", "20 مارس"),
        ("en", "Asia/Riyadh", "01:30", "21 March"),
    ],
)
def test_a_time_is_told_in_the_reader_s_own_zone(browse: Browse, w: World, language: str, zone: str, clock: str, day: str) -> None:
    row = w.public_topic.posts.get(number=1)
    Post.objects.filter(pk=row.pk).update(created_at=AT)
    page = browse(language=language, timezone_id=zone)
    page.goto(f"/{language}/topics/{w.public_topic.pk}/")
    told = post(page, row).locator(".meta time")
    expect(told).to_have_attribute("datetime", "2026-03-20T22:30:00Z")
    expect(told).to_contain_text(clock)
    expect(told).to_contain_text(day)
    # The Hijri day stands in the title, beside the Gregorian one.
    assert "144" in (told.get_attribute("title") or "")


def test_whoever_reads_the_hijri_calendar_gets_it(browse: Browse, w: World) -> None:
    row = w.topic.posts.get(number=1)
    Post.objects.filter(pk=row.pk).update(created_at=AT)
    User.objects.filter(pk=w.ezz.user.pk).update(calendar="hijri", digits="eastern", zone="Asia/Riyadh")
    page = browse(User.objects.get(pk=w.ezz.user.pk), timezone_id="Africa/Nouakchott")
    page.goto(f"/ar/topics/{w.topic.pk}/")
    told = post(page, row).locator(".meta time")
    expect(told).to_contain_text("١٤٤٧")
    expect(told).to_contain_text("٠١:٣٠")
    assert path(page.url) == f"/ar/topics/{w.topic.pk}/"
