"""A letter of the secretariat to a chosen audience."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network.spaces.models import in_language

LANGUAGES = ("ar", "fr", "en")  # whose language it was not written in reads the first of these that is there


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

    @property
    def path(self) -> str:
        return f"/newsletters/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"/{get_language() or settings.LANGUAGE_CODE}{self.path}"

    @property
    def written(self) -> list[str]:
        """The languages in which it has both a title and a text."""
        return [code for code in LANGUAGES if self.title_in(code) and self.body_in(code)]

    def language_for(self, language: str) -> str:
        """In which language a reader of this one gets it: theirs, or the first there is; "" while it is written in none."""
        written = self.written
        return language if language in written else next(iter(written), "")

    def title_in(self, code: str) -> str:
        return str(getattr(self, f"title_{code}"))

    def body_in(self, code: str) -> str:
        return str(getattr(self, f"body_{code}"))
