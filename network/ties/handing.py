"""Ties proposed to an institution, when somebody who speaks for it leaves (settings.HAND_OVER)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from network.spaces.handing import OpenItem
from network.spaces.models import Space
from network.ties.models import Tie

if TYPE_CHECKING:
    from profiles.models import User


def proposals(entity: Space, from_user: User) -> list[OpenItem]:
    """What waits for this institution's answer; whoever may not know of the one that proposes does not read its line."""
    rows = Tie.objects.filter(asked=entity, state=Tie.State.PROPOSED, space__listed=True).with_sides()
    return [
        OpenItem(
            f"tie:{row.pk}",
            _("%(who)s proposes a tie to the institution") % {"who": row.space.name},
            row.path,
            row.proposed_at,
            place=row.space,
            door=("tie.view", row),
        )
        for row in rows.order_by("proposed_at", "pk")
    ]
