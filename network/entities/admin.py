"""Kinds are kept by hand, without code; institutions are read here and edited on their own pages."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from network.activity.recording import later
from network.admin_pages import RecordAdmin, ReferenceAdmin
from network.entities.models import Entity, Kind, StatusChange


@admin.register(Kind)
class KindAdmin(ReferenceAdmin):
    list_display = ("code", "name_ar", "name_fr", "name_en", "overseen", "oversees", "position")
    search_fields = ("code", "name_ar", "name_fr", "name_en")
    list_filter = ("overseen", "oversees")

    def save_model(self, request: HttpRequest, obj: Kind, form: ModelForm, change: bool) -> None:
        """Other questions: what institutions are filtered by and how complete they are is worked out anew, by the queue."""
        super().save_model(request, obj, form, change)
        if "fields" in form.changed_data:
            later("entities.work_out", kind_id=obj.pk)


@admin.register(Entity)
class EntityAdmin(RecordAdmin):
    list_display = ("called", "handle", "entity_kind", "country", "status", "verified", "parent")
    list_filter = ("entity_kind", "status", "verified", "country")
    list_select_related = ("entity_kind", "country", "parent")
    search_fields = ("name_ar", "name_fr", "name_en", "handle", "folded")


@admin.register(StatusChange)
class StatusChangeAdmin(RecordAdmin):
    list_display = ("entity", "was", "now", "reason", "by", "at")
    list_filter = ("now",)
    list_select_related = ("entity", "by")
    search_fields = ("entity__handle", "entity__folded")
