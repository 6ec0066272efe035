"""The inbox, under a language."""

from django.urls import path

from notices.views import devices, inbox, mail, settings

urlpatterns = [
    path("notices/", inbox.inbox, name="notices"),
    path("settings/notices/", settings.settings, name="notice_settings"),
    path("settings/devices/", devices.devices, name="devices"),
    path("offline/", devices.offline, name="offline"),
    path("manifest.webmanifest", devices.manifest, name="manifest"),
    path("spaces/<int:space_id>/notices/", settings.of_space, name="space_notices"),
    path("notices/digest/", mail.preview, name="digest_preview"),
    path("notices/digest/mail/", mail.preview_mail, name="digest_mail"),
    path("notices/<int:notice_id>/", inbox.go, name="notice"),
]
