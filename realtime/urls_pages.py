"""The home page's addresses, under a language."""

from django.urls import path

from realtime import pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("feed/new/", pages.new_in_feed, name="feed_new"),
]
