"""Files that were changed, cut, replayed, or made to harm: nothing of them is read, and nothing changes."""

from __future__ import annotations

import hashlib
import io
import random
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.carrier import container, envelope, manifest
from engine.carrier.answering import Document, answered
from engine.carrier.container import ContainerFault
from engine.carrier.packing import Packed
from engine.carrier.reading import BundleFault, Keyring, Opened, extract, opened
from engine.core.strict_json import parsed
from tests.builders import refused
from tests.carrier.carried import PDF, Office, states, without_network
from tests.exchange.linked import SIGNED, Linked


@pytest.fixture
def packed(sqlite_linked: Linked, fire: Office) -> tuple[Office, Packed, Opened]:
    """A bundle on its way to the fire brigade, and the same opened."""
    sqlite_linked.sent()
    made = fire.pack()
    return fire, made, fire.open(made)


def test_a_cut_or_changed_bundle_is_never_opened(packed: tuple[Office, Packed, Opened]) -> None:
    fire, made, bundle = packed
    raw, chance = made.content, random.Random(7)
    places = {
        0,
        1,
        16,
        17,
        18,
        len(raw) - 17,
        len(raw) - 16,
        len(raw) - 1,
        *chance.sample(range(len(raw)), 60),
    }
    for place in sorted(places):
        with pytest.raises(BundleFault):
            opened(raw[:place], fire.keys)
        changed = bytearray(raw)
        changed[place] ^= 1 << chance.randrange(8)
        with pytest.raises(BundleFault):
            opened(bytes(changed), fire.keys)
    with pytest.raises(BundleFault):
        opened(raw + b"x", fire.keys)
    assert opened(raw, fire.keys).manifest == bundle.manifest


def test_every_boundary_of_the_container_is_checked(packed: tuple[Office, Packed, Opened]) -> None:
    _, _, bundle = packed
    raw = container.packed(dict(bundle.members), _at(bundle))
    assert container.unpacked(raw) == dict(bundle.members)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        offsets = [info.header_offset for info in archive.infolist()] + [archive.start_dir, len(raw) - 22]
    for offset in offsets:
        for place in (offset, offset + 1, offset + 26, offset + 30):
            with pytest.raises(ContainerFault):
                container.unpacked(raw[: min(place, len(raw) - 1)])


def _at(bundle: Opened) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(bundle.manifest.packed_at)


def zipped(build: Callable[[zipfile.ZipFile], None]) -> bytes:
    """A ZIP of one's own making."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        build(archive)
    return out.getvalue()


def _info(name: str) -> zipfile.ZipInfo:
    """A member with the attributes that ours have."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = container.UNIX, container.REGULAR
    return info


