"""Frames in: four kinds, each with exactly its fields; anything else is an error with a code, never a crash."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.frames import FrameError, read_frame
from realtime.streams import parse

GOOD = [
    {"type": "subscribe", "streams": ["topic.42/ar", "feed"]},
    {"type": "unsubscribe", "streams": ["feed"]},
    {"type": "typing", "stream": "topic.42/ar"},
    {"type": "here", "stream": "topic.42/ar", "visible": False},
]


@pytest.mark.parametrize("frame", GOOD)
def test_what_is_allowed_is_read(frame: dict[str, Any]) -> None:
    assert read_frame(json.dumps(frame)) == frame


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        ("null", "malformed"),
        ("[]", "malformed"),
        ("[" * 60_000, "malformed"),
        ('{"type":' * 5_000, "malformed"),
        ('{"type":"here","stream":"feed","visible":NaN}', "malformed"),
        ('{"type":"typing","type":"subscribe","stream":"feed"}', "malformed"),
        ('{"type":' + "9" * 5_000 + "}", "malformed"),
        ('{"type":{"a":{"b":{"c":{"d":{"e":1}}}}}}', "too-deep"),
        ('{"type":"publish","stream":"feed"}', "unknown-type"),
        ('{"type":["subscribe"],"streams":[]}', "unknown-type"),
        ('{"streams":["feed"]}', "unknown-type"),
        ('{"type":"subscribe"}', "bad-fields"),
        ('{"type":"subscribe","streams":[]}', "bad-fields"),
        ('{"type":"subscribe","streams":"feed"}', "bad-fields"),
        ('{"type":"subscribe","streams":[null]}', "bad-fields"),
        ('{"type":"subscribe","streams":["feed"],"as":1}', "bad-fields"),
        ('{"type":"here","stream":"feed","visible":1}', "bad-fields"),
    ],
)
def test_what_is_not_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(FrameError, match=f"^{code}$"):
        read_frame(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "streams", "stream", "visible", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(json_values, st.sampled_from(["subscribe", "unsubscribe", "typing", "here", None, 1]))
def test_no_json_harms(value: Any, kind: Any) -> None:
    frame = {**value, "type": kind} if isinstance(value, dict) else value
    try:
        read = read_frame(json.dumps(frame))
    except FrameError:
        return
    assert read["type"] in ("subscribe", "unsubscribe", "typing", "here")


@pytest.mark.parametrize("name", ["topic.42/ar", "feed", "space.7", "user.3"])
def test_stream_names(name: str) -> None:
    stream = parse(name)
    assert stream is not None
    assert name.startswith(stream.base)


@pytest.mark.parametrize(
    "name",
    ["", "topic.42", "topic.42/de", "topic.0/ar", "topic.-1/ar", "topic.٤٢/ar", "topic.42/ar/ar", "space.7/members", "space.7/ar", "feed/public",
     "feed/ar", "user.3\n", "!control", "conversation.1", "topic.9999999999999999999/ar", "Topic.42/ar"],
)  # fmt: skip
def test_names_that_cannot_be(name: str) -> None:
    assert parse(name) is None
