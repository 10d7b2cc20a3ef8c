"""What an office's file says of who must prove more, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from rules.data_file import Fields

ROLES = (
    *("inspector", "case_officer", "unit_head", "legal_reviewer", "hearing_presider", "department_head"),
    *("principal_head", "duty_clerk", "supervisor", "oversight_reader"),
    *("system_admin", "security_admin", "audit_admin"),
)

COMMANDS = ("backup", "restore")
"""Commands of which an office may ask that a person proves to be there; other ones ask it anyway."""


@dataclass(frozen=True, slots=True)
class Proving:
    """Roles that must have a second factor, and how old a proof may be at grave acts; None for as old as a session."""

    second_factor_roles: tuple[str, ...] = ()
    proof_lasts: timedelta | None = None
    proven_commands: tuple[str, ...] = ()
    """Commands on the machine that somebody runs who is named and has proven to be there."""


def proving_of(fields: Fields) -> Proving:
    """As the office's file has it; where it says nothing, nothing more is asked. Raises DataFault."""
    if not fields.has("identity"):
        return Proving()
    said = Fields(fields.take("identity"), fields.where("identity"))
    minutes = said.integer("proof_minutes")
    proving = Proving(
        second_factor_roles=said.codes("second_factor_roles", ROLES),
        proof_lasts=timedelta(minutes=minutes) if minutes else None,
        proven_commands=said.codes("proven_commands", COMMANDS) if said.has("proven_commands") else (),
    )
    said.text("mark")
    said.done()
    return proving
