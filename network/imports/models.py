"""A list brought into the registers: the table as it came, what each of its rows would do, and what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from network.entities.models import Entity, Kind
from network.spaces.models import Country, Space

if TYPE_CHECKING:
    from network.spaces.actors import Actor


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the institutions whose registers one keeps; to the secretariat, all that somebody confirmed: before, a file is its bringer's own."""
        seen = Q(space__in=list(actor.overseers))
        if actor.is_secretariat:
            seen |= Q(confirmed_at__isnull=False) | Q(space__in=list(actor.mandates), space__sees_all=True)
        return self.filter(seen)

    def with_all(self) -> Self:
        """With what a page says of each, without its table."""
        return self.select_related("space", "author__page", "kind", "country").defer("table")


class Import(models.Model):
    """One file on its way into the registers, brought by a person for the secretariat or a National Commission."""

    class State(models.TextChoices):
        COLUMNS = "columns", _("Columns to choose")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("To confirm")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Written")
        STOPPED = "stopped", _("Stopped")

    space = models.ForeignKey(Space, models.PROTECT, related_name="imports", verbose_name=_("brought in for"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports", verbose_name=_("brought in by"))
    file_name = models.CharField(_("file"), max_length=120)
    kind = models.ForeignKey(Kind, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of institution"))
    country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country"))
    # Headings and rows as they were read. Emptied when the list is confirmed: what was not chosen is not kept.
    table = models.JSONField(default=list, blank=True, editable=False)
    columns = models.JSONField(_("columns"), default=dict, blank=True)  # place in the table → code of the field
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.COLUMNS)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    new_count = models.PositiveIntegerField(_("new"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    refused_count = models.PositiveIntegerField(_("refused"), default=0)
    created_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("list brought in")
        verbose_name_plural = _("lists brought in")
        ordering = ["-id"]
        indexes = [models.Index(fields=["space", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, state__in=["columns", "checking", "checked"])
                | Q(confirmed_at__isnull=False, state__in=["writing", "done", "stopped"]),
                name="import_written_only_when_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def path(self) -> str:
        return f"/imports/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or 'ar'}{self.path}"

    def locked(self) -> Import:
        return Import.objects.select_for_update(of=("self",)).select_related("space", "author", "kind", "country").get(pk=self.pk)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def is_busy(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.WRITING)

    @property
    def to_write(self) -> int:
        return self.new_count + self.changed_count

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many rows of each outcome, in the order in which they are looked at."""
        return [(outcome, getattr(self, f"{outcome}_count")) for outcome in Line.Outcome.values]


class Line(models.Model):
    """A row of the file: what it would do, or did, and why not."""

    class Outcome(models.TextChoices):
        REFUSED = "refused", pgettext_lazy("a row", "Refused")
        CHANGED = "changed", pgettext_lazy("a row", "Changed")
        NEW = "new", pgettext_lazy("a row", "New")
        UNCHANGED = "unchanged", pgettext_lazy("a row", "Unchanged")

    batch = models.ForeignKey(Import, models.CASCADE, related_name="lines", verbose_name=_("list brought in"))
    number = models.PositiveIntegerField(_("row"))  # as a spreadsheet counts: the headings are row 1
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    name = models.CharField(_("name"), max_length=200, blank=True)
    entity = models.ForeignKey(Entity, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("institution"))
    # Of a refused row the texts that were read, so that it can be mended; of the others what is to be written. Emptied when written.
    values: Any = models.JSONField(default=dict, blank=True)
    changes: Any = models.JSONField(default=list, blank=True)  # [code, before, after]
    reasons: Any = models.JSONField(default=list, blank=True)  # [code of the field, code of the reason, what it speaks of]
    written = models.BooleanField(_("written"), default=False)

    class Meta:
        verbose_name = _("row of a list")
        verbose_name_plural = _("rows of lists")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_line_a_row")]
        indexes = [models.Index(fields=["batch", "outcome", "number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
