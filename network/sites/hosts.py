"""A public site on a host of its own: `https://tunisia.example.org/ar/contact/` is `/ar/commissions/tn/contact/` of the network.

Which host stands for which site is a setting (SITE_HOSTS), since the proxy, the certificate, ALLOWED_HOSTS and the content policy must know
it as well: no query is spent, and the main host pays one look into a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

# What stands on such a host besides the pages themselves: no session, no account, nothing of anybody's own.
KEPT = ("/static/", "/pictures/", "/language/", "/csp", "/healthz", "/readyz")
OF_ITS_OWN = ("/robots.txt", "/sitemap.xml")
PUBLIC = re.compile(r"^(news/|institutions/|contact/|card\.png|pages/\d+/)?$")


class SiteHostMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.SITE_HOSTS:
            return self.get_response(request)
        # Not get_host(): an unknown host is refused where it always was.
        at = settings.SITE_HOSTS.get(request.META.get("HTTP_HOST", request.META.get("SERVER_NAME", "")).partition(":")[0])
        path = request.path_info
        if at is None or path == "/" or path.startswith(KEPT):
            return self.get_response(request)
        if path in OF_ITS_OWN:
            request.site_at = at  # type: ignore[attr-defined]  # read by network.sites.views.machines
            return self.get_response(request)
        code, _slash, rest = path[1:].partition("/")
        rest = rest.removeprefix(f"{at}/")
        if code in settings.LANGUAGE_NAMES and _slash and PUBLIC.match(rest):
            request.path_info = f"/{code}/{at}/{rest}"
            request.site_at = at  # type: ignore[attr-defined]  # read by network.sites.places.Place.base
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=404)
        return HttpResponseRedirect(f"{settings.LINK_ORIGIN}{request.get_full_path()}")
