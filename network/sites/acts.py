"""What is done in this room, as the page of a mandate says it (settings.ACT_WORDS)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

WORDS: dict[str, Promise] = {
    "described_site": pgettext_lazy("act", "Changed what stands on the site"),
    "drafted_site": pgettext_lazy("act", "Prepared a change of what stands on the site"),
    "changed_cover": pgettext_lazy("act", "Changed the cover of the site"),
    "wrote_page": pgettext_lazy("act", "Wrote a page of the site"),
    "published_page": pgettext_lazy("act", "Published a page of the site"),
    "hid_page": pgettext_lazy("act", "Took a page of the site off the public"),
    "removed_page": pgettext_lazy("act", "Removed a page of the site"),
    "moved_page": pgettext_lazy("act", "Moved a page in the menu of the site"),
    "answered_question": pgettext_lazy("act", "Answered a question from the site"),
    "closed_question": pgettext_lazy("act", "Closed a question without an answer"),
}
