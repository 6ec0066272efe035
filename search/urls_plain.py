"""Suggestions behind @."""

from django.urls import path

from search import views

urlpatterns = [path("mentions/", views.mentions, name="mentions")]
