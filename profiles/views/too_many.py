"""What allauth answers when somebody knocks too often."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from network.requests import Request

SECONDS = 300  # its limits are counted over five minutes and more


def too_many(request: Request) -> HttpResponse:
    """429 in our look, with the time to wait."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(SECONDS)
    return response
