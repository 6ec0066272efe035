"""Lists that somebody who leaves brought in and did not confirm (settings.HAND_OVER)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from network.imports.actions import KEPT_DAYS
from network.imports.models import Import
from network.spaces.handing import OpenItem
from network.spaces.models import Space

if TYPE_CHECKING:
    from profiles.models import User


def lists(entity: Space, from_user: User) -> list[OpenItem]:
    """What would be thrown away within the week; whoever keeps the register may confirm it."""
    return [
        OpenItem(
            f"import:{row.pk}",
            _("List %(number)s, which was brought in, waits to be confirmed") % {"number": row.pk},
            row.path,
            row.created_at,
            row.created_at + timedelta(days=KEPT_DAYS),
            door=("import.view", row),
        )
        for row in Import.objects.filter(space=entity, author=from_user, confirmed_at=None).with_all()
    ]
