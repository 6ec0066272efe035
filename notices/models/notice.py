"""A notice: someone is told that something happened. The row is django-notifications' model, swapped (ADR 0003)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from notifications.base.models import AbstractNotification


class Notice(AbstractNotification):
    activity = models.ForeignKey("activity.Activity", models.CASCADE, related_name="notices", verbose_name=_("activity"))
    reason = models.CharField(_("why you are told"), max_length=20)  # mention, reply, quote, request, invitation, …: notices.kinds
    space = models.ForeignKey("spaces.Space", models.CASCADE, null=True, related_name="+", verbose_name=_("space"))
    path = models.CharField(_("where it leads"), max_length=200)
    thread = models.CharField(_("what it is about"), max_length=40, blank=True)  # topic.42: seeing the thing marks it read
    shown = models.BooleanField(_("stands in the inbox"), default=True, db_default=True)  # not: it is only mailed or pushed
    done = models.BooleanField(_("done"), default=False, db_default=False)
    snoozed_until = models.DateTimeField(_("comes back at"), null=True, blank=True)
    # A line that was put off stands at its return, not where it stood weeks ago.
    came_back_at = models.DateTimeField(_("came back at"), null=True, blank=True)
    # When it may be mailed by itself, if it is still unread then; empty: never, or in the digest.
    mail_due = models.DateTimeField(_("mailed from"), null=True, blank=True)
    # The mail that tells it: claimed once, so that what was mailed is never in a digest too.
    mail = models.ForeignKey(
        "notices.Mail", models.SET_NULL, null=True, blank=True, related_name="notices", verbose_name=_("told by"), db_index=False
    )

    class Meta(AbstractNotification.Meta):
        abstract = False
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["activity", "recipient"], name="told_once")]
        indexes = [
            models.Index(fields=["recipient", "-timestamp"], name="inbox"),
            models.Index(fields=["recipient", "thread"], condition=models.Q(unread=True), name="unread_thread"),
            models.Index(fields=["mail_due"], condition=models.Q(mail_due__isnull=False, mail=None), name="to_be_mailed"),
            models.Index(fields=["mail"], condition=models.Q(mail__isnull=False), name="told_by"),
            models.Index(fields=["snoozed_until"], condition=models.Q(snoozed_until__isnull=False), name="comes_back"),
        ]


# The library gives nearly every column an index of its own. Ours are those above; each other one would be written, and never read, for
# every person told of every post (13 indexes wrote 850 pages for a post with 34 watchers).
for (
    _name
) in "recipient activity unread timestamp public deleted emailed actor_content_type target_content_type action_object_content_type".split():
    Notice._meta.get_field(_name).db_index = False
