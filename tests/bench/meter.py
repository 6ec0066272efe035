"""CPU and memory of process trees, read from /proc; percentiles and quartiles."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> tuple[int, int]:
    """(parent, user + system ticks) of a process; OSError when it is gone."""
    rest = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return int(rest[1]), int(rest[11]) + int(rest[12])


def tree(pid: int) -> list[int]:
    """The process and all that descend from it."""
    parents: dict[int, int] = {}
    for entry in (folder.name for folder in Path("/proc").iterdir()):
        if entry.isdigit():
            try:
                parents[int(entry)] = _stat(int(entry))[0]
            except OSError:
                continue
    found = {pid}
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return sorted(found)


def cpu_ms(pid: int) -> float:
    """User + system CPU of a process tree so far, in ms (10 ms steps)."""
    total = 0
    for each in tree(pid):
        try:
            total += _stat(each)[1]
        except OSError:
            continue
    return total * 1000 / TICK


def memory_mb(pid: int, what: str = "Pss") -> float:
    """Proportional (`Pss`) or whole (`Rss`) resident memory of a process tree, in MiB."""
    total = 0
    for each in tree(pid):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))
    return total / 1024


def percentile(values: Iterable[float], q: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q / 100 * len(ordered)))] if ordered else float("nan")


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """Lower quartile, median, upper quartile."""
    if len(values) < 2:
        return (values[0],) * 3 if values else (float("nan"),) * 3
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high
