"""What two security administrators do with accounts: add, change, disable them, say whose they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.accounts import add_user
from engine.act import Act, Said, told
from engine.core.commands import CLOCK_LOGIN, IMPORTER_LOGIN
from engine.core.fact_types import CONTROL
from engine.core.refusals import Faults, Refusal
from engine.core.two_persons import mixed
from engine.natural_persons import make_one, namesakes, person_for, persons_known, set_apart
from engine.warranting import of_account, of_new_account, of_persons
from models import account_reading as reading
from models import records
from models.columns import ID_LENGTH

if TYPE_CHECKING:
    from engine.house import House

LOGIN = re.compile(r"[\w][\w.@-]{0,63}")
NAME_LENGTH_MAX, CERTIFICATE_LENGTH_MAX = 100, 40
NOBODYS_ROLES = frozenset({"clock", "linked_system"})
BUILT_IN = frozenset({CLOCK_LOGIN, IMPORTER_LOGIN})
CHANGED = ("name", "roles", "department", "unit")
"""What a change may give an account, beside whose it is."""
MIXED: Said = (
    "系统、安全、审计三类管理员互不兼任，也不得兼有办理或者查看案件的角色",
    "one account is one of the three administrators and nothing else: neither two of them nor a role that sees cases",
)


SET_BY_ANOTHER = {"must_change": True}
"""A password that two administrators know is changed by the person before anything else."""


def account_of(house: House, login: str) -> Any:
    """The account of that login, compared without case; None where there is none."""
    if not LOGIN.fullmatch(login):
        return None
    with house.database.read() as connection:
        return records.user_row(connection, login)


def check_known_user(house: House, detail: Mapping[str, Any]) -> None:
    """Returns when the detail's login has an account; raises `facts_invalid`."""
    faults = Faults()
    _check_account(house, detail["login"], "/login", faults)
    faults.refuse()


def owner(house: House, detail: Mapping[str, Any]) -> frozenset[str]:
    """The account that the detail names."""
    return frozenset((detail["login"],))


