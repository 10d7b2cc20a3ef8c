"""What an office's file says of lights and reminders: when yellow comes, and when who is reminded."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from engine.core.ladder import WHENS, Rung
from rules.data_file import Fields
from rules.faults import nearest

ROLES = ("case_officer", "unit_head", "department_head", "supervisor")
"""经办、科室负责人、分管领导、领导小组办公室: the principal head is reached by what only they may do, not by a ladder."""
_AFTER_THE_END = re.compile(r"overdue\+([1-9][0-9]{0,2})")
_SHARE = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")
_ALLOWED = (*WHENS, "overdue+3")


def rungs_of(fields: Fields) -> tuple[Rung, ...]:
    """The rungs in the order of the file; none where it says none."""
    rungs: list[Rung] = []
    for position, item in enumerate(fields.items("escalation")):
        entry = Fields(item, fields.where(f"escalation/{position}"))
        rung = _rung(entry)
        entry.done()
        if any(rung.name == other.name for other in rungs):
            raise entry.fault("when", "twice", value=rung.name)
        rungs.append(rung)
    return tuple(rungs)


def _rung(entry: Fields) -> Rung:
    name = entry.text("when")
    after = _AFTER_THE_END.fullmatch(name)
    if after is None and name not in WHENS:
        raise entry.fault("when", "no_rung", near=nearest(name, _ALLOWED), value=name, allowed=_ALLOWED)
    rung = Rung(
        name=name,
        when="overdue" if after else name,
        working_days=int(after.group(1)) if after else 0,
        roles=entry.codes("roles", ROLES),
        zh=entry.text("zh"),
        en=entry.text("en"),
        mark=entry.text("mark"),
        message=entry.boolean("message", default=True),
    )
    if not rung.roles:
        raise entry.fault("roles", "rung_reminds_nobody")
    if not rung.mark.startswith("PRACTICE"):
        raise entry.fault("mark", "rung_is_practice")
    return rung


def lights_of(fields: Fields) -> dict[str, int | Fraction]:
    """The office's own yellow lights by term; whether they fit the term is for `with_lights` to say."""
    said: Any = fields.take("lights") if fields.has("lights") else {}
    lights = Fields(said, fields.where("lights"))
    return {name: _light(lights, name) for name in said}


def _light(lights: Fields, name: str) -> int | Fraction:
    value = lights.take(name)
    share = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if share is not None:
        return Fraction(int(share.group(1)), int(share.group(2)))
    if type(value) is not int or value < 0:
        raise lights.fault(name, "not_count")
    return value
