"""Paper: a template becomes a PDF in the house's fonts. Nothing is fetched from anywhere: only our own style, fonts and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from network.text import direction

_HOME = "paper:///"


class PdfUnavailable(Exception):
    """The machine lacks what draws letters (Debian: libpango-1.0-0, libpangoft2-1.0-0). The message is for people."""

    def __init__(self) -> None:
        super().__init__(_("PDF files cannot be made on this machine yet: ask its administrator to install Pango."))


def pdf(template: str, context: dict[str, Any], *, language: str) -> bytes:
    """The document of a template (it extends pdf/base.html) in a language. PdfUnavailable where Pango is missing.

    It takes a tenth of a second to some seconds of CPU: give it a thread that may wait, or a job.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415 -- loads Pango, which a small machine may lack
    except OSError as error:
        raise PdfUnavailable from error
    with translation.override(language):
        html = render_to_string(template, {**context, "language": language, "rtl": language == "ar"})
    paper = HTML(string=html, base_url=_HOME, url_fetcher=_fetcher())
    for element in paper.etree_element.iter():  # WeasyPrint leaves dir="auto" and <bdi> to browsers
        if element.get("dir") == "auto" or (element.tag == "bdi" and element.get("dir") is None):
            element.set("dir", direction("".join(element.itertext())))
    return bytes(paper.write_pdf())


def pdf_response(name: str, data: bytes, *, inline: bool = False) -> HttpResponse:
    """A PDF to open (`inline`) or to download, under a name in any script."""
    response = HttpResponse(data, content_type="application/pdf")
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    response["Content-Disposition"] = (
        f"{'inline' if inline else 'attachment'}; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(name)}.pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 -- see pdf()

    class House(URLFetcher):
        """Gives out files of static/ and data: addresses; everything else does not exist."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            where = urlsplit(url)
            found = finders.find(where.path.removeprefix(settings.STATIC_URL).lstrip("/")) if where.scheme == "paper" else None
            if not isinstance(found, str):
                raise ValueError(f"Paper takes nothing from {where.scheme}.")
            return super().fetch(Path(found).as_uri(), headers)

    return House(allowed_protocols=("data", "file"))
