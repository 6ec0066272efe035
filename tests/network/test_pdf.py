"""Paper: our templates become PDF with our own letters, and nothing from anywhere else."""

from __future__ import annotations

import contextlib
import zlib

import pytest
from django.template import engines
from django.test import override_settings

from network.pdf import _HOME, _fetcher, pdf, pdf_response

PAGE = """{% extends "pdf/base.html" %}{% block title %}شهادة{% endblock %}{% block body %}
<h1>مدرسة النخيل الابتدائية</h1><p>Accredited 2026</p><img src="http://127.0.0.1:9/x.png" alt=""><img src="file:///etc/passwd" alt="">{% endblock %}"""


def test_a_template_becomes_a_pdf_with_the_houses_letters_and_fetches_nothing(tmp_path, monkeypatch, settings):
    asked = []
    monkeypatch.setattr("socket.socket.connect", lambda self, address: asked.append(address))
    (tmp_path / "paper_probe.html").write_text(PAGE, "utf-8")
    with override_settings(TEMPLATES=[{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]):
        engines._engines = {}
        made = pdf("paper_probe.html", {}, language="ar")
    assert made.startswith(b"%PDF-") and asked == []
    unpacked = made + b"".join(_streams(made))
    assert b"Plex" in unpacked and b"root:" not in unpacked


def test_a_pdf_is_offered_under_a_name_in_any_script():
    response = pdf_response("شهادة", b"%PDF-1.7")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename=\"_____.pdf\"; filename*=UTF-8''%D8%B4%D9%87%D8%A7%D8%AF%D8%A9.pdf"


@pytest.mark.parametrize(("language", "label_first_from"), [("ar", "right"), ("fr", "left")])
def test_a_label_stands_on_the_side_where_reading_begins(language, label_first_from):
    from weasyprint import HTML  # noqa: PLC0415 -- as network.pdf does

    facts = '{% extends "pdf/base.html" %}{% block body %}<dl class="facts"><dt>A</dt><dd>B</dd></dl>{% endblock %}'
    html = engines["django"].from_string(facts).render({"language": language, "rtl": language == "ar"})
    boxes = HTML(string=html, base_url=_HOME, url_fetcher=_fetcher()).render().pages[0]._page_box.descendants()
    at = {box.element_tag: box.position_x for box in boxes if box.element_tag in ("dt", "dd")}
    assert (at["dt"] > at["dd"]) is (label_first_from == "right")


@pytest.mark.parametrize(("text", "begins_at"), [("نصّ بالعربية", "right"), ("Un texte en français", "left"), ("1. مرحبا", "right")])
def test_what_people_wrote_runs_as_it_reads_on_a_page_of_either_direction(monkeypatch, text, begins_at):
    from weasyprint import HTML  # noqa: PLC0415 -- as network.pdf does

    seen = {}

    def look(self, *args, **kwargs):
        boxes = list(self.render().pages[0]._page_box.descendants())
        paragraph = next(box for box in boxes if box.element_tag == "p" and hasattr(box, "width") and not hasattr(box, "text"))
        words = next(box for box in boxes if getattr(box, "text", "") and text.split()[-1] in box.text)
        seen[language] = "right" if words.position_x - paragraph.position_x > 20 else "left"
        return b""

    monkeypatch.setattr(HTML, "write_pdf", look)
    page = '{% extends "pdf/base.html" %}{% block body %}<p dir="auto">{{ text }}</p>{% endblock %}'
    monkeypatch.setattr("network.pdf.render_to_string", lambda template, context: engines["django"].from_string(page).render(context))
    for language in ("ar", "fr"):
        pdf("any", {"text": text}, language=language)
    assert seen == {"ar": begins_at, "fr": begins_at}


def _streams(data: bytes) -> list[bytes]:
    found, place = [], 0
    while (start := data.find(b"stream\n", place)) >= 0:
        end = data.find(b"endstream", start)
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompress(data[start + 7 : end]))
        place = end + 9
    return found
