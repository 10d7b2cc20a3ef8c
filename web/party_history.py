"""The party's history beside a finding, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.asking import Asking
from web.naming import Names
from web.states import state_of

PRIOR = "prior_"
"""Rule facts of this name tell of earlier penalties, as the rules count them."""


def party_history(asking: Asking, finding: Mapping[str, Any]) -> dict[str, Any]:
    """What else was found with the party, each with its state in words, and what the rules' own facts say of it."""
    names = Names(asking.house, asking.words)
    told = asking.house.reader.histories.of_finding(asking.who, finding["id"])
    facts = {name: value for name, value in finding["facts"].items() if name.startswith(PRIOR)}
    return {
        **told,
        "repeated": told["within"] > 1,
        "others": [
            {**one, "shown_state": state_of(asking, "finding", one["state"])} for one in told["others"]
        ],
        "penalties": [
            {
                **one,
                "shown_state": state_of(asking, "penalty", one["state"]),
                "said": names.facts(one["summary"])[:2],
            }
            for one in told["penalties"]
        ],
        "facts": names.rule_facts(facts),
    }
