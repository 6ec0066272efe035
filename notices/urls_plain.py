"""What the bell asks and what forms post to."""

from django.urls import path

from notices import mail_views, views

urlpatterns = [
    path("mail/stop/<str:token>/", mail_views.stop, name="mail_stop"),
    path("mail/weekly/<str:token>/", mail_views.weekly, name="mail_weekly"),
    path("notices/digest/trial/", mail_views.trial, name="digest_trial"),
    path("notices/count/", views.count, name="notices_count"),
    path("notices/read/", views.read_all, name="notices_read"),
    path("notices/seen/", views.seen, name="notices_seen"),
    path("notices/<int:notice_id>/read/", views.read, name="notice_read"),
]
