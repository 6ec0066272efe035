"""What is done in this room, as the page of a mandate says it (settings.ACT_WORDS)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

WORDS: dict[str, Promise] = {
    "sent_newsletter": pgettext_lazy("act", "Sent a newsletter"),
}
