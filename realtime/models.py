"""The epoch: which life of the database this is. A restored backup begins another, and every open page loads again."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _token() -> str:
    return secrets.token_hex(6)


class Epoch(models.Model):
    """The newest row counts. `manage.py epoch` begins a new one; restoring a backup must call it."""

    token = models.CharField(_("token"), max_length=12, default=_token, unique=True, editable=False)
    begun_at = models.DateTimeField(_("begun at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("epoch")
        verbose_name_plural = _("epochs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.token

    @classmethod
    def now(cls) -> str:
        """The present epoch's token; the first one is written by the migration, or, in an emptied database, here."""
        return cls.objects.values_list("token", flat=True).first() or cls.objects.create().token
