"""Invented parties: plausible names and addresses, and credit codes that check out and are nobody's."""

from __future__ import annotations

from random import Random
from typing import Any

from engine.core.identifiers import organisation_check_character, uscc_check_character
from engine.demo.scenery import Signboards, Trade

AUTHORITY = {"enterprise": "91", "individual_business": "92", "other_org": "52"}
"""Registration authority and category, the first two places of a code (GB 32100-2015)."""


class Parties:
    """Invents parties; no name comes twice."""

    def __init__(self, signboards: Signboards) -> None:
        self._signboards = signboards
        self._names: set[str] = set()

    def invent(self, trade: Trade, luck: Random) -> dict[str, Any]:
        """A party of that trade as the intake takes it."""
        boards = self._signboards
        while True:
            street, brand, word = (
                luck.choice(boards.streets),
                luck.choice(boards.brands),
                luck.choice(trade.words),
            )
            place = street if trade.kind == "individual_business" else ""
            name = f"{boards.city}{place}{brand}{word}"
            if name not in self._names:
                break
        self._names.add(name)
        number = len(self._names)
        return {
            "kind": trade.kind,
            "name": name,
            "identifiers": [{"scheme": "uscc", "value": self._code(trade.kind, number)}],
            "address": f"山西省忻州市{boards.city}{street}{luck.randint(1, 399)}号",
            "phone": f"0350-0{number:06d}",
            "industry": trade.industry,
            "registered_region": boards.registered_region,
        }

    def _code(self, kind: str, number: int) -> str:
        organisation = f"MADEM{number:03d}"
        organisation += organisation_check_character(organisation)
        code = AUTHORITY[kind] + self._signboards.region + organisation
        return code + uscc_check_character(code)
