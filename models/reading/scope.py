"""Who may see which records: one condition in every reading query; what it does not grant is hidden."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, true

from engine.core.commands import Principal
from engine.core.visibility import sees_department, sees_office
from models.second_wall import EVERY_DEPARTMENT, Behalf

Scope = Callable[[FromClause], ColumnElement[bool]]
"""The condition under which a row of a table (or of a selection from it) with office and department is seen."""


def scope(office_id: str, who: Principal) -> Scope:
    """What this principal may see of inspections, findings or deadlines; by default nothing."""

    def seen(table: FromClause) -> ColumnElement[bool]:
        return and_(table.c.office_id == office_id, _departments(table, who))

    return seen


def behalf(office_id: str, who: Principal) -> Behalf:
    """The same as the second wall holds it: for this principal PostgreSQL shows no other row, and no criminal referral."""
    sees = EVERY_DEPARTMENT if sees_office(who) else sees_department(who)
    return Behalf(office=office_id, sees=sees or "")


def particulars(office_id: str, who: Principal) -> Scope:
    """The records whose numbers of persons this principal may read; see engine/projections/privacy."""
    department = sees_department(who)

    def known(table: FromClause) -> ColumnElement[bool]:
        mine: ColumnElement[bool] = true() if "importer" in who.roles else false()
        if department is not None:
            mine = or_(mine, table.c.department == department)
        return and_(table.c.office_id == office_id, mine)

    return known


def every_record(office_id: str) -> Scope:
    """All records of the office, for the audit chain, which is shown without what it says."""
    return lambda table: table.c.office_id == office_id


def _departments(table: FromClause, who: Principal) -> ColumnElement[bool]:
    if sees_office(who):
        return true()
    department = sees_department(who)
    return false() if department is None else table.c.department == department
