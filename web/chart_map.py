"""A chart drawn from its rows: states in layers from the beginning on, and the steps between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.core.chart import Chart

WIDE, HIGH = 136, 40
"""The size of a state."""
BESIDE, BELOW = 16, 22
"""What lies between two states of a layer, and between two layers."""
WIDEST = 4
"""How many states stand beside each other at most."""
EDGE = 22
"""Room at the right, where steps run back."""
STRAIGHTENED = 4
"""How often the order within the layers is made to follow that of their neighbours."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a state stands: its left upper corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Way:
    """A line from one state to another, with the triggers that lead along it; `back` where it runs upward."""

    path: str
    triggers: tuple[str, ...]
    back: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything of a chart that is drawn."""

    width: float
    height: float
    places: Mapping[str, Place]
    ways: Sequence[Way]


def drawn(chart: Chart) -> Drawing:
    """The drawing; steps that leave the state as it is, and entries of old records, are left out."""
    steps: dict[tuple[str, str], list[str]] = {}
    for row in chart.rows:
        if row.source is not None and row.source != row.to and row.by != {"importer"}:
            steps.setdefault((row.source, row.to), []).append(row.trigger)
    layers = _straightened(_layers(chart, steps), steps)
    widest = max(len(layer) for layer in layers)
    width = widest * (WIDE + BESIDE) - BESIDE
    places = {
        state: Place(
            (width - len(layer) * (WIDE + BESIDE) + BESIDE) / 2 + place * (WIDE + BESIDE) + 1,
            depth * (HIGH + BELOW) + 1,
        )
        for depth, layer in enumerate(layers)
        for place, state in enumerate(layer)
    }
    ways = [
        _way(places[source], places[to], tuple(dict.fromkeys(triggers)), width)
        for (source, to), triggers in steps.items()
    ]
    return Drawing(width + EDGE + 2, len(layers) * (HIGH + BELOW) - BELOW + 2, places, ways)


def _layers(chart: Chart, steps: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The states by the longest way that leads to them through states that the chart names earlier."""
    named = {state: place for place, state in enumerate(chart.states)}
    depth = dict.fromkeys(chart.states, 0)
    for source, to in sorted(steps, key=lambda step: named[step[1]]):
        if named[source] < named[to]:
            depth[to] = max(depth[to], depth[source] + 1)
    layers = [[state for state in depth if depth[state] == one] for one in range(max(depth.values()) + 1)]
    return [part for layer in layers for part in _parted(layer)]


def _parted(layer: list[str]) -> list[list[str]]:
    """The layer in rows of a bearable width."""
    return [layer[start : start + WIDEST] for start in range(0, len(layer), WIDEST)]


def _straightened(layers: list[list[str]], steps: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The same layers, each in the order of the middle of its neighbours, so that fewer lines cross."""
    beside: dict[str, list[str]] = {}
    for source, to in steps:
        beside.setdefault(source, []).append(to)
        beside.setdefault(to, []).append(source)
    for _ in range(STRAIGHTENED):
        middle = {state: (place + 0.5) / len(layer) for layer in layers for place, state in enumerate(layer)}
        layers = [
            sorted(layer, key=lambda state: _mean([middle[one] for one in beside.get(state, ())]))
            for layer in layers
        ]
    return layers


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.5


def _way(source: Place, to: Place, triggers: tuple[str, ...], width: float) -> Way:
    """Downward a gentle curve from below to above; upward and sideways an arc at the right."""
    if to.y > source.y:
        x1, y1, x2, y2 = source.x + WIDE / 2, source.y + HIGH, to.x + WIDE / 2, to.y
        bend = (y2 - y1) / 2
        path = f"M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2:.0f}"
        return Way(path, triggers, back=False)
    x1, y1, x2, y2 = source.x + WIDE, source.y + HIGH / 2, to.x + WIDE, to.y + HIGH / 2
    out = min(max(x1, x2) + EDGE + 6, width + EDGE)
    path = f"M{x1:.0f} {y1:.0f}C{out:.0f} {y1:.0f} {out:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    return Way(path, triggers, back=True)
