"""An institution: its kind (kept as data), its place among others, and its public face."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import declared
from network.content import Audience
from network.spaces.models import Follow, Mandate, Space, SpaceQuerySet, counted, in_language

if TYPE_CHECKING:
    from network.entities.standing import Affiliation
    from network.spaces.actors import Actor


CONFIRMED_FOR = timedelta(days=365)
ASKED_EVERY = timedelta(days=60)  # whoever has not answered the yearly question is asked again
# What the address of a register calls its own questions: no declared field filters under these names.
TAKEN = frozenset({"q", "kind", "country", "status", "language", "view", "page"})


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
    fields = models.JSONField(
        _("fields of its own"),
        default=list,
        blank=True,
        validators=[declared.validate],
        help_text=_("What is asked of each institution of this kind: a list of fields declared as data."),
    )

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

    def clean(self) -> None:
        super().clean()
        taken = [field.code for field in self.spec if field.filter and field.code in TAKEN]
        if taken:
            text = _(
                "The code “%(code)s” is taken by the register's own filters. Call the field otherwise, for example “%(code)s_of_work”."
            )
            raise ValidationError({"fields": text % {"code": taken[0]}})

    @property
    def spec(self) -> list[declared.Declared]:
        """The fields that institutions of this kind have besides those of every institution."""
        return declared.read(self.fields)


class EntityQuerySet(SpaceQuerySet["Entity"]):
    def in_protocol_order(self) -> Self:
        """By kind, then as the states sit at the Council; what has no country comes first. The code settles the rest, in no language's order."""
        return self.order_by("entity_kind__position", F("country__protocol_order").asc(nulls_first=True), "handle")

    def unconfirmed(self, now: datetime | None = None) -> Self:
        """Active ones whose data nobody has confirmed for a year."""
        since = (now or timezone.now()) - CONFIRMED_FOR
        return self.filter(Q(confirmed_at=None, created_at__lte=since) | Q(confirmed_at__lte=since), status="active")

    def to_ask(self, now: datetime | None = None) -> Self:
        """Of these unconfirmed ones: those somebody speaks for who has not been asked lately."""
        now = now or timezone.now()
        spoken = Exists(Mandate.objects.current(now).filter(entity=OuterRef("pk")))
        return self.unconfirmed(now).filter(spoken, Q(asked_at=None) | Q(asked_at__lte=now - ASKED_EVERY))

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


REACHES = [
    (Audience.PUBLIC, _("Everyone")),
    (Audience.NETWORK, _("The network")),
    (Audience.MANAGERS, _("Only those who look after it")),
]


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach an institution, and who may know it: a thing with a door of its own ("contact.view")."""

    kind: str
    value: str
    space: Space
    reach: int

    @property
    def space_id(self) -> int:
        return self.space.pk


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
    details = models.JSONField(_("data of its kind"), default=dict, blank=True)  # answers to entity_kind.fields
    # Who sees these ways to reach it; its website and its city are public.
    email_reach = models.SmallIntegerField(_("who sees the e-mail address"), choices=REACHES, default=Audience.PUBLIC)
    phone_reach = models.SmallIntegerField(_("who sees the telephone number"), choices=REACHES, default=Audience.PUBLIC)
    address_reach = models.SmallIntegerField(_("who sees the address"), choices=REACHES, default=Audience.PUBLIC)
    confirmed_at = models.DateTimeField(_("data confirmed"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("confirmed by")
    )
    asked_at = models.DateTimeField(_("asked to confirm"), null=True, blank=True, editable=False)
    # Worked out when it is written (network.entities.facets), so that lists filter and sort by them.
    completeness = models.PositiveSmallIntegerField(_("completeness, in percent"), default=0, editable=False)
    facets = models.TextField(blank=True, default="", editable=False)
    fictional = models.BooleanField(_("invented for demonstration"), default=False)
    sources = models.JSONField(_("sources of what is said here"), default=dict, blank=True)

    # What with_counts() adds.
    under_count: int
    groups_count: int
    team_count: int
    affiliation: Affiliation | None  # what standing.with_affiliations() adds

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
    def contacts(self) -> list[Contact]:
        """The ways to reach it that have a choice of their own, as far as they are known."""
        kept = (
            ("email", self.email, self.email_reach),
            ("phone", self.phone, self.phone_reach),
            ("address", self.address, self.address_reach),
        )
        return [Contact(kind, value, self, reach) for kind, value, reach in kept if value]

    @property
    def confirmation_due(self) -> datetime:
        """When its people are asked again whether its data still holds: a year after they last said so, or after it was registered."""
        return (self.confirmed_at or self.created_at) + CONFIRMED_FOR

    @property
    def short_name(self) -> str:
        """«اللجنة الوطنية – تونس» where one is kept, else the whole name."""
        return in_language(self, "short") or self.name


class StatusChange(models.Model):
    """An institution's standing changed: who, when, from what to what, and why."""

    entity = models.ForeignKey(Entity, models.CASCADE, related_name="status_changes", verbose_name=_("institution"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by"))
    # The secretariat, or the commission: whoever suspended lifts it. Unknown of what was changed before this was kept.
    on_behalf_of = models.ForeignKey(Space, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of"))
    was = models.CharField(_("from"), max_length=10, choices=Entity.Status.choices, blank=True)
    now = models.CharField(_("to"), max_length=10, choices=Entity.Status.choices)
    reason = models.CharField(_("reason"), max_length=2000, blank=True)  # as long as a remark on an application, which comes here
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(was=F("now")), name="status_really_changed")]

    def __str__(self) -> str:
        return f"{self.entity_id}: {self.was or '—'} → {self.now}"
