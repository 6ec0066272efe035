"""The picture of a site that other sites show with a link to it (OpenGraph): drawn by us, kept in a file."""

from __future__ import annotations

import hashlib
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont, features

if TYPE_CHECKING:
    from network.sites.places import Place

WIDTH, HEIGHT, EDGE = 1200, 630, 80
FACES = {"ar": "plex-arabic-600.woff2", "fr": "plex-latin-600.woff2", "en": "plex-latin-600.woff2"}
TONES = {1: (0, 93, 93), 2: (110, 69, 30), 3: (56, 79, 123), 4: (117, 61, 60), 5: (45, 92, 56), 6: (99, 65, 106)}  # the covers of the pages
SHAPES = features.check("raqm")  # without it Arabic letters would stand unjoined: then the star stands alone


def card(place: Place, language: str) -> bytes:
    """A PNG of 1200 × 630: name, country, star. Slow the first time (some 60 ms); then read from its file."""
    under = place.entity.country.name if place.entity is not None and place.entity.country is not None else ""
    monogram = place.entity.monogram if place.entity is not None else ""
    about = "|".join((place.name, under, monogram, str(place.tone), language, "2"))
    path = Path(settings.MEDIA_ROOT) / "cards" / f"{hashlib.sha256(about.encode()).hexdigest()[:32]}.png"
    if path.exists():
        return path.read_bytes()
    data = draw(place.name, under, tone=place.tone, language=language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return data


def draw(name: str, under: str, *, tone: int, language: str) -> bytes:
    ground = TONES.get(tone, TONES[1])
    picture = Image.new("RGB", (WIDTH, HEIGHT), ground)
    pen = ImageDraw.Draw(picture)
    for row in range(HEIGHT):  # darker towards the foot, where the words stand
        share = 1 - 0.45 * row / HEIGHT
        pen.line([(0, row), (WIDTH, row)], fill=tuple(int(part * share) for part in ground))
    is_right = language == "ar"
    _star(pen, (EDGE + 75, 150) if not is_right else (WIDTH - EDGE - 75, 150), 75, ground)
    if SHAPES:
        _words(pen, name, under, language, is_right=is_right)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _star(pen: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, ground: tuple[int, int, int]) -> None:
    """The eight-pointed star of the house."""
    corners = []
    for turn in range(16):
        far = radius if turn % 2 == 0 else radius * 0.765
        corners.append((centre[0] + far * math.sin(turn * math.pi / 8), centre[1] - far * math.cos(turn * math.pi / 8)))
    pen.polygon(corners, fill="white")
    inner = radius * 0.2
    pen.ellipse([centre[0] - inner, centre[1] - inner, centre[0] + inner, centre[1] + inner], fill=ground)


def _words(pen: ImageDraw.ImageDraw, name: str, under: str, language: str, *, is_right: bool) -> None:
    """The name in as many lines as it needs, up to three, from the foot upwards; below it the country."""
    for size in (76, 64, 52, 42):
        font = _font(name, size)
        lines = _broken(pen, name, font)
        if len(lines) <= 3:
            break
    lines = lines[:3]
    step, small = round(size * 1.45), _font(under, 40)
    top = HEIGHT - EDGE - (70 if under else 0) - step * len(lines)
    for at, line in enumerate(lines):
        _line(pen, line, top + at * step, font, is_right=is_right, fill="white")
    if under:
        _line(pen, under, HEIGHT - EDGE - 50, small, is_right=is_right, fill=(225, 235, 235))


def _line(
    pen: ImageDraw.ImageDraw, text: str, top: float, font: ImageFont.FreeTypeFont, *, is_right: bool, fill: str | tuple[int, ...]
) -> None:
    direction = "rtl" if _is_arabic(text) else "ltr"
    place = (WIDTH - EDGE, top) if is_right else (EDGE, top)
    pen.text(place, text, font=font, fill=fill, anchor="ra" if is_right else "la", direction=direction)


def _broken(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split():
        tried = f"{lines[-1]} {word}".strip()
        if lines[-1] and pen.textlength(tried, font=font) > WIDTH - 2 * EDGE:
            lines.append(word)
        else:
            lines[-1] = tried
    return lines


def _font(text: str, size: int) -> ImageFont.FreeTypeFont:
    face = FACES["ar"] if _is_arabic(text) else FACES["en"]
    return ImageFont.truetype(str(Path(settings.BASE_DIR) / "static" / "fonts" / face), size)


def _is_arabic(text: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in text)
