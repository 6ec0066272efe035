"""The addresses of a demonstration."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from network.urls import handler400, handler403, handler404, handler429, handler500
from network.urls import urlpatterns as house

urlpatterns = [
    *house,
    *(
        []
        if settings.DEMO and any("demo" in str(p.pattern) for p in house)
        else i18n_patterns(path("demo/", include("profiles.urls_demo")), path("demo/", include("notices.urls_demo")))
    ),
]

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]
