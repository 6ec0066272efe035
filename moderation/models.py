"""A report: somebody who takes part in a conversation shows moderators one message of it, and nothing else."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.fragments import FILES
from network.files.shown import shown_files


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> Self:
        return self.filter(settled_at=None)

    def with_message(self) -> Self:
        return self.select_related("by__page", "message__author__page", "message__on_behalf_of", "settled_by__page")


class Report(models.Model):
    class Outcome(models.TextChoices):
        REMOVED = "removed", _("The message was removed")
        LEFT = "left", _("The message was left")

    message = models.ForeignKey("chat.Message", models.CASCADE, related_name="reports", verbose_name=_("message"))
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
        constraints = [models.UniqueConstraint(fields=["message", "by"], name="report_a_message_once")]

    @property
    def shown_files(self) -> list[dict[str, Any]]:
        return shown_files(self.files, door=FILES)

    def __str__(self) -> str:
        return f"{self.by_id} reported {self.message_id}"
