"""The plan of the house: imports go down only, and each outside library has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {"engine.core": 0, "rules": 1, "models": 2, "engine": 3, "api": 4, "web": 4}
DOORS = {
    "transitions": ("engine/core/chart.py",),
    "pypinyin": ("engine/search/initials.py",),
    "durable": ("rules/fence/worker.py",),
    "z3": ("rules/proof/",),
    "authlib": ("engine/single_sign_on.py",),
    "joserfc": ("engine/single_sign_on.py",),
    "pyotp": ("engine/identity/one_time_codes.py",),
    "segno": ("engine/identity/one_time_codes.py",),
    "argon2": ("engine/identity/passwords.py",),
    "apscheduler": ("engine/timetable.py",),
    "httpx": ("engine/courier.py",),
    "fastapi": ("api/", "web/"),
    "starlette": ("api/", "web/"),
    "typst": ("engine/documents/",),
    "docx": ("engine/documents/",),
    "python_calamine": ("engine/intake/",),
    "xlsxwriter": ("engine/sheets/",),
    "pyrage": ("engine/keeping/box.py",),
    "sqlalchemy": ("models/", "engine/"),
    "sqlmodel": ("models/",),
    "alembic": ("models/",),
}
CORE_MAY_IMPORT = {"transitions", "pydantic"}
SPEAKS_SQL = {"select", "insert", "update", "delete", "text"}
IMPURE = {"open", "input", "print"}
IMPURE_CALLS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("uuid", "uuid4"),
}


@cache
def files() -> list[Path]:
    return [
        path
        for room in ("engine", "rules", "models", "api", "web")
        for path in sorted((ROOT / room).rglob("*.py"))
    ]


def floor_of(module: str) -> int | None:
    for name in sorted(FLOORS, key=len, reverse=True):
        if module == name or module.startswith(name + "."):
            return FLOORS[name]
    return None


@cache
def nodes(path: Path) -> tuple[ast.Import | ast.ImportFrom | ast.Call, ...]:
    """What the file imports and calls, read once for all tests."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(one for one in ast.walk(tree) if isinstance(one, ast.Import | ast.ImportFrom | ast.Call))


def imports(path: Path) -> Iterator[tuple[str, str]]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _called(node: ast.Call) -> tuple[str, str] | None:
    """The owner and name of a call such as datetime.now()."""
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.value.id, node.func.attr
    return None


def test_imports_go_down_only() -> None:
    up = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files()
        for module, _ in imports(path)
        if (target := floor_of(module)) is not None and target > (floor_of(module_of(path)) or 0)
    ]
    assert up == []


@pytest.mark.parametrize("library", sorted(DOORS))
def test_each_library_has_one_door(library: str) -> None:
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in files()
        for module, _ in imports(path)
        if module.split(".")[0] == library and not str(path.relative_to(ROOT)).startswith(DOORS[library])
    ]
    assert elsewhere == []


def test_statements_are_made_in_models_only() -> None:
    elsewhere = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files()
        if not str(path.relative_to(ROOT)).startswith("models/")
        for module, name in imports(path)
        if module.split(".")[0] == "sqlalchemy" and name in SPEAKS_SQL
    ]
    assert elsewhere == []


def test_the_core_imports_little() -> None:
    import sys

    outside = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in (ROOT / "engine" / "core").rglob("*.py")
        for module, _ in imports(path)
        if (head := module.split(".")[0]) not in CORE_MAY_IMPORT
        and head not in sys.stdlib_module_names
        and not module.startswith("engine.core")
    }
    assert outside == set()


def test_the_simulated_partner_knows_only_the_wire() -> None:
    known = ("api.partner", "engine.core.envelope", "engine.signing", "engine.clock")
    known += ("engine.sealing", "engine.carrier.envelope", "rules.data_file", "rules.exchange")
    inside = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in (ROOT / "api" / "partner").glob("*.py")
        for module, _ in imports(path)
        if floor_of(module) is not None and module not in known and not module.startswith("api.partner.")
    }
    assert inside == set()


def test_the_core_reads_no_clock_and_no_file() -> None:
    impure = []
    for path in (ROOT / "engine" / "core").rglob("*.py"):
        for node in nodes(path):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in IMPURE:
                impure.append(f"{path.name}:{node.lineno} {node.func.id}")
            impure += [
                f"{path.name}:{node.lineno} {called}" for called in [_called(node)] if called in IMPURE_CALLS
            ]
    assert impure == []


def test_the_clock_is_read_in_one_place() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in files()
        for node in nodes(path)
        if isinstance(node, ast.Call) and _called(node) in IMPURE_CALLS
    }
    assert readers <= {"engine/clock.py"}