def _link(archive: zipfile.ZipFile) -> None:
    info = _info("README.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, "/etc/passwd")


def _twice(archive: zipfile.ZipFile) -> None:
    for _ in range(2):
        archive.writestr(_info("README.txt"), "x")


def _packed_bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr(_info("README.txt"), b"\0" * 10_000_000, compress_type=zipfile.ZIP_DEFLATED)


NAMES = (
    "../evil", "/etc/passwd", "papers/../../x", "messages/..json", "C:\\x", "messages\\x.json", "papers/x", "notes.txt",
    "messages/a/b.json", "README.txt\n", "papers/" + "0" * 64 + ".", "manifest.json/", "messages/",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_does_not_belong_in_a_container_is_refused(packed: tuple[Office, Packed, Opened]) -> None:
    _, _, bundle = packed
    signed = [(name, bundle.members[name]) for name in (container.MANIFEST, container.SIGNATURE)]

    def with_signed(then: Callable[[zipfile.ZipFile], None]) -> Callable[[zipfile.ZipFile], None]:
        def build(archive: zipfile.ZipFile) -> None:
            for name, content in signed:
                archive.writestr(_info(name), content)
            then(archive)

        return build

    def named(name: str) -> Callable[[zipfile.ZipFile], None]:
        return lambda archive: archive.writestr(_info(name), b"x")

    for then in (_link, _twice, _packed_bomb, *map(named, NAMES)):
        with pytest.raises(ContainerFault):
            container.unpacked(zipped(with_signed(then)))
    assert set(container.unpacked(zipped(with_signed(named("README.txt"))))) == {"README.txt", *dict(signed)}


def test_a_bundle_with_a_member_more_less_or_another_is_refused(
    packed: tuple[Office, Packed, Opened],
) -> None:
    fire, _, bundle = packed
    members, at = dict(bundle.members), _at(bundle)
    paper = next(name for name in members if name.startswith("papers/"))

    def changed(**given: Any) -> bytes:
        held = {**members, **{name.replace("__", "/"): content for name, content in given.items()}}
        kept = {name: content for name, content in held.items() if content is not None}
        return envelope.sealed_to(
            envelope.public_of(fire.keys.opening[0]), envelope.BUNDLE, container.packed(kept, at)
        )

    assert opened(changed(), fire.keys).manifest == bundle.manifest
    for given in (
        {paper: None},
        {paper: members[paper] + b"x"},
        {f"papers/{'0' * 64}.pdf": b"x"},
        {"cover.pdf": PDF},
        {"manifest.sig": b"{}"},
        {"manifest.sig": None},
        {"manifest.json": members["manifest.json"].replace(b'"number": 1', b'"number": 2')},
    ):
        with pytest.raises(BundleFault):
            opened(changed(**given), fire.keys)


def test_the_wrong_keys_open_nothing(packed: tuple[Office, Packed, Opened], sqlite_linked: Linked) -> None:
    fire, made, _ = packed
    tax = without_network(sqlite_linked, "tax-carried", "taxation", keyed=False)
    for keys, passphrase in (
        (tax.keys, None),
        (Keyring(secrets=tax.keys.secrets, opening=fire.keys.opening), None),
        (Keyring(secrets=fire.keys.secrets), "0000-0000-0000-0000-0000-0000"),
    ):
        with pytest.raises(BundleFault):
            opened(made.content, keys, passphrase)
    with pytest.raises(BundleFault):
        Keyring.read("whsec_AAAA\nnonsense\n")
    costly = envelope.sealed_by("X", envelope.BUNDLE, b"x").replace(b'"n":32768', b'"n":1048576')
    with pytest.raises(envelope.EnvelopeFault):
        envelope.opened(costly, envelope.BUNDLE, envelope.Opener(passphrase="X"))


def test_extracting_writes_into_an_empty_folder_alone(
    packed: tuple[Office, Packed, Opened], tmp_path: Path
) -> None:
    _, _, bundle = packed
    folder = tmp_path / "out"
    assert sorted(extract(bundle, folder)) == sorted(bundle.members)
    laid = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert laid == set(bundle.members)
    (tmp_path / "link").symlink_to(tmp_path)
    for place in (folder, tmp_path / "link", folder / "README.txt"):
        with pytest.raises(BundleFault):
            extract(bundle, place)
    bad = Opened(bundle.manifest, {"../evil": b"x"})
    with pytest.raises(BundleFault):
        extract(bad, tmp_path / "other")
    assert not (tmp_path / "evil").exists()


def test_answers_that_were_changed_or_are_for_another_bundle_change_nothing(
    packed: tuple[Office, Packed, Opened], sqlite_linked: Linked
) -> None:
    fire, _, bundle = packed
    sqlite_linked.sent()
    second = fire.open(fire.pack())
    raw, chance = fire.answer(bundle, fire.receipt(bundle, "signed_for", **SIGNED)), random.Random(9)
    for place in (0, 20, len(raw) - 1, *chance.sample(range(len(raw)), 12)):
        changed = bytearray(raw)
        changed[place] ^= 1 << chance.randrange(8)
        assert refused(fire.take, bytes(changed)).errors[0].pointer == "/file"
        assert refused(fire.take, raw[:place]).errors[0].pointer == "/file"
    for given in (
        {"number": 2},
        {"bundle": second.manifest.bundle},
        {"system": "tax-carried"},
        {"office": "elsewhere"},
    ):
        said = Opened(bundle.manifest.model_copy(update=given), bundle.members)
        assert refused(fire.take, answered(said, fire.keys, [], [], fire.now)).errors[0].pointer == "/file"
    other_manifest = Opened(bundle.manifest, {**bundle.members, "manifest.json": b"{}"})
    assert refused(fire.take, fire.answer(other_manifest)).errors[0].pointer == "/file"
    stranger = Keyring(secrets=("whsec_" + "B" * 44,))
    assert refused(fire.take, answered(bundle, stranger, [], [], fire.now)).errors[0].pointer == "/file"
    assert states(fire.town, fire.system) == ["carried", "carried"]


def test_receipts_answer_their_own_bundle_and_are_signed_after_it_was_packed(
    packed: tuple[Office, Packed, Opened], sqlite_linked: Linked
) -> None:
    fire, _, bundle = packed
    sqlite_linked.sent()
    second = fire.open(fire.pack())
    foreign = fire.receipt(second, "signed_for", **SIGNED)
    assert [one.code for one in fire.take(fire.answer(bundle, foreign)).receipts] == ["message_unknown"]

    now = fire.now
    from datetime import timedelta

    for off in (timedelta(minutes=6), timedelta(minutes=-6)):
        raw = answered(bundle, fire.keys, [fire.receipt(bundle, "signed_for", **SIGNED)], [], now + off)
        assert refused(fire.take, raw).code == "signature_expired"
    own = fire.receipt(bundle, "signed_for", **SIGNED)
    fire.town.at("2024-05-06T09:00")  # the file was ten days on its way, and is read twice
    raw = answered(bundle, fire.keys, [own], [], now)
    assert [one.code for one in fire.take(raw).receipts] == ["recorded"]
    again = fire.take(raw)
    assert again.again and [one.code for one in again.receipts] == ["duplicate"]
    repeated = fire.take(fire.answer(bundle, own))  # the same receipt in another file
    assert not repeated.again and [one.code for one in repeated.receipts] == ["duplicate"]
    other = parsed(own)
    other["data"]["signer"] = "另一人"
    import json

    assert [one.code for one in fire.take(fire.answer(bundle, json.dumps(other).encode())).receipts] == [
        "key_reused"
    ]


def test_a_paper_that_a_receipt_announces_comes_in_the_same_file(
    packed: tuple[Office, Packed, Opened], sqlite_linked: Linked
) -> None:
    fire, _, bundle = packed
    document = Document("签收回执.pdf", PDF)
    named = {
        "digest": document.digest,
        "name": document.name,
        "media_type": "application/pdf",
        "size": len(PDF),
    }
    own = fire.receipt(bundle, "signed_for", **SIGNED, document=named)
    taken = fire.take(fire.answer(bundle, own, documents=(document,)))
    assert (taken.papers, [one.code for one in taken.receipts]) == (1, ["recorded"])
    bad = Document("x.pdf", b"MZ no paper")
    named = {**named, "digest": bad.digest, "size": len(bad.content)}
    taken = fire.take(
        fire.answer(bundle, fire.receipt(bundle, "signed_for", **SIGNED, document=named), documents=(bad,))
    )
    assert [one.code for one in taken.papers_refused] == ["upload_refused"]
    assert "sha256:" + hashlib.sha256(PDF).hexdigest() == document.digest


def test_a_manifest_may_say_nothing_unknown(packed: tuple[Office, Packed, Opened]) -> None:
    fire, _, bundle = packed
    said = parsed(bundle.members["manifest.json"])
    for change in ({"more": 1}, {"format": "bihuan-carrier-bundle/2"}, {"messages": []}, {"number": "1"}):
        raw = manifest.written({**said, **change})
        seal = manifest.sealed(fire.keys.signing, f"{said['bundle']}-0", fire.now, raw)
        held = {**bundle.members, "manifest.json": raw, "manifest.sig": seal}
        inner = container.packed(held, _at(bundle))
        sealed = envelope.sealed_to(envelope.public_of(fire.keys.opening[0]), envelope.BUNDLE, inner)
        with pytest.raises(BundleFault):
            opened(sealed, fire.keys)
