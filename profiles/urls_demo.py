"""The demonstration's door, under /demo/."""

from django.urls import path

from profiles.views.demo import demo

urlpatterns = [path("", demo, name="demo_sign_in")]
