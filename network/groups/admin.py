from django.contrib import admin

from network.admin_pages import RecordAdmin
from network.groups.models import Group


@admin.register(Group)
class GroupAdmin(RecordAdmin):
    list_display = ("called", "owner", "join_rule", "audience", "listed", "members_count", "created_by")
    list_filter = ("join_rule", "audience", "listed")
    list_select_related = ("owner", "created_by")
    search_fields = ("name_ar", "name_fr", "name_en", "folded")
