"""A mail shown on a page: in a frame of its own, whose document may load and run nothing."""

from __future__ import annotations

from csp.constants import HEADER, SELF
from csp.utils import build_policy
from django.http import HttpResponse

# Styles stand in the elements of a mail, as mail programs want them; scripts, forms and addresses of others have no place there.
_MAIL = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


def framed(html: str) -> HttpResponse:
    """The mail itself, for a frame of ours and for nobody else's."""
    html = html.replace("<head>", '<head><base target="_blank">', 1)  # its links leave the frame
    return HttpResponse(html, headers={HEADER: _MAIL, "X-Frame-Options": "SAMEORIGIN"})


def framing(response: HttpResponse) -> HttpResponse:
    """The page that holds such a frame."""
    response.headers[HEADER] = build_policy(update={"frame-src": [SELF]})
    return response
