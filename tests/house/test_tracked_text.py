"""Laws about every tracked file: nothing in it belongs to one machine, and no trust is given by hand without a reason."""

import re

import pytest

from tests.house.tracked import lines

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

# Written in halves, so that this file keeps its own law.
_HOSTS = [
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"), ("deb.debian", "org"),
    ("crates", "io"), ("rubygems", "org"), ("golang", "org/dl"), ("proxy.golang", "org"), ("ghcr", "io"), ("docker", "io"), ("quay", "io"),
    ("gcr", "io"), ("jsdelivr", "net"), ("unpkg", "com"), ("cdnjs", "com"), ("cloudflare", "com/ajax"), ("fonts.googleapis", "com"),
    ("ajax.googleapis", "com"), ("storage.googleapis", "com"), ("gstatic", "com"), ("conda", "anaconda.org"), ("files.python", "org"),
]  # fmt: skip
_FOLDERS = ("work", "farm", "root", "home")


def test_no_tracked_text_names_a_host_of_packages() -> None:
    host = re.compile("|".join(rf"\b{re.escape(f'{name}.{end}')}" for name, end in _HOSTS), re.IGNORECASE)
    assert [place for place, line in lines() if host.search(line)] == []


def test_no_tracked_text_names_a_folder_of_one_machine() -> None:
    path = re.compile(rf"(^|[^\w./<{{}}-])/({'|'.join(_FOLDERS)})/\w")
    assert [place for place, line in lines() if path.search(line)] == []


def test_locks_carry_hashes_and_exact_versions() -> None:
    pins = [line for _place, line in lines("requirements/*.txt") if re.match(r"[a-z]", line)]
    assert len(pins) > 50
    assert [line for line in pins if not re.match(r"^[a-z0-9._-]+(\[[a-z,]+\])?==[\w.+!-]+( ;.*)? \\$", line)] == []


def test_trust_given_by_hand_carries_its_reason() -> None:
    """mark_safe, |safe, csrf_exempt and raw SQL in templates and code: only with a comment that says why on the same line or above."""
    trust = re.compile(
        r"\|\s*safe\b|\bmark_safe\(|@csrf_exempt|autoescape off|\.extra\(|__all__\s*=\s*['\"]fields|fields\s*=\s*['\"]__all__"
    )
    bare, before = [], ""
    for place, line in lines("*.py", "templates/*.html"):  # mails in plain text escape nothing
        if (
            trust.search(line)
            and not place.startswith("tests/")
            and not ("#" in line or "{#" in line or before.lstrip().startswith(("#", "{#")))
        ):
            bare.append(place)
        before = line
    assert bare == []


def test_templates_carry_no_inline_script_style_or_handler() -> None:
    inline = re.compile(
        r"\sstyle=|\son[a-z]+=|<style\b|<script(?![^>]*\bsrc=)(?![^>]*type=\"(application/json|importmap)\")|=\s*['\"]?\s*javascript:",
        re.IGNORECASE,
    )
    places = [place for place, line in lines("templates/*.html", "*/templates/*.html") if inline.search(line)]
    assert [place for place in places if "/email/" not in place] == []  # mail readers know no style sheet


def test_styles_know_no_left_and_right() -> None:
    side = re.compile(
        r"(margin|padding|border|inset)-(left|right)|(^|[\s;{])(left|right)\s*:|text-align:\s*(left|right)|float:\s*(left|right)"
    )
    assert [place for place, line in lines("static/css/*.css") if side.search(line) and "physical:" not in line] == []
