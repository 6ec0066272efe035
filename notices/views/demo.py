"""The mails of the demonstration: at home none leaves the machine, so they are read here. Routed only with DEMO=1, which production refuses."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from network.fragments import page
from network.requests import Request
from notices.mail import outbox, shown
from notices.models import Mail

ROWS = 30
_BETWEEN = b"\n" + b"-" * 79 + b"\n"  # as Django's file backend parts them
LOOKS = ("wide", "phone", "dark")


@require_safe
def mails(request: Request) -> HttpResponse:
    """The newest first, with what became of each; `?to=` those to one address."""
    _only_demo()
    found, address = Mail.objects.select_related("user__page").order_by("-pk"), request.GET.get("to", "").strip()
    if address:
        found = found.filter(address__iexact=address)
    paged = Paginator(found, ROWS).get_page(request.GET.get("page"))
    return page(request, "notices/demo_mails.html", paged=paged, folder=settings.EMAIL_FILE_PATH, to_whom=address)


@require_safe
def mail(request: Request, mail_id: int) -> HttpResponse:
    """One mail: as it arrives (`?look=` wide, phone or dark), its words, its headers, its source."""
    _only_demo()
    row = get_object_or_404(Mail.objects.select_related("user__page__country", "user__preferences"), pk=mail_id)
    message, is_as_sent = _message(row)
    part = message.get_body(("plain",)) if message is not None else None
    look = request.GET.get("look", "")
    answer = page(
        request,
        "notices/demo_mail.html",
        mail=row,
        headers=[(name, str(value)) for name, value in message.items()] if message is not None else [],
        text=part.get_content() if part is not None else "",
        source=message.as_bytes().decode("utf-8", "replace") if message is not None else "",
        has_html=_html(message) != "",
        is_as_sent=is_as_sent,
        look=look if look in LOOKS else LOOKS[0],
        looks={"wide": _("Wide"), "phone": _("Phone"), "dark": _("Dark")},
    )
    return shown.framing(answer)


@require_safe
@xframe_options_exempt
def body(request: Request, mail_id: int) -> HttpResponse:
    """The mail itself, for the frame of the page above; `?look=dark` as a program in the dark shows it."""
    _only_demo()
    row = get_object_or_404(Mail.objects.select_related("user__page__country", "user__preferences"), pk=mail_id)
    html = _html(_message(row)[0])
    if not html:
        raise Http404
    # A browser tells a frame the scheme of its own window; here one looks at either.
    dark = request.GET.get("look") == "dark"
    return shown.framed(html.replace("(prefers-color-scheme: dark)", "all" if dark else "not all"))


def _message(row: Mail) -> tuple[EmailMessage | None, bool]:
    """The mail as it went out, from the folder (True); or as it would go out now: one that waits, or whose file is gone."""
    mark = f"Message-ID: {row.message_id}".encode()
    folder = Path(settings.EMAIL_FILE_PATH)
    for path in sorted(folder.glob("*.log"), reverse=True)[:500] if folder.is_dir() else ():
        for raw in path.read_bytes().split(_BETWEEN):
            if mark in raw:
                return _read(raw.lstrip()), True
    if row.kind == Mail.Kind.READY and not row.about:
        return None, False  # its words went with it
    # Composing claims what a digest tells of; whoever only looks takes it back.
    with transaction.atomic():
        letter = outbox.compose(row)
        transaction.set_rollback(True)
    return (_read(letter.message(row).message().as_bytes()) if letter is not None else None), False


def _read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _html(message: EmailMessage | None) -> str:
    part = message.get_body(("html",)) if message is not None else None
    return str(part.get_content()) if part is not None else ""


def _only_demo() -> None:
    if not settings.DEMO or settings.PRODUCTION:
        raise Http404
