"""Addresses that say whose they are: signed, readable by any mail server, and of no use once changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from notices.mail import reply_address as addresses
from notices.mail.reply_address import Meant, bounce_address, post_address, read, reply_address

MOST = 2**63 - 1


@pytest.fixture(autouse=True)
def _domain(settings: Any) -> Iterator[None]:
    settings.MAIL_IN_DOMAIN = "in.example.org"
    yield


def test_each_address_says_whose_it_is_and_where_it_leads() -> None:
    assert read(reply_address(7, "topic.42")) == Meant(7, "topic.42")
    assert read(reply_address(7, "conversation.42")) == Meant(7, "conversation.42")
    assert read(post_address(7, 3)) == Meant(7, "space.3")
    assert read(bounce_address(9)) == Meant(0, "mail.9")
    assert read(reply_address(MOST, f"topic.{MOST}")) == Meant(MOST, f"topic.{MOST}")


def test_a_mail_server_may_write_it_in_capitals_or_between_brackets() -> None:
    address = reply_address(7, "topic.42")
    assert read(address.upper()) == read(f" <{address}> ") == Meant(7, "topic.42")
    for one in (reply_address(MOST, f"conversation.{MOST}"), post_address(MOST, MOST), bounce_address(MOST)):
        assert len(one.partition("@")[0]) <= 64


def test_where_no_mail_is_taken_there_is_no_address_and_none_is_read(settings: Any) -> None:
    known = reply_address(7, "topic.42")
    settings.MAIL_IN_DOMAIN = ""
    assert [reply_address(7, "topic.42"), post_address(7, 3), bounce_address(9)] == ["", "", ""]
    assert read(known) is None


def test_what_is_no_thread_of_words_has_no_reply_address() -> None:
    assert [reply_address(7, thread) for thread in ("", "space.3", "mail.9", "topic.", "topic.x", "topic.-1")] == [""] * 6


def test_every_changed_letter_is_seen() -> None:
    address = reply_address(7, "topic.42")
    door, _plus, rest = address.partition("+")
    sign = rest.partition("@")[0]
    changed = [sign[:at] + other + sign[at + 1 :] for at in range(len(sign)) for other in "a7q" if other != sign[at]]
    assert [one for one in changed if read(f"{door}+{one}@in.example.org") is not None] == []


def test_one_door_does_not_open_with_the_sign_of_another() -> None:
    sign = reply_address(7, "topic.42").partition("+")[2]
    assert [read(f"{door}+{sign}") for door in ("post", "bounce", "", "replies")] == [None] * 4


def test_strange_addresses_lead_nowhere() -> None:
    ours = reply_address(7, "topic.42")
    strange = (
        "",
        "@",
        "reply@in.example.org",
        "reply+@in.example.org",
        ours + "\0",
        ours.replace("in.example", "example"),
        "reply+" + "é" * 48,
    )
    strange = (*strange, f"reply+{'1' * 48}@in.example.org", f"reply+{'a' * 48}@in.example.org", f"reply+{'a' * 9000}@in.example.org")
    assert [read(one) for one in strange] == [None] * len(strange)


def test_after_thirty_days_a_reply_address_says_that_it_is_too_old_and_a_groups_address_lives_on() -> None:
    reply, post = reply_address(7, "topic.42"), post_address(7, 3)
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert read(reply) == Meant(7, "topic.42")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert read(reply) == Meant(7, "topic.42", expired=True)
        assert read(post) == Meant(7, "space.3")


def test_a_key_that_was_changed_still_reads_while_it_is_named_among_the_old_ones(settings: Any) -> None:
    address, old = reply_address(7, "topic.42"), settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 8
    assert read(address) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert read(address) == Meant(7, "topic.42")
    assert read(reply_address(7, "topic.42")) == Meant(7, "topic.42")


def test_the_proof_is_of_eighty_bits_at_least() -> None:
    assert addresses._PROOF_BYTES * 8 >= 80
