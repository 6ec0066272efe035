"""An institution: its kind (kept as data), its place among others, and its public face."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from network.spaces.models import Follow, Mandate, Space, SpaceQuerySet, counted, in_language

if TYPE_CHECKING:
    from network.spaces.actors import Actor


class Kind(models.Model):
    """A kind of institution: an administrator adds one without code."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=100)
    name_fr = models.CharField(_("name in French"), max_length=100, blank=True)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    plural_ar = models.CharField(_("plural in Arabic"), max_length=100, blank=True)
    plural_fr = models.CharField(_("plural in French"), max_length=100, blank=True)
    plural_en = models.CharField(_("plural in English"), max_length=100, blank=True)
    overseen = models.BooleanField(_("overseen by the National Commission of its country"), default=False)
    oversees = models.BooleanField(_("is the National Commission of its country"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=50)

    class Meta:
        verbose_name = _("kind of institution")
        verbose_name_plural = _("kinds of institution")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")

    @property
    def plural(self) -> str:
        return in_language(self, "plural") or self.name


class EntityQuerySet(SpaceQuerySet["Entity"]):
    def in_protocol_order(self) -> Self:
        """By kind, then as the states sit at the Council; what has no country comes first. The code settles the rest, in no language's order."""
        return self.order_by("entity_kind__position", F("country__protocol_order").asc(nulls_first=True), "handle")

    def with_counts(self, actor: Actor) -> Self:
        """Adds `under_count`, `groups_count` (as far as the actor sees them), `team_count` and `followers_count`."""
        below = Entity.objects.visible_to(actor).filter(Q(parent=OuterRef("pk")) | Q(overseer=OuterRef("pk")))
        owned = Space.objects.groups().visible_to(actor).filter(group__owner=OuterRef("pk"))
        team = Mandate.objects.current().filter(entity=OuterRef("pk"))
        return self.annotate(
            under_count=counted(below),
            groups_count=counted(owned),
            team_count=counted(team),
            followers_count=counted(Follow.objects.filter(space=OuterRef("pk"))),
        )


class Entity(Space):
    """An institution is a space: its wall, its boards, its people. `handle` is its code (`natcom-tn`)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        FORMER = "former", _("Former")

    entity_kind = models.ForeignKey(Kind, models.PROTECT, related_name="entities", verbose_name=_("kind of institution"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    short_ar = models.CharField(_("short name in Arabic"), max_length=100, blank=True)
    short_fr = models.CharField(_("short name in French"), max_length=100, blank=True)
    short_en = models.CharField(_("short name in English"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    website = models.URLField(_("website"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    languages = models.CharField(_("languages"), max_length=60, blank=True)
    founded = models.CharField(_("founded"), max_length=20, blank=True)
    fictional = models.BooleanField(_("invented for demonstration"), default=False)
    sources = models.JSONField(_("sources of what is said here"), default=dict, blank=True)

    # What with_counts() adds.
    under_count: int
    groups_count: int
    team_count: int

    objects = EntityQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["entity_kind__position", "country__protocol_order", "handle"]

    @property
    def founded_day(self) -> date | None:
        """The day it was founded, where more than a year is known."""
        try:
            return date.fromisoformat(self.founded)
        except ValueError:
            return None

    @property
    def short_name(self) -> str:
        """«اللجنة الوطنية – تونس» where one is kept, else the whole name."""
        return in_language(self, "short") or self.name
