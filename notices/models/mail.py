"""Mail that waits, went out or came in. The rows are the truth; a `Job` carries each out."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Mail(models.Model):  # type: ignore[django-manager-missing]  # notices are a library's model, which has no types
    """One mail to one address. Its words are made when it is sent, so that rights are asked then; a sign-in code brings them along."""

    class Kind(models.TextChoices):
        DIGEST = "digest", _("Digest")
        NOTICES = "notices", _("Notices")
        NEWSLETTER = "newsletter", _("Newsletter")
        TEST = "test", _("Test")
        REFUSAL = "refusal", _("Refusal")
        READY = "ready", _("Of the account")  # its words are in `about`, and leave it when it is sent

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Not needed any more")
        STOPPED = "stopped", _("Refused by the mail server")

    # What it is, once: "digest:42:2026-11-22". Two workers, or two days of a stopped clock, meet in the same row.
    key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    user = models.ForeignKey(PERSON, models.CASCADE, null=True, blank=True, related_name="mails", verbose_name=_("person"))
    address = models.EmailField(_("address"), max_length=320)
    about: models.JSONField[Any, dict[str, Any]] = models.JSONField(_("about"), default=dict, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(state="waiting"), name="mail_waits"),
            models.Index(fields=["state", "-created_at"], name="mail_state"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def message_id(self) -> str:
        """The same however often it is sent, so that a mailbox which got it twice shows it once."""
        return f"<{sha256(f'{settings.SECRET_KEY}:{self.key}'.encode()).hexdigest()[:32]}@{settings.MAIL_DOMAIN}>"


class Incoming(models.Model):
    """A mail that came in, once by its Message-ID, and what became of it. Its text is not kept here."""

    class Outcome(models.TextChoices):
        POSTED = "posted", _("Posted")
        REFUSED = "refused", _("Refused, and its sender told why")
        IGNORED = "ignored", _("Ignored: an automatic mail")
        BOUNCE = "bounce", _("A mail of ours did not arrive")
        COMPLAINT = "complaint", _("A mail of ours was called unwanted")
        STOPPED = "stopped", _("Unsubscribed")

    message_key = models.CharField(max_length=64, unique=True, editable=False)  # sha256 of its Message-ID, or of the whole
    sender = models.CharField(_("from"), max_length=320, blank=True)
    user = models.ForeignKey(PERSON, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    why = models.CharField(_("why"), max_length=300, blank=True)
    path = models.CharField(_("what it became"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.message_key[:12]}"
