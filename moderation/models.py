"""A report: somebody who takes part in a conversation shows moderators one message of it, and nothing else; or an offer of the board."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.fragments import FILES
from network.files.shown import shown_files


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> Self:
        return self.filter(settled_at=None)

    def with_all(self) -> Self:
        return self.select_related("by__page", "message__author__page", "message__on_behalf_of", "offer__space", "settled_by__page")


class Report(models.Model):
    class Outcome(models.TextChoices):
        REMOVED = "removed", _("It was removed")
        LEFT = "left", _("It was left")

    message = models.ForeignKey("chat.Message", models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("message"))
    offer = models.ForeignKey(
        "ties.Offer", models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("offer or request")
    )
    html = models.TextField(_("what it said"), editable=False)  # as it stood: whoever wrote it may take it back meanwhile
    files = models.JSONField(default=list, editable=False)  # as the message's own
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports", verbose_name=_("reported by"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    settled_at = models.DateTimeField(_("answered"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["message", "by"], name="report_a_message_once"),
            models.UniqueConstraint(fields=["offer", "by"], name="report_an_offer_once"),
            models.CheckConstraint(
                condition=Q(message=None, offer__isnull=False) | Q(message__isnull=False, offer=None), name="report_of_one_thing"
            ),
        ]

    @property
    def shown_files(self) -> list[dict[str, Any]]:
        return shown_files(self.files, door=FILES)

    def __str__(self) -> str:
        return f"{self.by_id} reported {self.message_id or self.offer_id}"
