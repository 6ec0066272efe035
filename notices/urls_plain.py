"""What the bell asks and what forms post to."""

from django.urls import path

from notices import views

urlpatterns = [
    path("notices/count/", views.count, name="notices_count"),
    path("notices/read/", views.read_all, name="notices_read"),
    path("notices/seen/", views.seen, name="notices_seen"),
    path("notices/<int:notice_id>/read/", views.read, name="notice_read"),
]
