"""A checkpoint is read back as it was signed, and nothing else is taken for one."""

from __future__ import annotations

import base64

import pytest

from engine.core.merkle import leaf_hash
from engine.core.signed_note import Checkpoint, NoteFault, Verifier, checkpoint_of, signed, verifier_of
from engine.house_key import verified
from engine.signing import new_private_key, private_key

KEY = private_key(new_private_key())
VERIFIER = Verifier("bihuan/office/1", KEY.public_key().public_bytes_raw())
CHECKPOINT = Checkpoint("bihuan/office/1", 64, leaf_hash(b""), ("at 2024-04-26T17:00:00+08:00",))
NOTE = signed(CHECKPOINT.text(), VERIFIER, KEY.sign)


def test_a_checkpoint_is_read_back_whoever_else_has_signed_it() -> None:
    other = base64.b64encode(b"\x00" * 68).decode()

    assert checkpoint_of(NOTE, VERIFIER, verified) == CHECKPOINT
    assert checkpoint_of(f"{NOTE}— a.witness {other}\n", VERIFIER, verified) == CHECKPOINT
    assert NOTE.splitlines()[:3] == ["bihuan/office/1", "64", base64.b64encode(leaf_hash(b"")).decode()]


def test_a_key_is_one_line() -> None:
    assert verifier_of(VERIFIER.told() + "\n") == VERIFIER
    for wrong in ("", "name", "name+00000000+AQ==", VERIFIER.told().replace("office", "other"), "a b+1+AQ=="):
        with pytest.raises(NoteFault):
            verifier_of(wrong)


@pytest.mark.parametrize(
    "note",
    [
        "",
        NOTE.replace("\n64\n", "\n65\n"),
        NOTE.replace("\n64\n", "\n064\n"),
        NOTE.replace("at 2024", "at 2025"),
        NOTE.replace("\n\n", "\n"),
        NOTE.rstrip("\n"),
        NOTE + "\n",
        NOTE.replace("— bihuan", "- bihuan"),
        NOTE.replace("— bihuan/office/1", "— bihuan/office/2"),
        NOTE.replace("=\n", "\n"),
        "\r" + NOTE,
        NOTE + f"— {VERIFIER.name} {base64.b64encode(VERIFIER.id + bytes(64)).decode()}\n",
        NOTE + "— x AAAAAAA=\n" * 16,
        "x" * 20_000 + NOTE,
        signed("only\ntwo\n", VERIFIER, KEY.sign),
        signed("origin\n-1\nAAAA\n", VERIFIER, KEY.sign),
        signed("origin\n1\nAAAA\n", VERIFIER, KEY.sign),
        signed(CHECKPOINT.text(), VERIFIER, lambda _: b"short"),
    ],
)
def test_whatever_else_is_refused(note: str) -> None:
    with pytest.raises(NoteFault):
        checkpoint_of(note, VERIFIER, verified)
