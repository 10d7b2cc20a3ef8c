"""Whatever the shell reads for a person it reads with that person's sight, so that the second wall stands behind it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

HOUSE_READS = {
    "account_reader._page": "acts of administration and refused attempts, which the wall shows nobody",
    "account_reader.account": "no case",
    "account_reader.page": "no case",
    "administration.confirm": "proposals, whose reader must know what they would change",
    "archive.reader.erasures": "what keeps a case, a criminal referral among it, is asked and not told",
    "archive.reader.holds": "the finding as the desk loads it, and holds of other departments on its party",
    "carrier.packing.pack": "the messages that the writer has just reserved for this person",
    "delegation_reader.delegation": "no case",
    "delegation_reader.delegations": "no case",
    "desk.check_unbound": "the person's own keys, which the wall shows nobody",
    "drafts.of_records": "the person's own drafts, which the wall shows nobody",
    "duty_reader.notices": "no case",
    "duty_reader.reports": "no case",
    "edition_reader.edition": "no case",
    "edition_reader.editions": "no case",
    "jobs.book.one": "the person's own work, which the wall shows nobody",
    "jobs.book.page": "the person's own work, which the wall shows nobody",
    "jobs.book.result": "the person's own work, which the wall shows nobody",
    "jobs.work._check_file": "the person's own work, which the wall shows nobody",
    "keeping.personal.personal_report": "what is on record of a natural person, for an audit administrator",
    "reader.audit": "the chain without what it says, for an audit administrator",
    "system_reader.page": "no case",
    "system_reader.system": "no case",
    "work_views.all": "the person's own saved filters, no case",
    "witness.guard.accept": "no case",
    "witness.proof.pack": "the log, whose leaves the wall shows nobody",
}
"""Where something is read for a person and the house itself reads it, and why."""


def test_whatever_is_read_for_a_person_says_so() -> None:
    found = set()
    for path in sorted((ROOT / "engine").rglob("*.py")):
        room = ".".join(path.relative_to(ROOT / "engine").with_suffix("").parts)
        for made in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(made, ast.FunctionDef) and "who" in {one.arg for one in made.args.args}:
                asked = {ast.unparse(one) for one in ast.walk(made) if isinstance(one, ast.Call)}
                if any(one.endswith("database.read()") for one in asked):
                    found.add(f"{room}.{made.name}")
    assert found == HOUSE_READS.keys()
