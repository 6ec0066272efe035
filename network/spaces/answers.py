"""What views of places have in common: where to go after a write, and how a refusal comes back into its form."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from network.fragments import done
from network.requests import Request


def back(request: Request, fallback: str) -> HttpResponse:
    """After a write: the page the form stood on (`next`, on this site only), else `fallback`."""
    to = request.POST.get("next", "")
    return done(request, to if url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure()) else fallback)


def refuse(form: forms.BaseForm, error: ValidationError) -> None:
    """Put what an action refused beside the field it speaks of, or above the form."""
    for field, errors in (error.message_dict if hasattr(error, "error_dict") else {"": error.messages}).items():
        for sentence in errors:
            form.add_error(field if field in form.fields else None, sentence)


def sentence(error: ValidationError) -> str:
    """What an action refused, in one line."""
    return " ".join(error.messages)
