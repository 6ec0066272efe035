"""The mails of the demonstration: at home none leaves the machine, so they are read here. Routed only with DEMO=1, which production refuses."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from network.fragments import page
from network.requests import Request
from notices.mail import outbox, shown
from notices.models import Mail

ROWS = 30
_BETWEEN = b"-" * 79  # as Django's file backend parts them


@require_safe
def mails(request: Request) -> HttpResponse:
    """The newest first, with what became of each."""
    _only_demo()
    found = Mail.objects.select_related("user__page").order_by("-pk")
    return page(
        request, "notices/demo_mails.html", paged=Paginator(found, ROWS).get_page(request.GET.get("page")), folder=settings.EMAIL_FILE_PATH
    )


@require_safe
def mail(request: Request, mail_id: int) -> HttpResponse:
    """One mail: as it arrives, its words, its headers."""
    _only_demo()
    row = get_object_or_404(Mail.objects.select_related("user__page__country", "user__preferences"), pk=mail_id)
    message = _message(row)
    headers = [(name, str(value)) for name, value in message.items()] if message is not None else []
    part = message.get_body(("plain",)) if message is not None else None
    text = part.get_content() if part is not None else ""
    return shown.framing(
        page(request, "notices/demo_mail.html", mail=row, headers=headers, text=text, has_html=_html(message) != "", subject=row.subject)
    )


@require_safe
@xframe_options_exempt
def body(request: Request, mail_id: int) -> HttpResponse:
    _only_demo()
    html = _html(_message(get_object_or_404(Mail.objects.select_related("user__page__country", "user__preferences"), pk=mail_id)))
    if not html:
        raise Http404
    return shown.framed(html)


def _message(row: Mail) -> EmailMessage | None:
    """The mail as it went out, from the folder; one that waits, as it would go out now."""
    mark = row.message_id.encode()
    folder = Path(settings.EMAIL_FILE_PATH)
    for path in sorted(folder.glob("*.log"), reverse=True)[:500] if folder.is_dir() else ():
        raw = path.read_bytes()
        if mark in raw:
            found = next(part for part in raw.split(_BETWEEN) if mark in part)
            return _read(found.strip())
    if row.state != Mail.State.WAITING:
        return None
    letter = outbox.compose(row)
    if letter is None:
        return None
    return _read(letter.message(row).message().as_bytes())


def _read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _html(message: EmailMessage | None) -> str:
    part = message.get_body(("html",)) if message is not None else None
    return str(part.get_content()) if part is not None else ""


def _only_demo() -> None:
    if not settings.DEMO or settings.PRODUCTION:
        raise Http404
