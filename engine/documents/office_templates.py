"""The folder in which an office keeps templates of its own: read, laid over the program's, every fault with file and line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.documents.bound import Bound, bound
from engine.documents.template import HOUSE, HouseRules, TemplateFault, load_template
from rules.data_file import DataFault, read_data
from rules.strict_yaml import Lines, parsed

FONTS = "fonts"
"""The folder of the office's own typefaces, within the folder of its templates."""
BLOCKS = {
    "text": "ParagraphTemplate",
    "columns": "GridTemplate",
    "entries": "ListTemplate",
    "seal": "SealTemplate",
    "slip": "SlipTemplate",
}
"""By which member a block is known."""
SAID = {
    "extra_forbidden": ("不认识这一项", "is not known here"),
    "missing": ("缺少这一项", "is missing"),
}


@dataclass(slots=True)
class OfficeTemplates:
    """What the folder offers, by kind; a file with a fault offers nothing and is told among the faults."""

    offered: dict[str, Bound] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """Each as `FILE:LINE: what is wrong`, in both languages."""


def read_folder(folder: Path, house: HouseRules, kinds: Collection[str]) -> OfficeTemplates:
    """The templates of the folder, for papers of these kinds; nothing where there is no folder."""
    found = OfficeTemplates()
    if not folder.is_dir():
        return found
    rules = house
    if (folder / HOUSE).exists():
        try:
            rules = _laid_over(house, read_data(folder / HOUSE))
        except (DataFault, ValidationError, TypeError) as fault:
            found.faults += told(folder / HOUSE, fault)
            return found
    for path in sorted(folder.glob("*.yaml")):
        if path.name == HOUSE:
            continue
        try:
            template = load_template(path, rules)
        except (DataFault, ValidationError, TemplateFault) as fault:
            found.faults += told(path, fault)
            continue
        if template.kind in kinds:
            found.offered[template.kind] = bound(template, rules)
        else:
            found.faults.append(f"{path}:1: 没有 {template.kind} 这种文书 · there is no such kind of paper")
    return found


def _laid_over(house: HouseRules, said: Any) -> HouseRules:
    """The rules of the house with those members of style, choices and fields that the office's own file says."""
    if not isinstance(said, dict):
        raise TypeError
    whole = house.model_dump(mode="json", by_alias=True)
    for part, members in said.items():
        whole[part] = whole[part] | members if part in whole else members
    return HouseRules.model_validate(whole)


def told(path: Path, fault: Exception) -> list[str]:
    """The fault in sentences, each with the line of the file that it is about."""
    if isinstance(fault, DataFault):
        return [str(fault)]
    if isinstance(fault, TemplateFault):
        return [f"{path}:{_line_of(path, fault.written)}: {fault.zh} · {fault.en}"]
    if not isinstance(fault, ValidationError):
        return [f"{path}:1: 应当是 style、choices、fields 三项的映射 · must map style, choices and fields"]
    lines: Lines = {}
    data = parsed(path, lines)
    faults: dict[str, str] = {}
    for one in fault.errors(include_url=False):
        for pointer, name in _places(data, one["loc"]):
            zh, en = SAID.get(one["type"], ("写得不对", one["msg"]))
            place = pointer
            while place not in lines and place:
                place = place.rpartition("/")[0]
            faults.setdefault(pointer, f"{path}:{lines.get(place, 1)}: {name} {zh} · {name} {en}")
    return list(faults.values())


def _places(data: Any, steps: tuple[int | str, ...]) -> Iterator[tuple[str, str]]:
    """Pointer and name of what an error is about; nothing where it tries a kind of block that this one is not."""
    pointer, name = "", "/"
    for step in steps:
        if isinstance(step, str) and step in BLOCKS.values():
            meant = [kind for member, kind in BLOCKS.items() if isinstance(data, Mapping) and member in data]
            if (meant or list(BLOCKS.values()))[0] != step:
                return
        elif isinstance(data, list) and isinstance(step, int):
            data, pointer = data[step], f"{pointer}/{step}"
        elif isinstance(data, Mapping) and step in data:
            data, pointer, name = data[step], f"{pointer}/{step}", str(step)
        elif isinstance(data, Mapping) and isinstance(step, str) and step.islower():
            name = step
    yield pointer, name


def _line_of(path: Path, written: str) -> int:
    """The first line that holds what was written as a word of its own; comments aside."""
    word = re.compile(r"(?<![a-z_.])" + re.escape(written) + r"(?![a-z_.])")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if word.search(line.partition(" # ")[0]) and not line.lstrip().startswith("#"):
            return number
    return 1
