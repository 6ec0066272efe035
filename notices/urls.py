"""The inbox, under a language."""

from django.urls import path

from notices import mail_views, views

urlpatterns = [
    path("notices/", views.inbox, name="notices"),
    path("notices/digest/", mail_views.preview, name="digest_preview"),
    path("notices/digest/mail/", mail_views.preview_mail, name="digest_mail"),
    path("notices/<int:notice_id>/", views.go, name="notice"),
]
