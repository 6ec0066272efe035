"""Pages of this room."""

from django.urls import path

from network.spaces import views

urlpatterns = [path("invitations/", views.invitations, name="invitations")]
