"""A group: a space with a join rule, an audience, and perhaps an institution that owns it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from network.spaces.models import Space, SpaceQuerySet


class GroupQuerySet(SpaceQuerySet["Group"]):
    pass


class Group(Space):
    owner = models.ForeignKey(
        Space,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="groups_owned",
        verbose_name=_("owned by"),
        limit_choices_to={"kind": "entity"},
    )
    created_by = models.ForeignKey("profiles.User", models.PROTECT, related_name="groups_created", verbose_name=_("opened by"))

    # How the reader stands to it: the pages of groups say so before they render.
    requests_count: int
    asked: bool
    role: str | None
    is_mine: bool
    may_join: bool
    may_ask: bool

    objects = GroupQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["-members_count", "pk"]
