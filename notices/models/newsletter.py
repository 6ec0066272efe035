"""A letter of the secretariat to a chosen audience."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.spaces.models import in_language


class Newsletter(models.Model):
    """Written in up to three languages; each reader gets theirs, or the first there is."""

    title_ar = models.CharField(_("title in Arabic"), max_length=200, blank=True)
    title_fr = models.CharField(_("title in French"), max_length=200, blank=True)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    body_ar = models.TextField(_("text in Arabic"), blank=True)
    body_fr = models.TextField(_("text in French"), blank=True)
    body_en = models.TextField(_("text in English"), blank=True)
    # {"kinds": […], "countries": […], "languages": […], "entities": […]}: each empty list means all.
    audience: models.JSONField[Any, dict[str, list[Any]]] = models.JSONField(_("to whom"), default=dict, blank=True)
    space = models.ForeignKey("spaces.Space", models.PROTECT, related_name="newsletters", verbose_name=_("from"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, editable=False)
    people = models.PositiveIntegerField(_("people"), default=0, editable=False)

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self, "title")

    @property
    def body(self) -> str:
        return in_language(self, "body")
