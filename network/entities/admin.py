"""Kinds are kept by hand, without code; institutions are read here and edited on their own pages."""

from django.contrib import admin

from network.admin_pages import RecordAdmin, ReferenceAdmin
from network.entities.models import Entity, Kind


@admin.register(Kind)
class KindAdmin(ReferenceAdmin):
    list_display = ("code", "name_ar", "name_fr", "name_en", "overseen", "oversees", "position")
    search_fields = ("code", "name_ar", "name_fr", "name_en")
    list_filter = ("overseen", "oversees")


@admin.register(Entity)
class EntityAdmin(RecordAdmin):
    list_display = ("called", "handle", "entity_kind", "country", "status", "verified", "parent")
    list_filter = ("entity_kind", "status", "verified", "country")
    list_select_related = ("entity_kind", "country", "parent")
    search_fields = ("name_ar", "name_fr", "name_en", "handle", "folded")
