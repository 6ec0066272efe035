"""What happened, and the queue, as an administrator reads them."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from network.activity.models import Activity, Job
from network.admin_pages import RecordAdmin
from network.content import Audience


@admin.register(Activity)
class ActivityAdmin(RecordAdmin):
    """The audit trail. Whatever concerns a conversation is not in it."""

    list_display = ("created_at", "actor", "on_behalf_of", "verb", "object_type", "object_id", "space", "reach")
    list_filter = ("verb", "reach", "created_at")
    list_select_related = ("actor", "on_behalf_of", "object_type", "space")
    search_fields = ("actor__email", "space__name_ar", "space__name_fr", "space__name_en")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Activity]:
        """Who talks to whom, and when, is nobody's but theirs."""
        return super().get_queryset(request).exclude(reach__gte=Audience.PARTICIPANTS)


@admin.register(Job)
class JobAdmin(RecordAdmin):
    list_display = ("name", "due_at", "attempts", "leased_until", "parked_at", "last_error")
    list_filter = ("name", ("parked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "unique_key", "last_error")
    actions = ("try_again",)

    @admin.action(description=_("Try the chosen jobs again"), permissions=["view"])
    def try_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        from network.activity.actions import retry  # noqa: PLC0415 -- admin loads with the models

        count = retry(jobs)
        self.message_user(request, _("Asked for again: %(count)s.") % {"count": count})
