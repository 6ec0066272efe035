"""Guides that somebody who leaves began and did not publish (settings.HAND_OVER)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from documents.models import GuideVersion
from network.spaces.handing import OpenItem
from network.spaces.models import Space

if TYPE_CHECKING:
    from profiles.models import User


def drafts(entity: Space, from_user: User) -> list[OpenItem]:
    """Drafts that this person wrote last. The lines are kept: they say no title that nobody published."""
    rows = GuideVersion.objects.filter(guide__space=entity, written_by=from_user, published_at=None).select_related("guide__space")
    return [
        OpenItem(
            f"guide:{row.guide_id}",
            _("The draft of guide %(number)s is not published yet") % {"number": row.guide_id},
            f"{row.guide.path}draft/",
            row.written_at,
            door=("guide.edit", row.guide),
        )
        for row in rows.order_by("written_at")
    ]
