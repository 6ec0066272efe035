"""Rich text in, clean HTML out; and what can be known from it: excerpt, mentions, direction, language.

Nothing here knows an app: who stands behind a handle is asked of a resolver that the caller brings.
Clean once, at write, before the transaction begins.
"""

from network.text.clean import Cleaned, clean_html
from network.text.field import ClientIdField, RichTextField, RichTextWidget
from network.text.language import direction, language_of
from network.text.limits import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_MENTIONS,
    MAX_NODES,
    TextRefused,
    TextTooDeep,
    TextTooLong,
)
from network.text.mentions import Mentioned, find_handles, render_mentions
from network.text.plain import excerpt, from_plain, is_blank, quote, text_of, to_plain

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_MENTIONS",
    "MAX_NODES",
    "Cleaned",
    "ClientIdField",
    "Mentioned",
    "RichTextField",
    "RichTextWidget",
    "TextRefused",
    "TextTooDeep",
    "TextTooLong",
    "clean_html",
    "direction",
    "excerpt",
    "find_handles",
    "from_plain",
    "is_blank",
    "language_of",
    "quote",
    "render_mentions",
    "text_of",
    "to_plain",
]
