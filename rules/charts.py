"""Reads the charts and their dictionary from their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from engine.core.chart import Charts, build_chart

CHARTS_FOLDER = Path(__file__).parent.parent / "engine" / "core" / "charts"
ORDER = (
    "inspection",
    "finding",
    "rectification",
    "penalty",
    "transfer",
    "copy_notice",
    "credit_flag",
    "criminal_referral",
)


def load_charts(folder: Path = CHARTS_FOLDER) -> Charts:
    """All charts of the house; raises ChartFault when a file contradicts itself."""
    charts = {name: build_chart(_read(folder / f"{name}.yaml")) for name in ORDER}
    return Charts(charts, _read(folder / "dictionary.yaml"))


def chart_files(folder: Path = CHARTS_FOLDER) -> dict[str, dict[str, Any]]:
    """The charts as data, as declared, in the shape of the contract's `charts`."""
    return {name: _read(folder / f"{name}.yaml") for name in ORDER}


def _read(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        read: dict[str, Any] = yaml.load(file, Loader=yaml.CSafeLoader)
    return read
