"""Bars of days as an SVG: numbers in, shapes out. Its table says the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from insights.queries import Day

WIDTH, HEIGHT, FOOT, SIDE = 720, 220, 24, 44


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    height: float
    width: float
    day: Day


@dataclass(frozen=True, slots=True)
class Line:
    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    day: Day


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[Bar]
    lines: list[Line]
    marks: list[Mark]
    rtl: bool
    width: int = WIDTH
    height: int = HEIGHT
    foot: int = HEIGHT - 6

    @property
    def floor(self) -> int:
        return HEIGHT - FOOT

    @property
    def axis(self) -> int:
        """Where the numbers stand: at the side on which the days begin."""
        return WIDTH - SIDE + 8 if self.rtl else SIDE - 8

    @property
    def begins(self) -> int:
        return 0 if self.rtl else SIDE

    @property
    def ends(self) -> int:
        return WIDTH - SIDE if self.rtl else WIDTH


def chart(days: Sequence[Day], *, rtl: bool) -> Chart:
    """Visitors a day; time runs as the page reads."""
    top = _round_up(max((day.visitors for day in days), default=0))
    floor, room = HEIGHT - FOOT, HEIGHT - FOOT - 12
    step = (WIDTH - SIDE) / max(len(days), 1)

    def place(n: int) -> float:
        start = SIDE + n * step
        return round(WIDTH - start - step if rtl else start, 1)

    bars = []
    for n, day in enumerate(days):
        height = round(room * day.visitors / top, 1)
        bars.append(Bar(place(n) + 1, round(floor - height, 1), height, round(step - 2, 1), day))
    lines = [Line(round(floor - room * part / 2, 1), top * part // 2) for part in (0, 1, 2)]
    marks = [Mark(round(place(n) + step / 2, 1), day) for n, day in enumerate(days) if n % 15 == 7]
    return Chart(bars, lines, marks, rtl)


def _round_up(most: int) -> int:
    """The next round number above, even so that its half is whole."""
    scale = 2
    while True:
        for factor in (1, 2, 5):
            if scale * factor >= most:
                return scale * factor
        scale *= 10
