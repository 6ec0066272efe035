"""The admin site and the two manners of its pages: reference data (edited), and records (read)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class MultaqaAdminSite(admin.AdminSite):
    site_header = _("Multaqa: administration")
    site_title = _("Multaqa")
    index_title = _("What is kept here")
    enable_nav_sidebar = True


class RecordAdmin(admin.ModelAdmin):
    """What happened in the network is read here and changed by actions only."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReferenceAdmin(admin.ModelAdmin):
    """Kinds, countries, settings, texts: kept by hand."""

    list_per_page = 50
