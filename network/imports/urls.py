"""Pages of lists brought in."""

from django.urls import path

from network.imports import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new, name="import_new"),
    path("imports/template/<slug:kind_code>/", views.template, name="import_template"),
    path("imports/<int:import_id>/", views.one, name="import"),
    path("imports/<int:import_id>/columns/", views.columns, name="import_columns"),
    path("imports/<int:import_id>/confirm/", views.confirm, name="import_confirm"),
    path("imports/<int:import_id>/drop/", views.drop, name="import_drop"),
    path("imports/<int:import_id>/report/", views.report, name="import_report"),
    path("imports/<int:import_id>/refused/", views.refused, name="import_refused"),
]
