"""What reports' forms post to."""

from django.urls import path

from moderation import views

urlpatterns = [path("reports/<int:report_id>/answer/", views.answer, name="report_answer")]
