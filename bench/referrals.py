"""Steps per second of processor time on a criminal referral, beside the same with nothing sealed, in one run.

python -m bench.referrals [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.builders import Town
from tests.once import migrated
from tests.referral_walk import led, opened

ROUNDS, TURNS = 40, 3


class Nothing:
    """Seals nothing: what is kept is what was said."""

    def seal(self, referral: str, place: tuple[str, ...], plain: bytes) -> bytes:
        """The bytes as they are."""
        return plain

    def open(self, referral: str, place: tuple[str, ...], kept: bytes) -> bytes:
        """The bytes as they are."""
        return kept

    def knows(self, kept: bytes) -> bool:
        """Nothing is needed to open them."""
        return True


def rate(town: Town, rounds: int) -> tuple[float, float]:
    """Steps a second, and pages of the referral with its timeline a second."""
    referral = opened(town, town.finding())
    led(town, referral, "form_team", "submit_report")
    reason, begun = {"reason": "证据不足。"}, time.process_time()
    for _ in range(rounds):
        town.on_referral("P01", referral, "return_report", **reason)
        led(town, referral, "submit_report")
    steps = 2 * rounds / (time.process_time() - begun)
    reader, who, begun = town.house.reader.referrals, town.who("P01"), time.process_time()
    for _ in range(rounds):
        reader.referral(who, referral)
        reader.timeline(who, referral, {"limit": ["50"]})
    return steps, rounds / (time.process_time() - begun)


def main(rounds: int) -> None:
    """Prints both and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        towns = [_town(Path(folder) / name) for name in ("sealed", "plain")]
        towns[1].house.database.seals = Nothing()
        measured = [[rate(town, rounds) for town in towns] for _ in range(TURNS)]
        for town in towns:
            town.close()
    for place, what in enumerate(("steps", "readings")):
        sealed, plain = (max(turn[which][place] for turn in measured) for which in (0, 1))
        ratio = plain / sealed
        print(
            f"{what}: {sealed:.0f} a second sealed, {plain:.0f} with nothing sealed: {ratio:.2f} times as long"
        )


def _town(folder: Path) -> Town:
    folder.mkdir()
    url = f"sqlite:///{folder}/bihuan.db"
    migrated(url)
    return Town.open(url, folder, "2024-04-26T17:00")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
