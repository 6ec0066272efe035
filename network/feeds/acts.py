"""What is done in this room, as the page of a mandate says it (settings.ACT_WORDS)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

WORDS: dict[str, Promise] = {
    "feed_added": pgettext_lazy("act", "Added a feed of the institution’s website"),
    "feed_paused": pgettext_lazy("act", "Paused a feed of the institution’s website"),
    "feed_resumed": pgettext_lazy("act", "Resumed a feed of the institution’s website"),
    "feed_removed": pgettext_lazy("act", "Removed a feed of the institution’s website"),
}
