"""What is done in this room, as the page of a mandate says it (settings.ACT_WORDS)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

WORDS: dict[str, Promise] = {
    "drafted_guide": pgettext_lazy("act", "Began a guide"),
    "edited_guide": pgettext_lazy("act", "Changed a guide"),
    "published_guide": pgettext_lazy("act", "Published a guide"),
    "discarded_guide": pgettext_lazy("act", "Threw a draft of a guide away"),
}
