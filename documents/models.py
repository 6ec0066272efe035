"""Guides in versions, the paper (PDF) made of them, and the first steps that people have taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from network.content import Audience, Content, Reaching, VisibleQuerySet
from network.spaces.models import FALLBACK, Space, in_language

PERSON = settings.AUTH_USER_MODEL
LANGUAGES = ("ar", "fr", "en")


class GuideQuerySet(VisibleQuerySet):
    shown = Q(newest__isnull=False)  # what was never published is there for those who write it, and whoever oversees them

    def published(self) -> Self:
        return self.filter(newest__isnull=False)

    def with_words(self) -> Self:
        return self.select_related("newest", "space", "space__country", "space__entity")


class Guide(Content, Reaching):
    """An introductory guide of an institution; the secretariat's are the network's. What it says stands in its versions."""

    realign_order = 2
    listed_on = ("guides",)  # pages kept for visitors that a change of it empties, beside those of its institution

    class For(models.TextChoices):
        EVERYONE = "everyone", pgettext_lazy("whom a guide is for", "Everyone")
        OFFICERS = "officers", _("Liaison officers")
        HEADS = "heads", _("Secretaries-general")
        COORDINATORS = "coordinators", _("Coordinators of schools, clubs and chairs")
        PARTNERS = "partners", _("Partners")
        SECRETARIAT = "secretariat", _("The secretariat")

    code = models.SlugField(_("code"), max_length=40, unique=True, null=True, blank=True)
    meant_for = models.CharField(_("whom it is for"), max_length=20, choices=For.choices, default=For.EVERYONE)
    newest = models.ForeignKey(
        "documents.GuideVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("newest version"), editable=False
    )

    drafts: Sequence[GuideVersion] = ()  # on the list of its writers

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        ordering = ["-id"]
        indexes = [models.Index(fields=["reach", "-id"]), models.Index(fields=["space", "-id"])]
        constraints = [
            # For whom it is says who is addressed; the audience who may read. What the secretariat tells itself stays with it.
            models.CheckConstraint(condition=Q(audience__lte=Audience.MEMBERS), name="guide_is_for_members_at_most"),
        ]

    def __str__(self) -> str:
        return self.name or f"guide {self.pk}"

    @classmethod
    def realign(cls, space_id: int) -> None:
        audience = Space.objects.filter(pk=space_id).values_list("audience", flat=True)[0]
        cls.objects.filter(space=space_id).update(reach=Greatest("audience", Value(audience), output_field=models.SmallIntegerField()))

    def locked(self) -> Guide:
        return type(self).objects.select_for_update(of=("self",)).select_related("space").get(pk=self.pk)

    @property
    def name(self) -> str:
        """The newest title; of a guide that is only a draft, none: its writers read the draft itself."""
        return self.newest.title if self.newest is not None else ""

    @property
    def shown(self) -> GuideVersion | None:
        """What a list shows of it."""
        return self.newest or next(iter(self.drafts), None)

    @property
    def path(self) -> str:
        return f"/guides/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"


class GuideVersion(models.Model):
    """What a guide says, in up to three languages. Once published it never changes: the next version does."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="versions", verbose_name=_("guide"))
    number = models.PositiveIntegerField(_("version"))
    title_ar = models.CharField(_("Title in Arabic"), max_length=200, blank=True)
    title_fr = models.CharField(_("Title in French"), max_length=200, blank=True)
    title_en = models.CharField(_("Title in English"), max_length=200, blank=True)
    summary_ar = models.CharField(_("Summary in Arabic"), max_length=500, blank=True)
    summary_fr = models.CharField(_("Summary in French"), max_length=500, blank=True)
    summary_en = models.CharField(_("Summary in English"), max_length=500, blank=True)
    body_ar = models.TextField(_("Text in Arabic"), blank=True)
    body_fr = models.TextField(_("Text in French"), blank=True)
    body_en = models.TextField(_("Text in English"), blank=True)
    changed_ar = models.CharField(_("What changed, in Arabic"), max_length=300, blank=True)
    changed_fr = models.CharField(_("What changed, in French"), max_length=300, blank=True)
    changed_en = models.CharField(_("What changed, in English"), max_length=300, blank=True)
    folded = models.TextField(blank=True, editable=False)  # titles and summaries as search compares them
    written_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("written by"))
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    published_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published by"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of a guide")
        verbose_name_plural = _("versions of guides")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "number"], name="one_version_a_number"),
            models.UniqueConstraint(fields=["guide"], condition=Q(published_at=None), name="one_draft_a_guide"),
            models.CheckConstraint(condition=Q(published_at=None) ^ Q(published_by__isnull=False), name="published_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def languages(self) -> list[str]:
        """The languages in which it can be read: those that have a title and a text."""
        return [code for code in LANGUAGES if getattr(self, f"title_{code}") and getattr(self, f"body_{code}")]

    def language_for(self, reader: str) -> str:
        """The language in which a reader of `reader` reads it; "" where none is whole yet (a draft)."""
        return next((code for code in FALLBACK.get(reader, FALLBACK["ar"]) if code in self.languages), "")

    @property
    def title(self) -> str:
        return in_language(self, "title")

    @property
    def summary(self) -> str:
        return in_language(self, "summary")

    @property
    def changed(self) -> str:
        return in_language(self, "changed")


class Paper(models.Model):
    """A PDF that is made once and kept: of a guide's version, or of the register. Downloads are counted, nobody is remembered."""

    key = models.CharField(_("what it is"), max_length=120, unique=True)  # "guide.12.fr", "booklet.national-commission.TN.ar"
    version = models.ForeignKey(GuideVersion, models.CASCADE, null=True, blank=True, related_name="papers", verbose_name=_("version"))
    language = models.CharField(_("language"), max_length=2)
    digest = models.CharField(max_length=64, blank=True, editable=False)  # of what it says: another one makes it anew
    place = models.CharField(max_length=200, blank=True, editable=False)  # in the store
    size = models.PositiveIntegerField(_("size"), default=0)
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    refused = models.BooleanField(_("could not be made"), default=False)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)

    class Meta:
        verbose_name = _("paper (PDF)")
        verbose_name_plural = _("papers (PDF)")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class FinishedStep(models.Model):
    """A first step that somebody has taken, and when: known from what they did, or ticked by hand."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="finished_steps", verbose_name=_("person"))
    step = models.CharField(_("step"), max_length=40)
    by_hand = models.BooleanField(_("ticked by hand"), default=False)
    at = models.DateTimeField(_("finished at"), default=timezone.now)

    class Meta:
        verbose_name = _("finished first step")
        verbose_name_plural = _("finished first steps")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["user", "step"], name="a_step_is_finished_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.step}"


class PutAway(models.Model):
    """Somebody put the card of first steps away; it stays at its own address."""

    user = models.OneToOneField(PERSON, models.CASCADE, related_name="first_steps_away", verbose_name=_("person"))
    at = models.DateTimeField(_("put away at"), default=timezone.now)

    class Meta:
        verbose_name = _("card put away")
        verbose_name_plural = _("cards put away")

    def __str__(self) -> str:
        return str(self.user_id)
