"""The inbox, under a language."""

from django.urls import path

from notices.views import inbox, mail, settings

urlpatterns = [
    path("notices/", inbox.inbox, name="notices"),
    path("settings/notices/", settings.settings, name="notice_settings"),
    path("spaces/<int:space_id>/notices/", settings.of_space, name="space_notices"),
    path("notices/digest/", mail.preview, name="digest_preview"),
    path("notices/digest/mail/", mail.preview_mail, name="digest_mail"),
    path("notices/<int:notice_id>/", inbox.go, name="notice"),
]
