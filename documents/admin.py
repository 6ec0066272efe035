from django.contrib import admin

from documents.models import FinishedStep, Guide, GuideVersion, Paper, PutAway
from network.admin_pages import RecordAdmin


@admin.register(Guide)
class GuideAdmin(RecordAdmin):
    list_display = ("code", "newest", "space", "meant_for", "audience")
    list_filter = ("meant_for", "audience")
    list_select_related = ("newest", "space")
    search_fields = ("newest__folded",)


@admin.register(GuideVersion)
class GuideVersionAdmin(RecordAdmin):
    list_display = ("title_ar", "number", "published_at", "written_by")
    list_select_related = ("written_by",)
    search_fields = ("folded",)

    def get_queryset(self, request):  # type: ignore[no-untyped-def]  # as the library has it
        """Drafts are their writers'."""
        return super().get_queryset(request).exclude(published_at=None)


@admin.register(Paper)
class PaperAdmin(RecordAdmin):
    list_display = ("key", "language", "made_at", "size", "downloads", "refused")
    list_filter = ("refused",)


@admin.register(FinishedStep)
class FinishedStepAdmin(RecordAdmin):
    list_display = ("user", "step", "at", "by_hand")
    list_filter = ("step", "by_hand")
    list_select_related = ("user",)


@admin.register(PutAway)
class PutAwayAdmin(RecordAdmin):
    list_display = ("user",)
    list_select_related = ("user",)
