"""What forms of this room post to, and pictures: no language in the address."""

from django.urls import path

from profiles.views import mine, people, pictures

urlpatterns = [
    path("pictures/<str:name>", pictures.picture, name="picture"),
    path("people/<int:user_id>/follow/", people.follow, name="person_follow"),
    path("people/<int:user_id>/follow/end/", people.unfollow, name="person_unfollow"),
    path("people/<int:user_id>/block/", people.block, name="person_block"),
    path("people/<int:user_id>/block/end/", people.unblock, name="person_unblock"),
    path("people/<int:user_id>/suspension/", people.suspend, name="person_suspend"),
    path("people/<int:user_id>/suspension/end/", people.reinstate, name="person_reinstate"),
    path("settings/sessions/end/", mine.end_all_sessions, name="sessions_end_all"),
]
