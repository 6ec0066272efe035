"""Reports, under a language."""

from django.urls import path

from moderation import views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("messages/<int:message_id>/report/", views.report, name="message_report"),
    path("partnerships/<int:offer_id>/report/", views.report_offer, name="offer_report"),
]