def change_of(house: House, login: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of a change of that account, with what stands now, so that a second person confirms what was seen.

    `wanted` has some of name, roles, department, unit (None: none) and person; raises `facts_invalid` for no account.
    """
    check_known_user(house, {"login": login})
    row = account_of(house, login)
    values = {name: wanted[name] for name in CHANGED if name in wanted and wanted[name] != getattr(row, name)}
    detail = {"login": row.login, "values": values, "was": {name: getattr(row, name) for name in values}}
    return detail | ({"person": wanted["person"]} if wanted.get("person") else {})


def _check_account(house: House, login: str, pointer: str, faults: Faults) -> None:
    if account_of(house, login) is None:
        faults.add(pointer, "vocabulary", "没有这个账号", "no such account")


def _check_new_user(house: House, detail: Mapping[str, Any]) -> None:
    faults = Faults()
    login = detail["login"]
    if not LOGIN.fullmatch(login) or len(login.casefold()) > ID_LENGTH or login.casefold() in BUILT_IN:
        faults.add("/login", "format")
    elif account_of(house, login) is not None:
        faults.add("/login", "inconsistent", "已有这个账号", "this login is taken")
    if detail.get("person"):
        _check_account(house, detail["person"], "/person", faults)
    _check_certificate(house, detail, faults)
    _check_values(house, detail, faults)
    faults.refuse()


def _check_certificate(house: House, detail: Mapping[str, Any], faults: Faults) -> None:
    number = detail.get("certificate_no")
    if not number:
        return
    if CONTROL.search(number) or len(number) > CERTIFICATE_LENGTH_MAX:
        faults.add("/certificate_no", "format")
    elif detail.get("person") and not faults.errors:
        with house.database.read() as connection:
            office = house.office.office_id
            shown = person_for(connection, office, {"certificate_no": number})
            named = persons_known(connection, office).person_of(detail["person"])
        if shown not in (None, named):
            zh, en = "这个执法证号属于另一人的账号", "another person's account shows this certificate"
            faults.add("/certificate_no", "inconsistent", zh, en)


def _check_values(house: House, detail: Mapping[str, Any], faults: Faults) -> None:
    name, roles = detail["name"], detail["roles"]
    if not name.strip() or CONTROL.search(name):
        faults.add("/name", "missing" if not name.strip() else "format")
    elif len(name) > NAME_LENGTH_MAX:
        faults.add("/name", "range")
    if not roles:
        faults.add("/roles", "too_few")
    known = set(house.charts.dictionary["roles"]) - NOBODYS_ROLES
    for index, role in enumerate(roles):
        if role not in known:
            faults.add(f"/roles/{index}", "vocabulary")
    if detail["department"] not in house.office.departments:
        faults.add("/department", "vocabulary")
    unit = detail.get("unit")
    if unit is not None:
        within = house.office.units.get(unit)
        if within is None:
            faults.add("/unit", "vocabulary")
        elif within.department != detail["department"]:
            faults.add("/unit", "inconsistent")


def _whose(house: House, detail: Mapping[str, Any]) -> frozenset[str]:
    """Of a new account: whoever it is said, or shown by the certificate, to belong to."""
    with house.database.read() as connection:
        person = person_for(connection, house.office.office_id, detail)
    return frozenset() if person is None else frozenset((person,))


def _point_out(house: House, detail: Mapping[str, Any]) -> list[Said]:
    """Accounts of the same name, accounts of the same person, and roles that nobody should hold together."""
    with house.database.read() as connection:
        office = house.office.office_id
        known = persons_known(connection, office)
        person = person_for(connection, office, detail)
        own = known.logins_of(person) if person is not None else frozenset[str]()
        alike = [one for one in namesakes(connection, office, detail) if one.casefold() not in own]
    said: list[Said] = []
    if own:
        named = "、".join(sorted(own))
        said.append((f"与下列账号属于同一人：{named}", f"of one person with: {', '.join(sorted(own))}"))
    if alike:
        named = "、".join(alike)
        said.append(
            (
                f"本部门已有同名账号：{named}；是同一人的，请用 --person 或者 user same-person 认定",
                f"the department has accounts of this name: {', '.join(alike)}; if it is the same person, say so with "
                "--person or user same-person",
            )
        )
    if mixed(frozenset(detail["roles"])):
        said.append(MIXED)
    return said


def _forbid_mixed(_: House, detail: Mapping[str, Any]) -> None:
    faults = Faults()
    if mixed(frozenset(detail.get("roles") or detail["values"].get("roles", ()))):
        faults.add("/roles", "exclusive", *MIXED)
    faults.refuse()


def _add(house: House, connection: Connection, detail: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    if records.user_row(connection, detail["login"]) is not None:
        faults = Faults()
        faults.add("/login", "inconsistent", "已有这个账号", "this login is taken")
        faults.refuse()
    add_user(connection, house.office, detail, now)
    return {"login": detail["login"]}


def _disable(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    key = detail["login"].casefold()
    reading.change_user(connection, key, {"disabled": True})
    reading.end_sessions_of(connection, key)
    return {"login": detail["login"]}


def _check_change(house: House, detail: Mapping[str, Any]) -> None:
    check_known_user(house, detail)
    faults = Faults()
    row = account_of(house, detail["login"])
    if not detail["values"] and not detail.get("person"):
        zh, en = "没有要变更的内容", "nothing would change"
        faults.add("/values", "missing", zh, en)
    _check_still(row, detail)
    if detail.get("person"):
        _check_account(house, detail["person"], "/person", faults)
    _check_values(house, {name: getattr(row, name) for name in CHANGED} | detail["values"], faults)
    faults.refuse()


def _check_still(row: Any, detail: Mapping[str, Any]) -> None:
    """Returns when the account stands as it stood when the change was proposed."""
    if any(getattr(row, name) != value for name, value in detail["was"].items()):
        zh, en = "该账号此后已有变更，请按现状重新提出", "the account was changed since: propose it anew"
        raise Refusal("step_shut", detail=f"{zh} · {en}")


def _change(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    """What the account may do changes at once; other roles end its sessions, and what these showed is not shown on."""
    row, office = records.user_row(connection, detail["login"]), house.office.office_id
    _check_still(row, detail)
    if detail["values"]:
        reading.change_user(connection, detail["login"].casefold(), detail["values"])
    if "roles" in detail["values"]:
        reading.end_sessions_of(connection, detail["login"].casefold())
    person = detail.get("person")
    if person and person.casefold() == detail["login"].casefold():
        set_apart(connection, office, person)
    elif person:
        set_apart(connection, office, detail["login"])
        make_one(connection, office, person, detail["login"])
    return {"login": detail["login"], **detail["values"]}


def _concerned_by_change(house: House, detail: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(filter(None, (detail["login"], detail.get("person"))))


def _point_out_change(house: House, detail: Mapping[str, Any]) -> list[Said]:
    return [MIXED] if mixed(frozenset(detail["values"].get("roles", ()))) else []


def _told_change(detail: Mapping[str, Any]) -> dict[str, Any]:
    said = told(detail)
    values, was = said.pop("values"), said.pop("was")
    return {**said, **values, **{f"{name}_before": value for name, value in was.items()}}


def _check_same(house: House, detail: Mapping[str, Any]) -> None:
    faults = Faults()
    _check_account(house, detail["login"], "/login", faults)
    _check_account(house, detail["other"], "/other", faults)
    faults.refuse()
    with house.database.read() as connection:
        known = persons_known(connection, house.office.office_id)
    if known.same(detail["login"], detail["other"]):
        faults.add("/other", "inconsistent", "已认定为同一人", "they are known to be one person already")
    faults.refuse()


def _same(house: House, connection: Connection, detail: Mapping[str, Any], _: datetime) -> Mapping[str, Any]:
    return {"accounts": make_one(connection, house.office.office_id, detail["login"], detail["other"])}


def _both(house: House, detail: Mapping[str, Any]) -> frozenset[str]:
    return frozenset((detail["login"], detail["other"]))


USER_ACTS = (
    Act(
        "user.add",
        _check_new_user,
        _add,
        concerns=_whose,
        points_out=_point_out,
        forbids=_forbid_mixed,
        when_confirmed=SET_BY_ANOTHER,
        touches=of_new_account,
    ),
    Act(
        "user.change",
        _check_change,
        _change,
        _told_change,
        concerns=_concerned_by_change,
        points_out=_point_out_change,
        forbids=_forbid_mixed,
        touches=of_persons,
    ),
    Act("user.same_person", _check_same, _same, concerns=_both, touches=of_persons),
    Act("user.disable", check_known_user, _disable, concerns=owner, touches=of_account),
)
