from django.contrib import admin

from network.admin_pages import RecordAdmin
from network.sites.models import Question, Site, SitePage


@admin.register(Site)
class SiteAdmin(RecordAdmin):
    list_display = ("__str__", "space", "section", "changed_at", "changed_by")
    list_filter = ("section",)
    list_select_related = ("space", "changed_by")
    search_fields = ("space__folded",)


@admin.register(SitePage)
class SitePageAdmin(RecordAdmin):
    list_display = ("__str__", "site", "position", "published_at", "removed_at")
    list_select_related = ("site__space", "published", "latest")


@admin.register(Question)
class QuestionAdmin(RecordAdmin):
    """Where each stands. Who asked, and what, is read by those who answer."""

    list_display = ("__str__", "space", "status", "language", "asked_at", "answered_at", "answered_by")
    list_filter = ("status", "language")
    list_select_related = ("space", "answered_by")
    fields = ("space", "section", "status", "language", "asked_at", "answered_at", "answered_by")
