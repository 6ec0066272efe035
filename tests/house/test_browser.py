"""The ground of the journeys: real Chromium reaches the real server, sees what a test commits, and complains aloud."""

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from playwright.sync_api import Browser, Page

from tests.browser import Tab
from tests.shape import shape

Browse = Callable[..., Page]


@pytest.mark.django_db
def test_the_suite_runs_on_the_shape_that_it_says() -> None:
    assert connection.vendor == {"embedded": "sqlite", "production": "postgresql"}[shape()]


def test_the_server_and_the_test_share_one_database(browse: Browse) -> None:
    user = get_user_model().objects.create(email="reader@example.org")
    page = browse(user)
    answer = page.goto("/readyz")
    assert answer is not None
    assert (answer.status, page.text_content("body")) == (200, "ok")


def test_what_goes_wrong_on_a_page_is_noticed(chromium: Browser) -> None:
    with chromium.new_context() as context:
        tab = Tab(context.new_page())
        tab.watch()
        tab.page.evaluate("console.error('a broken promise')")
        tab.page.evaluate("setTimeout(() => { throw new Error('a slip') })")
        tab.page.wait_for_timeout(100)
        assert tab.wrong == ["console: a broken promise", "script error: a slip"]
