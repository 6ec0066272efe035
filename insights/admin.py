from django.contrib import admin

from insights.models import DailyCount
from network.admin_pages import RecordAdmin


@admin.register(DailyCount)
class DailyCountAdmin(RecordAdmin):
    list_display = ("day", "key", "visitors", "visits")
    search_fields = ("key",)
    date_hierarchy = "day"
