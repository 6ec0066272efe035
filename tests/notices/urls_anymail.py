"""The addresses of a network whose mail service tells by webhook."""

from django.urls import include, path

from network.urls import handler400, handler403, handler404, handler429, handler500
from network.urls import urlpatterns as house

urlpatterns = [*house, path("anymail/", include("anymail.urls"))]

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]
