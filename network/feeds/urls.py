"""Feeds, the widget, and where its officers look after them, under a language."""

from django.urls import path

from network.feeds.views import external, feeds, widget
from network.feeds.written import FORMS

urlpatterns = [
    path("feeds/", feeds.feeds, name="feeds"),
    *(path(f"feeds/news.{form}", feeds.news_feed(form), name=f"news_{form}") for form in FORMS),
    *(path(f"feeds/<slug:kind>.{form}", feeds.kind_feed(form), name=f"kind_{form}") for form in FORMS),
    *(path(f"institutions/<str:code>/feed.{form}", feeds.entity_feed(form), name=f"entity_{form}") for form in FORMS),
    path("institutions/<str:code>/calendar.ics", feeds.entity_calendar, name="entity_calendar"),
    path("institutions/<str:code>/external/", external.external, name="external_items"),
    path("institutions/<str:code>/feeds/", external.manage, name="external_feeds"),
    path("institutions/<str:code>/feeds/<int:feed_id>/trial/", external.trial, name="external_trial"),
    path("institutions/<str:code>/feeds/<int:feed_id>/pause/", external.pause, name="external_pause"),
    path("institutions/<str:code>/feeds/<int:feed_id>/pause/end/", external.resume, name="external_resume"),
    path("institutions/<str:code>/feeds/<int:feed_id>/removal/", external.remove, name="external_remove"),
    path("institutions/<str:code>/widget/", widget.widget, name="entity_widget"),
    path("institutions/<str:code>/widget/code/", widget.code, name="entity_widget_code"),
]
