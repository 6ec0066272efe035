from django.contrib import admin

from network.admin_pages import RecordAdmin
from network.feeds.models import ExternalFeed, ExternalItem


@admin.register(ExternalFeed)
class ExternalFeedAdmin(RecordAdmin):
    list_display = ("entity", "url", "fetched_at", "failures", "problem", "paused_at", "stopped_at")
    list_filter = ("problem",)
    list_select_related = ("entity",)
    search_fields = ("url", "title", "entity__folded")


@admin.register(ExternalItem)
class ExternalItemAdmin(RecordAdmin):
    list_display = ("title", "feed", "published", "language")
    list_filter = ("language",)
    list_select_related = ("feed",)
    search_fields = ("title",)
