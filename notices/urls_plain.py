"""What the bell asks and what forms post to."""

from django.urls import path

from notices.views import devices, inbox, mail, newsletters, settings

urlpatterns = [
    path("mail/stop/<str:token>/", mail.stop, name="mail_stop"),
    path("mail/weekly/<str:token>/", mail.weekly, name="mail_weekly"),
    path("notices/digest/trial/", mail.trial, name="digest_trial"),
    path("notices/count/", inbox.count, name="notices_count"),
    path("notices/read/", inbox.read_all, name="notices_read"),
    path("notices/new/", inbox.new, name="notices_new"),
    path("notices/seen/", inbox.seen, name="notices_seen"),
    path("notices/<int:notice_id>/read/", inbox.read, name="notice_read"),
    path("notices/<int:notice_id>/done/", inbox.finish, name="notice_done"),
    path("notices/<int:notice_id>/snooze/", inbox.snooze, name="notice_snooze"),
    path("notices/<int:notice_id>/mute/", inbox.mute, name="notice_mute"),
    path("settings/notices/preset/", settings.preset, name="notice_preset"),
    path("settings/notices/resume/", settings.resume, name="notice_resume"),
    path("sw.js", devices.worker, name="worker"),
    path("devices/", devices.subscribe, name="device_subscribe"),
    path("devices/<int:device_id>/end/", devices.end, name="device_end"),
    path("devices/<int:device_id>/trial/", devices.trial, name="device_trial"),
    path("spaces/<int:space_id>/level/", settings.level, name="space_level"),
    path("newsletters/<int:newsletter_id>/end/", newsletters.discard, name="newsletter_discard"),
]
