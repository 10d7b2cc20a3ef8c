"""A stranger follows the keys of the log through a proof file, and believes no former one beyond its end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.core.key_chain import hand_over_of, hands_over
from engine.house_key import verified
from engine.witness.proof import Prover
from tests.audit.keys import Handed, Holder, former_note
from tests.audit.test_proof_file import files_of, verifier


@pytest.fixture(scope="module")
def files(handed: Handed) -> dict[str, str]:
    """The members of a proof file that goes over two hand-overs."""
    return files_of(Prover(handed.town.house).pack(handed.finding, None, handed.since)[0])


def test_a_stranger_follows_the_keys(handed: Handed, files: dict[str, str]) -> None:
    for key in (*(one["former"] for one in handed.told), handed.told[-1]["key"]):
        assert "KEY NOT COMPARED" not in str(verifier.check(files, key, handed.since))
    told = verifier.check(files, None, files["handover-0001.note"])
    assert sum("another key signs from" in one for one in told) == 2
    assert hands_over(hand_over_of(files["handover-0002.note"], verified).checkpoint)
    with pytest.raises(verifier.Wrong, match="another key"):
        verifier.check(files, Holder().verifier.told())


def other_root(files: dict[str, str]) -> None:
    """The proof of the first hand-over is that of the second."""
    proof = json.loads(files["proof.json"])
    proof["hand_overs"].reverse()
    files["proof.json"] = json.dumps(proof)


def without_proofs(files: dict[str, str]) -> None:
    """Nothing shows that the log at a hand-over is its beginning."""
    files["proof.json"] = json.dumps({**json.loads(files["proof.json"]), "hand_overs": []})


def swapped(files: dict[str, str]) -> None:
    """The two hand-overs in the other order."""
    first, second = files["handover-0001.note"], files["handover-0002.note"]
    files |= {"handover-0001.note": second, "handover-0002.note": first}


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (lambda it: it.update({"handover-0002.note": it.pop("handover-0001.note")}), "missing"),
        (lambda it: it.pop("handover-0002.note"), "not signed by a key"),
        (swapped, "key before has not signed"),
        (
            lambda it: it.update({"handover-0001.note": it["handover-0001.note"].rpartition("— ")[0]}),
            "next key has not signed",
        ),
        (
            lambda it: it.update(
                {"handover-0001.note": it["handover-0001.note"].replace("\n64\n", "\n63\n")}
            ),
            "signature",
        ),
        (lambda it: it.update({"handover-0001.note": it["since.note"]}), "no hand-over"),
        (lambda it: it.update({"checkpoint.note": it["since.note"]}), "newest key"),
        (lambda it: it.update({"since.note": "handover"}), "no signed note"),
        (without_proofs, "no proof"),
        (other_root, "not its beginning"),
    ],
)
def test_no_changed_chain_of_keys_is_believed(files: dict[str, str], tamper: Any, words: str) -> None:
    changed = dict(files)
    tamper(changed)

    with pytest.raises(verifier.Wrong, match=words):
        verifier.check(changed)


def test_a_stranger_refuses_what_a_former_key_signed_later(handed: Handed, files: dict[str, str]) -> None:
    now = handed.town.house.witness.signer.read(handed.newest, "newest").checkpoint
    forged = former_note(handed, now.size, now.root)

    for changed in ({**files, "checkpoint.note": forged}, {**files, "since.note": forged}, files):
        with pytest.raises(verifier.Wrong, match="after it had handed over"):
            verifier.check(changed, None, forged)
