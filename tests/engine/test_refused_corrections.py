"""What cannot be put right, and how the refusal says why and what to do."""

from __future__ import annotations

from datetime import date

import pytest

from engine.core.commands import CorrectionCommand
from tests.builders import Town, refused
from tests.engine.test_corrections import WHY, put_right, reasons, served, told
from tests.engine.test_times import SERVED, ordered


@pytest.mark.parametrize(
    ("trigger", "to", "by", "code", "why"),
    [
        ("serve_directly", "2024-04-29", "C02", "not_yours", {"role_not_allowed"}),
        ("serve_directly", "2024-04-30", "H01", "occurred_in_future", set()),
        ("serve_directly", "2024-04-25", "H01", "occurred_too_early", set()),
        ("serve_directly", "2024-04-28", "H01", "facts_invalid", {"/date inconsistent"}),
        ("order", "2024-04-26", "H01", "step_shut", {"entry_is_the_act"}),
        ("record_finding", "2024-04-25", "H01", "step_shut", {"entry_is_intake"}),
    ],
)
def test_what_cannot_be_corrected_says_why(
    sqlite_town: Town, trigger: str, to: str, by: str, code: str, why: set[str]
) -> None:
    finding, _ = served(sqlite_town, "2024-04-28", "2024-04-29T10:00")

    refusal = refused(put_right, sqlite_town, finding, trigger, to, by=by)

    named = {one.code for one in refusal.reasons} | {f"{one.pointer} {one.code}" for one in refusal.errors}
    assert (refusal.code, named >= why) == (code, True), named


def test_nobody_corrects_what_they_entered_and_no_later_step_is_overtaken(sqlite_town: Town) -> None:
    town = sqlite_town
    finding, order = ordered(town)
    town.at("2024-05-10T09:00")
    late = {"served_on": "2024-04-28", **SERVED, "late_reason": "回证晚归。"}
    town.step("H01", finding, "serve_directly", order, **late)
    town.step("C02", finding, "request_extension", order, applied_on="2024-05-08", reason="部件缺货。")

    own = refused(put_right, town, finding, "serve_directly", "2024-04-29", by="H01")
    over = refused(put_right, town, finding, "serve_directly", "2024-05-09", by="U01")
    put_right(town, finding, "serve_directly", "2024-04-29", by="U01")

    assert (own.code, reasons(own)) == ("proposer_cannot_approve", {"approver_is_not_proposer"})
    assert [(one.pointer, one.code) for one in over.errors] == [("/date", "range")]


def test_what_had_to_be_done_before_an_end_cannot_be_moved_behind_it(sqlite_town: Town) -> None:
    town = sqlite_town
    finding, order = served(town, "2024-04-28", "2024-04-29T10:00")
    town.at("2024-05-10T09:00")
    town.step("C02", finding, "request_extension", order, applied_on="2024-05-10", reason="部件缺货。")
    town.at("2024-05-16T09:00")
    town.house.sweep.run()

    refusal = refused(put_right, town, finding, "request_extension", "2024-05-15")

    assert (refusal.code, reasons(refusal)) == ("step_shut", {"before_expiry"})


def test_a_stale_correction_is_told_what_happened(sqlite_town: Town) -> None:
    finding, _ = served(sqlite_town, "2024-04-28", "2024-04-29T10:00")
    entry = told(sqlite_town, finding)[-1]
    version = sqlite_town.row(finding).version
    put_right(sqlite_town, finding, "serve_directly", "2024-04-27")
    asked = CorrectionCommand("finding", finding, entry["sequence"], date(2024, 4, 29), WHY, version)

    refusal = refused(sqlite_town.handle, "H01", asked)

    assert refusal.code == "stale_version"
    assert [one["title"] for one in refusal.carries["happened"]] == ["更正办理日期"]
