"""迁移录入 of an old criminal referral: it is a record of its own from the first, and shuts what it shuts."""

from __future__ import annotations

from dataclasses import replace

from engine.core.commands import IMPORTER, CarryCommand
from engine.snapshots import load_finding
from tests.builders import Town, refused
from tests.desk.test_no_orphans import an_old_record


def test_an_old_referral_comes_in_beside_its_finding_and_not_under_it(town: Town) -> None:
    town.people["importer"] = IMPORTER
    old = an_old_record(finding="in_progress", rectification="correcting")
    told = {"kind": "criminal_referral", "present_state": "psb_filed"}
    [finding] = old.findings
    old = replace(old, findings=(replace(finding, proceedings=(*finding.proceedings, told)),))

    inspection = town.handle("importer", CarryCommand(old, "a.csv")).id

    [carried] = town.findings_of(inspection)
    assert [one.kind for one in town.proceedings(carried)] == ["rectification"]
    [referral] = town.referrals(carried)
    assert referral.state == "psb_filed"
    refused(town.house.reader.referrals.see, town.who("T01"), referral.id)
    shown = town.house.reader.referrals.referral(town.who("P01"), referral.id)
    assert [(one["term"], one["state"]) for one in shown["deadlines"]] == [("DL66", "running")]
    with town.house.database.read() as connection:
        file = load_finding(connection, town.house.office, carried)
    assert file is not None and [one.state for one in file.snapshot.suspicions] == ["psb_filed"]
    assert town.handle("importer", CarryCommand(old, "a.csv")).decision["unchanged"]
    assert len(town.referrals(carried)) == 1
