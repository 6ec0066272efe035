"""The inbox, under a language."""

from django.urls import path

from notices.views import devices, inbox, mail, newsletters, settings

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
    path("newsletters/", newsletters.newsletters, name="newsletters"),
    path("newsletters/new/", newsletters.new, name="newsletter_new"),
    path("newsletters/count/", newsletters.count, name="newsletter_count"),
    path("newsletters/<int:newsletter_id>/", newsletters.newsletter, name="newsletter"),
    path("newsletters/<int:newsletter_id>/send/", newsletters.confirm, name="newsletter_confirm"),
    path("newsletters/<int:newsletter_id>/mail/", newsletters.mail, name="newsletter_mail"),
]
