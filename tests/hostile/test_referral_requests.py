"""Bad input at every route of a criminal referral, from somebody on its list: a problem with remedy, nothing changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import OFFICERS
from tests.hostile.fort import Fort
from tests.hostile.operations import upload
from tests.referral_walk import opened

BASE = "/api/v1/referrals/{id}"
OF_REFERRALS = {
    f"GET {BASE}",
    f"POST {BASE}/steps",
    f"POST {BASE}/corrections",
    f"POST {BASE}/withdrawals",
    f"GET {BASE}/timeline",
    f"GET {BASE}/recusals",
    f"POST {BASE}/recusals",
    f"POST {BASE}/recusals/{{rid}}/decision",
    f"POST {BASE}/attachments",
    f"GET {BASE}/attachments/{{digest}}",
    f"GET {BASE}/documents/{{doc}}.pdf",
    f"GET {BASE}/documents/{{doc}}.docx",
    f"GET {BASE}/file.pdf",
}
"""The operations of a referral, which only its readers may even find."""
MEMBER = "U01"
TEAM = {
    "team": OFFICERS,
    "referral_type": "criminal",
    "crime_field": "food_drug",
    "suspected_crime": "罪名。",
}


@pytest.fixture
def place(fort: Fort) -> str:
    """The path of a referral of which MEMBER is a reader."""
    return f"/api/v1/referrals/{opened(fort.town, fort.ids['finding'])}"


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"trigger": 1, "expected_version": 1},
        {"trigger": "form_team", "expected_version": -1, "facts": TEAM},
        {"trigger": "form_team", "expected_version": 7, "facts": TEAM},
        {"trigger": "form_team", "expected_version": 1, "facts": []},
        {"trigger": "form_team", "expected_version": 1, "facts": {**TEAM, "team": ["W01"]}},
        {"trigger": "form_team", "expected_version": 1, "facts": {**TEAM, "team": ["W01", "W01"]}},
        {"trigger": "form_team", "expected_version": 1, "facts": {**TEAM, "crime_field": "witchcraft"}},
        {"trigger": "form_team", "expected_version": 1, "facts": {**TEAM, "suspected_crime": "\x00"}},
        {"trigger": "form_team", "expected_version": 1, "facts": {**TEAM, "surprise": 1}},
        {"trigger": "form_team", "expected_version": 1, "facts": TEAM, "proceeding": "no-such-record"},
        {"trigger": "form_team", "expected_version": 1, "facts": TEAM, "occurred_at": "2024-04-26T17:00:00"},
        {"trigger": "open_penalty", "expected_version": 1, "facts": {}},
        {"trigger": "psb_file", "expected_version": 1, "facts": {}},
        {"steps": [], "expected_version": 1},
        {"steps": [{"trigger": "form_team", "facts": {}}], "expected_version": 1},
        b"{",
        b'{"trigger": "form_team", "trigger": "form_team", "expected_version": 1}',
    ],
)
def test_a_bad_step_is_refused_and_changes_nothing(fort: Fort, place: str, body: Any) -> None:
    with fort.unchanged():
        fort.refused(fort.post(MEMBER, f"{place}/steps", body))


def test_a_bad_question_is_refused_and_leaves_no_reading(fort: Fort, place: str) -> None:
    with fort.unchanged():
        for asked in ("?x=1", "/timeline?after=-1", "/timeline?limit=0", "/timeline?after=1&after=2"):
            fort.refused(fort.get(MEMBER, place + asked), "parameter_invalid")
        for missing in (
            "/documents/no-such.pdf",
            "/documents/penalty_decision.docx",
            "/attachments/sha256:00",
        ):
            fort.refused(fort.get(MEMBER, place + missing), "not_found")
        kind = {"content_type": "multipart/form-data; boundary=lines"}
        fort.refused(
            fort.post(MEMBER, f"{place}/attachments", upload(b"MZ\x90\x00"), **kind), "upload_refused"
        )
        fort.refused(fort.post(MEMBER, f"{place}/attachments", {}), "media_type_unsupported")
