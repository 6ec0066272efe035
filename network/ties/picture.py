"""A picture of an institution's ties, drawn here: itself in the middle, those it is tied to around it. A table says the same."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 640, 520
LOW = 180  # of the picture of one or two: they stand beside the middle
REACH = (235, 180)  # how far the outer ring lies from the middle
INNER = 0.62
CROWDED = 10  # more than so many stand on two rings
MOST = 20
STAR = 30
# The khatam of the house (tokens.css), around the origin.
KHATAM = (
    (50, 0), (35, 15), (35, 35), (15, 35), (0, 50), (-15, 35), (-35, 35), (-35, 15),
    (-50, 0), (-35, -15), (-35, -35), (-15, -35), (0, -50), (15, -35), (35, -35), (35, -15),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Around:
    """One that stands around the middle: what it is called, what it is to the middle, where it leads."""

    name: str
    monogram: str
    tone: int
    relation: str  # twin, partner, member, has_member, supervised, supervises, overseen, overseer: the line's look
    word: str
    href: str
    legend: str = ""  # what such a line means, where the word says more

    @property
    def line_word(self) -> str:
        return self.legend or self.word


@dataclass(frozen=True, slots=True)
class Node:
    """Where somebody stands. Numbers are text here: a page would write them with the comma of its language."""

    around: Around
    x: str
    y: str
    points: str
    label: list[tuple[str, str]]  # a line of the name, and how far down it stands


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    x: str
    y: str
    star: str
    monogram: str
    tone: int
    nodes: list[Node]
    rest: int  # how many the picture leaves to the table

    @property
    def legend(self) -> list[tuple[str, str]]:
        """What the lines mean: one of each that is drawn. What is overseen is counted in its words, and needs none."""
        return list({node.around.relation: node.around.line_word for node in self.nodes}.items())


def draw(monogram: str, tone: int, around: Sequence[Around]) -> Picture:
    """The picture of those around, at most MOST; the table beside it has them all."""
    shown = list(around[:MOST])
    nodes = []
    height = HEIGHT if len(shown) > 2 else LOW
    middle_x, middle_y = WIDTH / 2, height / 2 - (0 if len(shown) > 2 else 20)
    begin = -pi / 2 if len(shown) > 2 else 0
    for number, one in enumerate(shown):
        angle = 2 * pi * number / max(len(shown), 1) + begin
        near = INNER if len(shown) > CROWDED and number % 2 else 1
        x, y = middle_x + cos(angle) * REACH[0] * near, middle_y + sin(angle) * REACH[1] * near
        nodes.append(Node(one, f"{x:.1f}", f"{y:.1f}", star(x, y, STAR), _label(one.name, y, above=y < middle_y - 40)))
    x, y = middle_x, middle_y
    return Picture(WIDTH, height, f"{x:.1f}", f"{y:.1f}", star(x, y, 46), monogram, tone, nodes, len(around) - len(shown))


def star(x: float, y: float, radius: float) -> str:
    return " ".join(f"{x + px * radius / 50:.1f},{y + py * radius / 50:.1f}" for px, py in KHATAM)


def _label(name: str, y: float, *, above: bool) -> list[tuple[str, str]]:
    """The name on two short lines, on the side away from the middle, where no line crosses it."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) > 17:
            if len(lines) == 2:
                lines[-1] += "…"
                break
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    first = y - STAR - 8 - 16 * (len(lines) - 1) if above else y + STAR + 17
    return [(line if len(line) <= 22 else f"{line[:21]}…", f"{first + 16 * number:.1f}") for number, line in enumerate(lines)]
