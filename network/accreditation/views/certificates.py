"""Certificates: the paper, and the public page on which anyone verifies one."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.views.decorators.http import require_safe

from network import rates
from network.accreditation.forms import CodeForm
from network.accreditation.models import Certificate, Step
from network.accreditation.views.joining import find
from network.fragments import done, page
from network.pdf import PdfUnavailable, pdf, pdf_response
from network.requests import Request


@require_safe
def ask(request: Request) -> HttpResponse:
    """Where to type the code."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return done(request, f"{request.path}{form.cleaned_data['code']}/")
    return page(request, "accreditation/verify.html", status=422 if form.is_bound else 200, nav="entities", form=form)


@require_safe
def verify(request: Request, certificate_code: str) -> HttpResponse:
    """Whether it holds good: valid, lapsed, suspended, ended, or unknown (404). Nothing else than the certificate says."""
    rates.spend("verify", rates.address_of(request))
    found = _certificates().filter(code=certificate_code.upper()).first()
    if found is None:
        return page(request, "accreditation/certificate.html", status=404, nav="entities", certificate=None)
    return page(request, "accreditation/certificate.html", nav="entities", certificate=found, application=found.application)


@require_safe
@login_required
def paper(request: Request, application_id: int) -> HttpResponse:
    """The certificate on paper, in Arabic, for whoever sees the application."""
    application = find(request.actor, application_id)
    certificate = get_object_or_404(_certificates(), application=application)
    try:
        made = drawn(certificate)
    except PdfUnavailable as refusal:
        messages.error(request, str(refusal))
        return done(request, application.get_absolute_url())
    return pdf_response(certificate.number, made)


def drawn(certificate: Certificate) -> bytes:
    """The PDF; its square leads to the public page."""
    where = f"{settings.LINK_ORIGIN}/ar{certificate.path}"
    endorsed = certificate.application.steps.filter(verb=Step.Verb.ENDORSED, in_stead=False).select_related("on_behalf_of").last()
    context: dict[str, Any] = {
        "endorser": endorsed.on_behalf_of if endorsed is not None else None,  # what the secretariat did in its stead is not said of it
        "certificate": certificate,
        "application": certificate.application,
        "square": segno.make(where, error="m").svg_data_uri(scale=4, border=0, dark="#143c3a"),
        "where": where,
    }
    with translation.override("ar"):
        return pdf("accreditation/paper.html", context, language="ar")


def _certificates() -> QuerySet[Certificate]:
    return Certificate.objects.select_related(
        "application__procedure__kind", "application__country", "application__commission", "application__entity"
    )


__all__ = ["ask", "drawn", "paper", "verify"]
