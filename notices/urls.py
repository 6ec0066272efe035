"""The inbox, under a language."""

from django.urls import path

from notices import views

urlpatterns = [
    path("notices/", views.inbox, name="notices"),
    path("notices/<int:notice_id>/", views.go, name="notice"),
]
