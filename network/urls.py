"""The composition root of pages: every room's addresses in one place."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from network import views
from profiles.views.too_many import too_many

urlpatterns = [
    # What is asked for most stands first: an address is looked for from above.
    *i18n_patterns(
        path("", include("forums.urls")),
        path("", include("chat.urls")),
        path("", include("realtime.urls_pages")),
        path("", include("profiles.urls")),
        path("", include("network.spaces.urls")),
        path("", include("network.entities.urls")),
        path("", include("network.groups.urls")),
        path("", include("network.accreditation.urls")),
        path("", include("network.imports.urls")),
        path("", include("network.feeds.urls")),
        path("", include("network.ties.urls")),
        path("", include("documents.urls")),
        path("", include("network.sites.urls")),
        path("", include("notices.urls")),
        path("", include("moderation.urls")),
        path("", include("search.urls")),
        path("", include("insights.urls")),
        path("accounts/", include("allauth.urls")),
        path("admin/", admin.site.urls),
        prefix_default_language=True,
    ),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("csp", views.csp_report, name="csp_report"),
    path("language/", views.set_language, name="set_language"),
    path("", include("realtime.urls")),
    path("", include("forums.urls_plain")),
    path("", include("chat.urls_plain")),
    path("", include("moderation.urls_plain")),
    path("", include("profiles.urls_plain")),
    path("", include("documents.urls_plain")),
    path("", include("notices.urls_plain")),
    path("", include("search.urls_plain")),
    path("", include("network.spaces.urls_plain")),
    path("", include("network.groups.urls_plain")),
    path("", include("network.accreditation.urls_plain")),
    path("", include("network.ties.urls_plain")),
    path("", include("network.sites.urls_plain")),
]
if settings.ANYMAIL_WEBHOOK_SECRET:  # each of its pages asks for the secret, and most mail services sign what they send besides
    urlpatterns += [path("anymail/", include("anymail.urls"))]
if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("demo/", include("profiles.urls_demo")), path("demo/", include("notices.urls_demo")), prefix_default_language=True
    )

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler429 = too_many  # asked by allauth
handler500 = views.failure
