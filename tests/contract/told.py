"""The stories as they are written: YAML in which days stay text and `on` is a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "stories"


class PlainLoader(yaml.SafeLoader):
    """Days stay text, and `on` is a word."""


PlainLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if not tag.endswith(("timestamp", "float")) and not (tag.endswith("bool") and first not in "tf")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), PlainLoader)  # a SafeLoader with less


STANDARD = _read(Path(__file__).parent / "facts.yaml")
"""For each trigger the facts of an ordinary step; a story names only what matters to it."""


def stories() -> list[Any]:
    """Every story of the folder, as (file, story)."""
    return [(path.stem, story) for path in sorted(FOLDER.glob("*.yaml")) for story in _read(path)]
