from django.urls import path

from realtime import views

urlpatterns = [path("live/", views.catch_up, name="live")]
