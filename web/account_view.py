"""An account in words: what it may do, what was done to it, and the fields of each form that proposes something of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.account_reader import DISABLED
from engine.core.policies import roles_for
from engine.core.two_persons import TWO_PERSONS
from engine.user_acts import CERTIFICATE_LENGTH_MAX, NAME_LENGTH_MAX
from models.columns import ID_LENGTH
from web.asking import Asking
from web.fields import Choice, Field
from web.naming import Names
from web.proposing import whose

FORMS = ("user.change", "user.passwd", "user.same_person", "user.reset_second_factor", "user.disable")
"""What is proposed of one account, in the order of the forms."""
SHOWN = ("name", "department", "unit", "roles", "certificate_no", "person", "other", "scope", "expires")
"""What a proposal or an entry tells of an account, in this order."""


def changes_accounts(asking: Asking) -> bool:
    """True when the person proposes and confirms changes of accounts."""
    return not asking.who.roles.isdisjoint(roles_for("account.change"))


def shown_account(asking: Asking, names: Names, item: Mapping[str, Any]) -> dict[str, Any]:
    """The account with its codes in words."""
    words = asking.words
    return {
        **item,
        "department_name": names.department(item["department"]),
        "unit_name": unit_name(asking, item["unit"]),
        "shown_roles": words.comma.join(names.role(role) for role in item["roles"]),
        "shown_state": words(f"accounts.state_{item['state']}"),
        "disabled": item["state"] == DISABLED,
    }


def unit_name(asking: Asking, code: str | None) -> str:
    """The name of a unit of the office, empty for none."""
    unit = asking.house.office.units.get(code or "")
    return unit.zh if unit else ""


def shown_detail(asking: Asking, names: Names, detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an act did, or will do, to the account: names with values in words, of a change the former value too."""
    told = []
    for name in SHOWN:
        if name not in detail:
            continue
        value = _value(asking, names, name, detail[name])
        if f"{name}_before" in detail:
            value = f"{_value(asking, names, name, detail[f'{name}_before'])} → {value}"
        told.append((asking.words(f"accounts.{name}"), value))
    return told


def _value(asking: Asking, names: Names, name: str, value: Any) -> str:
    if name == "department":
        return names.department(value)
    if name == "unit":
        return unit_name(asking, value) or asking.words("accounts.no_unit")
    if name == "roles":
        return asking.words.comma.join(names.role(role) for role in value)
    return asking.words.comma.join(value) if isinstance(value, list) else str(value)


def act_name(asking: Asking, act: str) -> str:
    """What an administrative act is called; one without words is told by its code."""
    known, key = TWO_PERSONS.get(act), f"record.did.{act}"
    if known is not None:
        return asking.words.of(known)
    return asking.words(key) if asking.words.has(key) else act


def form_fields(asking: Asking, names: Names, act: str) -> tuple[Field, ...]:
    """The inputs of the form that proposes this act."""
    words = asking.words
    login = Field(
        "login", words("accounts.login"), "text", True, hint=words("accounts.login_hint"), longest=ID_LENGTH
    )
    password = Field(
        "password", words("accounts.password"), "password", True, hint=words("accounts.password_hint")
    )
    person = Field(
        "person", words("accounts.person"), "text", hint=words("accounts.person_hint"), longest=ID_LENGTH
    )
    certificate = Field(
        "certificate_no", words("accounts.certificate_no"), "text", longest=CERTIFICATE_LENGTH_MAX
    )
    other = Field("other", words("accounts.other"), "text", True, longest=ID_LENGTH)
    forms: dict[str, tuple[Field, ...]] = {
        "user.add": (login, *_place(asking, names), certificate, person, password),
        "user.change": (*_place(asking, names), person),
        "user.passwd": (password,),
        "user.same_person": (other,),
    }
    return forms.get(act, ())


def _place(asking: Asking, names: Names) -> tuple[Field, ...]:
    """Name, department, unit and roles."""
    words, office = asking.words, asking.house.office
    departments = tuple(Choice(code, names.department(code)) for code in office.departments)
    units = tuple(
        Choice(code, unit_name(asking, code), names.department(unit.department))
        for code, unit in office.units.items()
    )
    roles = tuple(Choice(code, names.role(code)) for code in asking.house.account_reader.roles)
    return (
        Field("name", words("accounts.name"), "text", True, longest=NAME_LENGTH_MAX),
        Field("department", words("accounts.department"), "code", True, departments),
        Field("unit", words("accounts.unit"), "code", False, units),
        Field("roles", words("accounts.roles"), "codes", True, roles),
    )


def shown_proposals(
    asking: Asking, names: Names, people: Any, waiting: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Proposals in words; those of the person's own named so."""
    return [
        {
            "id": one["id"],
            "system": one["detail"].get("login", ""),
            "act": act_name(asking, one["act"]),
            "by": people.name(one["by"]),
            "at": one["at"],
            **whose(asking, one["by"]),
            "detail": shown_detail(asking, names, one["detail"]),
            "pointed_out": one["detail"].get("pointed_out", ()),
        }
        for one in waiting
    ]
