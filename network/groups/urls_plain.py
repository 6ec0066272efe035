"""What forms of this room post to."""

from django.urls import path

from network.groups.views import management, membership

urlpatterns = [
    path("groups/<int:group_id>/membership/", membership.join, name="group_join"),
    path("groups/<int:group_id>/membership/end/", membership.leave, name="group_leave"),
    path("groups/<int:group_id>/request/end/", membership.take_back, name="group_take_back"),
    path("groups/<int:group_id>/requests/<int:request_id>/answer/", membership.answer, name="group_answer"),
    path("groups/<int:group_id>/members/<int:membership_id>/role/", membership.role, name="group_role"),
    path("groups/<int:group_id>/members/<int:membership_id>/end/", membership.remove, name="group_remove"),
    path("groups/<int:group_id>/owner/", management.hand_over, name="group_owner"),
]
