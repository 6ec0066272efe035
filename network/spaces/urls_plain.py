"""What forms of this room post to."""

from django.urls import path

from network.spaces import views

urlpatterns = [
    path("spaces/<int:space_id>/follow/", views.follow, name="follow"),
    path("spaces/<int:space_id>/follow/end/", views.unfollow, name="unfollow"),
    path("invitations/<int:invitation_id>/acceptance/", views.accept, name="invitation_accept"),
    path("invitations/<int:invitation_id>/end/", views.decline, name="invitation_decline"),
]
