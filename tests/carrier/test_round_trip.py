"""A bundle goes out and its answer comes back: same states, same clocks, same evidence as over the wire."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from engine.carrier.envelope import public_of
from engine.carrier.reading import BundleFault
from engine.core.refusals import Refusal
from engine.system_checks import encryption_key_from
from models import linked_reading
from tests.carrier.carried import Office, events, packings, states, without_network
from tests.exchange.linked import ACCEPTED, CONCLUDED, FEEDBACK, SIGNED, Linked
from tests.partner import HmacKey


def test_a_transfer_is_carried_signed_for_accepted_and_concluded(linked: Linked) -> None:
    signs = (
        linked.town.house.database.dialect == "sqlite"
    )  # key pairs and a passphrase; else a secret and a key
    fire = without_network(linked, "fire-carried", "fire_rescue", keyed=not signs, signs=signs)
    finding, _ = linked.sent()
    assert states(fire.town, fire.system) == ["waiting"]

    packed = fire.pack()

    assert (packed.number, packed.copy, packed.messages) == (1, 0, 1)
    assert (packed.passphrase is None) is not signs
    assert states(fire.town, fire.system) == ["carried"]
    bundle = fire.open(packed)
    (message,) = linked.messages(finding)
    (listed,) = bundle.manifest.messages
    assert bundle.members[listed.member] == bytes(message.body)
    assert bundle.members["cover.pdf"].startswith(b"%PDF-")
    letter = events(bundle)[0]["data"]["letter"]
    enclosed = next(one for one in listed.papers if one.digest == letter["digest"])
    pdf = bundle.members[str(enclosed.member)]
    assert pdf.startswith(b"%PDF-") and "sha256:" + hashlib.sha256(pdf).hexdigest() == letter["digest"]

    taken = fire.take(
        fire.answer(
            bundle, fire.receipt(bundle, "accepted", **ACCEPTED), fire.receipt(bundle, "signed_for", **SIGNED)
        )
    )

    assert [(one.kind, one.code) for one in taken.receipts] == [
        ("accepted", "parked"),
        ("signed_for", "recorded"),
    ]
    assert states(fire.town, fire.system) == ["delivered"] and linked.state(finding) == "accepted"
    fire.town.at("2024-04-26T17:30")
    later = fire.take(
        fire.answer(
            bundle,
            fire.receipt(bundle, "concluded", **CONCLUDED),
            fire.receipt(bundle, "feedback", **FEEDBACK),
        )
    )
    assert [one.code for one in later.receipts] == ["recorded", "recorded"]
    assert linked.state(finding) == "fed_back"


def test_a_bundle_is_sealed_to_the_newest_key_on_either_curve(sqlite_linked: Linked) -> None:
    linked = sqlite_linked
    fire = without_network(linked, "fire-carried", "fire_rescue")
    own = ec.generate_private_key(ec.SECP256R1())
    private = "bhdk_" + b64encode(b"\x10" + own.private_numbers().private_value.to_bytes(32, "big")).decode()
    systems = linked.exchange.systems
    linked.town.house.writer.submit(
        lambda connection: systems.seal_within(
            connection, fire.system, encryption_key_from(public_of(private))
        )
    )
    linked.sent()
    packed = fire.pack()
    with pytest.raises(BundleFault):
        fire.open(packed)
    fire.keys = replace(fire.keys, opening=(private,))
    assert len(events(fire.open(packed))) == 1
    with pytest.raises(Refusal) as refused:
        encryption_key_from(private)
    assert private not in str(refused.value.errors)


def test_the_deadlines_are_those_of_a_connected_system(sqlite_linked: Linked) -> None:
    linked = sqlite_linked
    fire = without_network(linked, "fire-carried", "fire_rescue")
    tax = linked.link("yuanping-psb", "public_security", key=HmacKey("whsec_" + "A" * 44))
    carried, _ = linked.sent()
    called, _ = linked.sent(target_department="public_security")
    bundle = fire.open(fire.pack())
    fire.take(fire.answer(bundle, fire.receipt(bundle, "signed_for", **SIGNED)))
    import json

    from tests.exchange.linked import Post

    tax.key = HmacKey(_secret(linked, "yuanping-psb"))
    Post(linked, tax, json.loads(linked.messages(called)[-1].body))("signed_for", **SIGNED)

    def clocks(finding: str) -> list[tuple[str, str, str]]:
        rows = fire.town.deadlines(finding)
        return sorted((row.term, row.state, str(row.due_effective)) for row in rows)

    assert clocks(carried) == clocks(called) and any(term == "DL52" for term, _, _ in clocks(carried))


def _secret(linked: Linked, system: str) -> str:
    with linked.town.house.database.read() as connection:
        row = linked_reading.system_row(connection, system)
    assert row is not None
    return str(row.secrets[0]["secret"])


def test_what_is_packed_again_keeps_its_number_and_says_that_it_is_a_copy(
    sqlite_linked: Linked, fire: Office
) -> None:
    linked = sqlite_linked
    linked.sent()
    first = fire.pack()
    fire.town.at("2024-04-26T18:00")
    second = fire.pack()
    linked.sent()
    third = fire.pack()
    again = fire.pack(number=1)

    assert [(one.number, one.copy) for one in (first, second, third, again)] == [
        (1, 0),
        (1, 1),
        (2, 0),
        (1, 2),
    ]
    whole, copy = fire.open(first).manifest, fire.open(second).manifest
    assert whole.messages == copy.messages and (copy.copy_no, copy.packed_at) == (1, whole.packed_at)
    assert states(fire.town, fire.system) == ["carried", "carried"]
    kept = packings(fire.town, first)
    assert [bytes(one.manifest) for one in kept] == [
        fire.open(one).members["manifest.json"] for one in (first, second, again)
    ]
    fire.take(fire.answer(fire.open(second)))  # an answer to a copy confirms the bundle
    assert states(fire.town, fire.system) == ["delivered", "carried"]
