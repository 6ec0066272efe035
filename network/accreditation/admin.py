"""The ways to join are kept by hand, without code; applications are read here without what they say, and decided on their own pages."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from network.accreditation.models import Application, Certificate, Procedure, Series
from network.admin_pages import RecordAdmin, ReferenceAdmin


@admin.register(Procedure)
class ProcedureAdmin(ReferenceAdmin):
    list_display = ("kind", "letter", "is_open", "needs_country", "report_month", "term_years", "group")
    list_select_related = ("kind", "group")
    autocomplete_fields = ()


@admin.register(Application)
class ApplicationAdmin(RecordAdmin):
    """Where each stands. A draft is nobody's business, and what is applied with is read by those who decide."""

    list_display = ("pk", "procedure", "country", "commission", "status", "submitted_at", "due_at")
    list_filter = ("status", "procedure", "country")
    list_select_related = ("procedure__kind", "country", "commission")
    fields = ("procedure", "country", "commission", "status", "submitted_at", "since", "due_at", "term_start", "term_end")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return super().get_queryset(request).filter(submitted_at__isnull=False)


@admin.register(Certificate)
class CertificateAdmin(RecordAdmin):
    list_display = ("number", "name", "issued_on")
    search_fields = ("number", "name")
    fields = ("number", "name", "issued_on")


@admin.register(Series)
class SeriesAdmin(RecordAdmin):
    list_display = ("letter", "country", "year", "last")
    list_filter = ("letter", "year")
