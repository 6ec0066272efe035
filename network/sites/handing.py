"""What visitors asked and nobody answered, when somebody who speaks for the institution leaves (settings.HAND_OVER)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from network.sites.models import Question
from network.spaces.handing import OpenItem
from network.spaces.models import Space

if TYPE_CHECKING:
    from profiles.models import User

MOST = 50  # the oldest first: a form is no inbox


def questions(entity: Space, from_user: User) -> list[OpenItem]:
    """Questions to this institution that wait for an answer. The lines are kept: they say nothing of the visitor."""
    return [
        OpenItem(
            f"question:{row.pk}",
            _("Question %(number)s of a visitor to the site waits for an answer") % {"number": row.pk},
            row.path,
            row.asked_at,
            door=("question.view", row),
        )
        for row in Question.objects.waiting().filter(space=entity).select_related("space").order_by("pk")[:MOST]
    ]
