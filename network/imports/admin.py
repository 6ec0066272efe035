from django.contrib import admin

from network.admin_pages import RecordAdmin
from network.imports.models import Import


@admin.register(Import)
class ImportAdmin(RecordAdmin):
    list_display = ("file_name", "space", "author", "kind", "state", "new_count", "changed_count", "unchanged_count", "refused_count", "created_at")  # fmt: skip
    list_filter = ("state", "kind")
    list_select_related = ("space", "author", "kind")
    search_fields = ("file_name",)
