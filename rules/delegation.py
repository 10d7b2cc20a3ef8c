"""What an office's file says of delegation during leave: which roles may be lent, and for how long at most."""

from __future__ import annotations

from dataclasses import dataclass

from rules.data_file import Fields

LENDABLE = ("case_officer", "unit_head", "department_head", "principal_head")
"""经办、科室负责人、分管领导、主要负责人. What reviewers, presiders, inspectors and clerks do is theirs by qualification or
post; administrators watch one another and are never stood in for."""


@dataclass(frozen=True, slots=True)
class Delegating:
    """The roles of the office that may be lent, those of them that stay within their unit, and the longest stretch."""

    roles: tuple[str, ...] = ()
    within_unit: tuple[str, ...] = ()
    days_max: int = 0


def delegating_of(fields: Fields) -> Delegating:
    """As the office's file has it; where it says nothing, nobody lends anything. Raises DataFault."""
    if not fields.has("delegation"):
        return Delegating()
    said = Fields(fields.take("delegation"), fields.where("delegation"))
    delegating = Delegating(
        roles=said.codes("roles", LENDABLE),
        within_unit=said.codes("within_unit", LENDABLE),
        days_max=said.integer("days_max"),
    )
    said.text("mark")
    said.done()
    return delegating
