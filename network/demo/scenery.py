"""A landscape for the covers of demo sites: hills before a sun, drawn by us and of nowhere."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
WIDTH, HEIGHT = 1600, 840
EVENING: tuple[Colour, Colour, Colour] = ((250, 190, 140), (160, 126, 150), (40, 45, 52))  # above, at the horizon, the nearest hill
MORNING: tuple[Colour, Colour, Colour] = ((126, 178, 190), (246, 222, 180), (92, 62, 40))


def landscape(colours: tuple[Colour, Colour, Colour], *, turn: float) -> io.BytesIO:
    """A JPEG; `turn` moves hills and sun."""
    above, horizon, near = colours
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    pen = ImageDraw.Draw(picture)
    for row in range(HEIGHT):
        pen.line([(0, row), (WIDTH, row)], fill=_between(above, horizon, row / HEIGHT))
    sun = WIDTH * (0.3 + 0.4 * abs(math.sin(turn)))
    pen.ellipse([sun - 90, 300, sun + 90, 480], fill=(255, 238, 200))
    for hill in range(4):
        top = 520 + 70 * hill
        line = [
            (x, top + 34 * math.sin(x / (150 - 22 * hill) + hill + turn) + 14 * math.sin(x / 41 + hill)) for x in range(0, WIDTH + 8, 8)
        ]
        pen.polygon([(0, HEIGHT), *line, (WIDTH, HEIGHT)], fill=_between(horizon, near, 0.3 + 0.23 * hill))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out


def _between(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
