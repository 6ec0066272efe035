"""Visits, under a language."""

from django.urls import path

from insights import views

urlpatterns = [
    path("visits/", views.platform_visits, name="visits"),
    path("visits.csv", views.platform_csv, name="visits_csv"),
    path("visits.xlsx", views.platform_xlsx, name="visits_xlsx"),
    path("institutions/<str:code>/visits/", views.entity_visits, name="entity_visits"),
    path("institutions/<str:code>/visits.csv", views.entity_csv, name="entity_visits_csv"),
    path("institutions/<str:code>/visits.xlsx", views.entity_xlsx, name="entity_visits_xlsx"),
]
