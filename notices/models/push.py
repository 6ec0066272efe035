"""Devices that are told by web push, and the key that proves us to the browsers' servers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Device(models.Model):
    """A browser that agreed to show our notices; it belongs to whoever is signed in there, until they sign out."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices", verbose_name=_("person"))
    endpoint = models.URLField(_("address of its push service"), max_length=600, unique=True)
    p256dh = models.CharField(max_length=120, editable=False)
    auth = models.CharField(max_length=40, editable=False)
    session = models.CharField(max_length=64, blank=True, editable=False, db_index=True)  # whose end ends this
    label = models.CharField(_("device"), max_length=120, blank=True)
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    told_at = models.DateTimeField(_("last told"), null=True, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["-since"]

    def __str__(self) -> str:
        return self.label or f"device {self.pk}"


class PushKey(models.Model):
    """The VAPID key of this network: made once, by the first who needs it, and kept with the data, for every device remembers it."""

    private = models.TextField(editable=False)  # PEM
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("push key")
        verbose_name_plural = _("push keys")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_push_key")]

    def __str__(self) -> str:
        return f"push key {self.pk}"
