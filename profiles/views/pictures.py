"""Pictures of people, institutions and groups: drawn by us, under random names, so they never change and hide nothing."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from network.requests import Request
from network.spaces.pictures import NAME, folder


@require_safe
def picture(request: Request, name: str) -> HttpResponse:
    """One picture; 404 for any name that is not ours."""
    if not NAME.match(name):
        raise Http404
    try:
        stored = (folder() / name).read_bytes()  # small: we drew it
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(stored, content_type="image/jpeg" if name.endswith(".jpg") else "image/webp")
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
