"""Keys hang together by what both of two have signed, and by nothing else."""

from __future__ import annotations

import pytest

from engine.core.key_chain import chain_of, hand_over_of, lines_of
from engine.core.signed_note import NoteFault, Verifier, signed_too
from engine.house_key import verified
from tests.audit.keys import Holder

A, B, C = Holder(), Holder(), Holder()
A_TO_B, B_TO_C = A.hands_to(B, 64), B.hands_to(C, 128)


def keys_of(trusted: Holder, *notes: str) -> list[Verifier]:
    """The keys that hang together with the trusted one."""
    return list(chain_of(trusted.verifier, notes, verified).keys)


@pytest.mark.parametrize("trusted", [A, B, C])
def test_whichever_key_is_known_the_others_follow(trusted: Holder) -> None:
    chain = chain_of(trusted.verifier, [A_TO_B, B_TO_C], verified)

    assert list(chain.keys) == [A.verifier, B.verifier, C.verifier]
    assert [one.size for one in chain.hand_overs] == [64, 128]
    for holder, size in ((A, 64), (B, 128), (C, 500)):
        assert chain.read(holder.signs(size), verified).size == size
    assert chain.read(A_TO_B, verified).size == 64


@pytest.mark.parametrize(
    "note",
    [
        A.signs(64, *lines_of(A.verifier, B.verifier)),  # the next key has not signed
        B.signs(64, *lines_of(A.verifier, B.verifier)),  # the former key has not
        signed_too(
            A.signs(64, *lines_of(A.verifier, B.verifier)), C.verifier, C.private.sign
        ),  # another one has
        A.hands_to(B, 64).replace("\n64\n", "\n65\n"),
        A.hands_to(A, 64),
        signed_too(
            A.signs(64, *reversed(lines_of(A.verifier, B.verifier)), *lines_of(A.verifier, C.verifier)),
            B.verifier,
            B.private.sign,
        ),
        signed_too(A.signs(64), B.verifier, B.private.sign),
    ],
)
def test_what_is_not_signed_by_both_hands_nothing_over(note: str) -> None:
    with pytest.raises(NoteFault):
        hand_over_of(note, verified)
    assert keys_of(A, note) == [A.verifier]
    with pytest.raises(NoteFault):
        chain_of(A.verifier, [note], verified).read(B.signs(1), verified)


def test_a_key_of_another_log_is_not_handed_over_to() -> None:
    other = Holder()
    other.name = "bihuan/office/2"

    with pytest.raises(NoteFault):
        hand_over_of(A.hands_to(other, 64), verified)


def test_a_former_key_counts_up_to_its_hand_over_and_hands_over_once() -> None:
    chain = chain_of(A.verifier, [A_TO_B, A.hands_to(C, 32)], verified)

    assert list(chain.keys) == [A.verifier, B.verifier], "the first of two hand-overs of one key"
    for refused in (A.signs(65), A.hands_to(C, 32), A.signs(10, "former x"), C.signs(1)):
        with pytest.raises(NoteFault):
            chain.read(refused, verified)


def test_a_chain_that_is_cut_ends_there() -> None:
    assert keys_of(A, B_TO_C) == [A.verifier]
    assert keys_of(C, A_TO_B) == [C.verifier]
    assert keys_of(A, A_TO_B, B.hands_to(A, 65)) == [A.verifier, B.verifier], "no key comes back"
