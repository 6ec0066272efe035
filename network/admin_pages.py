"""The admin site and the two manners of its pages: reference data (edited), and records (read)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from network.health import BAD, measures

_SEES_HEALTH = "activity.view_job"


class MultaqaAdminSite(admin.AdminSite):
    site_header = _("Multaqa: administration")
    site_title = _("Multaqa")
    index_title = _("What is kept here")

    index_template = "admin/house_index.html"

    def get_urls(self) -> list[Any]:
        return [path("health/", self.admin_view(self.health), name="health"), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What is kept, under a word on how the network is."""
        seen = request.user.has_perm(_SEES_HEALTH)
        bad = [measure for measure in measures() if measure.state == BAD] if seen else []
        return super().index(request, {**(extra_context or {}), "sees_health": seen, "bad": bad})

    def health(self, request: HttpRequest) -> HttpResponse:
        """How queue and mail stand; the POST asks for all work again that was given up. For those who may see the queue."""
        if not request.user.has_perm(_SEES_HEALTH):
            raise PermissionDenied
        from network.activity.actions import retry  # noqa: PLC0415 -- admin loads before the models
        from network.activity.models import Job  # noqa: PLC0415

        parked = Job.objects.exclude(parked_at=None)
        if request.method == "POST":
            count = retry(parked)
            messages.success(request, _("Asked for again: %(count)s.") % {"count": count})
            return redirect("admin:health")
        context = {**self.each_context(request), "title": _("How the network is"), "measures": measures(), "parked": parked.exists()}
        return TemplateResponse(request, "admin/health.html", context)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one door: the house's sign-in, with its second step and its rate limits."""
        if request.user.is_authenticated:
            return super().login(request, extra_context)
        return redirect(f"/{request.LANGUAGE_CODE}/accounts/login/?{urlencode({'next': request.get_full_path()})}")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Pages that a library brings for its accounts become records too: read here, changed at their own doors, secrets left out."""
        if admin_class is not None and admin_class.__module__.startswith("allauth."):
            admin_class = type(admin_class.__name__, (RecordAdmin, admin_class), _LIBRARY)
        super().register(model_or_iterable, admin_class, **options)


# What a second step or a session is opened with must not stand on a page; an account is found by its address.
_LIBRARY = {
    "exclude": ("data", "session_key"),
    "actions": (),
    "search_fields": ("user__email",),
    "get_search_fields": admin.ModelAdmin.get_search_fields,
}


class _Pages(admin.ModelAdmin):
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """None, and so the list, for a number that no row can have: a parent link does not check it as Django's own numbers do."""
        return None if object_id.isdigit() and len(object_id) > 18 else super().get_object(request, object_id, from_field)


class RecordAdmin(_Pages):
    """What happened in the network is read here and changed by actions only."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def do(self, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], object], said: str | Promise) -> None:
        """What a button does: `act` on each row; a refusal ends it with its own sentence."""
        try:
            for row in rows:
                act(row)
        except PermissionDenied as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
        else:
            self.message_user(request, str(said))

    @admin.display(description=_("name"))
    def called(self, thing: Any) -> str:
        """The name in the reader's language, under a heading in it: a property has no heading of its own."""
        return str(thing.name)


class ReferenceAdmin(_Pages):
    """Kinds, countries, settings, texts: kept by hand."""

    list_per_page = 50
