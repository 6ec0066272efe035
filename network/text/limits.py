"""How much may be written, asked before anything is parsed."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 64 * 1024
MAX_DEPTH = 100
MAX_NODES = 2_000
MAX_MENTIONS = 20


class TextRefused(ValidationError):
    """A text that is not accepted; its message says what to do and nothing of it is stored."""


class TextTooLong(TextRefused):
    """More than 64 KB."""

    def __init__(self) -> None:
        super().__init__(_("This text is too long. Please shorten it, or attach the long part as a file."), code="text_too_long")


class TextTooDeep(TextRefused):
    """More than 100 levels or 2,000 elements."""

    def __init__(self) -> None:
        super().__init__(
            _("The formatting of this text is too complicated. Please paste it again as plain text."),
            code="text_too_deep",
        )


def check_size(text: str) -> None:
    """Refuse what is longer than 64 KB in UTF-8."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TextTooLong


def check_shape(markup: str) -> None:
    """Refuse, by a linear scan that parses nothing, what a parser would turn into too large a tree.

    The scan counts too much rather than too little: what stands in a comment or an attribute counts as well.
    """
    depth = nodes = open_formats = 0
    for tokens, match in enumerate(_TAG.finditer(markup)):
        closing, tag = match.group(1) == "/", match.group(2).lower()
        if closing:
            depth = max(0, depth - (tag not in _FLAT))
            open_formats = max(0, open_formats - (tag in _FORMATS))
        else:
            # Unclosed formatting is opened again in every block by the HTML algorithm: 100 <b> × 500 <p> is 50,000 nodes.
            nodes += 1 + (0 if tag in _FORMATS else open_formats)
            depth += tag not in _FLAT
            open_formats += tag in _FORMATS
        if depth > MAX_DEPTH or nodes > MAX_NODES or tokens > 3 * MAX_NODES:
            raise TextTooDeep


_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_FORMATS = frozenset("a b big code em font i nobr s small strike strong tt u".split())
# They hold nothing, or the next of their kind closes them: at most one level each between two that count.
_FLAT = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th tbody thead tfoot".split()
)
