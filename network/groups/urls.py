"""Pages of groups."""

from django.urls import path

from network.groups.views import management, place

urlpatterns = [
    path("groups/", place.groups, name="groups"),
    path("groups/new/", management.new, name="group_new"),
    path("groups/<int:group_id>/", place.wall, name="group"),
    path("groups/<int:group_id>/topics/", place.topics, name="group_topics"),
    path("groups/<int:group_id>/about/", place.about, name="group_about"),
    path("groups/<int:group_id>/members/", place.members, name="group_members"),
    path("groups/<int:group_id>/edit/", management.edit, name="group_edit"),
    path("groups/<int:group_id>/request/", place.ask, name="group_ask"),
    path("groups/<int:group_id>/requests/", management.requests, name="group_requests"),
    path("groups/<int:group_id>/invitations/", management.invitations, name="group_invitations"),
]
