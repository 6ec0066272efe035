from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from network.admin_pages import RecordAdmin
from notices.models import Notice

if admin.site.is_registered(Notice):
    admin.site.unregister(Notice)  # the library registers the swapped model with its own page


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    list_display = ("timestamp", "recipient", "reason", "verb", "space", "unread")
    list_filter = ("reason", "unread")
    list_select_related = ("recipient", "space")
    search_fields = ("recipient__email",)
    date_hierarchy = "timestamp"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        """Without those about conversations: who talks to whom is nobody's but theirs."""
        return super().get_queryset(request).exclude(reason="chat_mention")
