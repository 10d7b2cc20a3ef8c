"""The other side opens a bundle: signature, digests and shapes first, then what is in it. Needs no house and no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.carrier import container, envelope, manifest
from engine.carrier.carried_checkpoint import checkpoint_in
from engine.carrier.container import ContainerFault
from engine.carrier.envelope import Opener
from engine.signing import PRIVATE as SIGNING
from engine.signing import PUBLIC as HOUSE
from engine.signing import SECRET, public_key_of

KEYS_MAX = 50


class BundleFault(ValueError):
    """The file cannot be opened, or is not what was packed."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of the receiver, out of a file with one on each line.

    `whsec_` is the secret that both sides share; `whsk_` signs for the receiver, `whpk_` is the house's; `bhdk_` opens.
    """

    secrets: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    house: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Keyring:
        """The keys of the file; raises BundleFault for a line that is none."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        prefixes = (SECRET, SIGNING, HOUSE, envelope.PRIVATE)
        for number, line in enumerate(lines, 1):
            if not line.startswith(prefixes) or number > KEYS_MAX:
                raise BundleFault(f"line {number} of the keys is no key")
        return cls(*(tuple(line for line in lines if line.startswith(prefix)) for prefix in prefixes))

    @property
    def checking(self) -> list[dict[str, Any]]:
        """What the house's signature is checked with."""
        return [*({"secret": one} for one in self.secrets), *({"public": one} for one in self.house)]

    @property
    def signing(self) -> list[dict[str, Any]]:
        """What the receiver signs with."""
        shared = [{"secret": one} for one in self.secrets]
        return shared or [{"private": one, "public": public_key_of(one)} for one in self.own]


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle that holds what it says."""

    manifest: manifest.BundleManifest
    members: Mapping[str, bytes]

    @property
    def checkpoint(self) -> str | None:
        """What the log of the sender was when the bundle was packed, to be kept; None where nothing was signed yet."""
        return checkpoint_in(self.members.get(container.README, b""))


def opened(raw: bytes, keys: Keyring, passphrase: str | None = None) -> Opened:
    """The bundle in the file; raises BundleFault."""
    try:
        inner = envelope.opened(raw, envelope.BUNDLE, Opener(keys.opening, passphrase))
        members = container.unpacked(inner)
        said, seal = manifest.read(members, manifest.BundleManifest, keys.checking)
        _check(said, seal, members)
    except (envelope.EnvelopeFault, envelope.KeyTextFault, ContainerFault) as fault:
        raise BundleFault(str(fault)) from fault
    return Opened(said, members)


def extract(bundle: Opened, folder: Path) -> list[str]:
    """Every member stands in the folder, which was empty or not there; names come from the list of shapes alone."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise BundleFault("the folder is not empty")
    for name, content in bundle.members.items():
        if not container.MEMBER.fullmatch(name):
            raise BundleFault(name)
        place = folder.joinpath(*name.split("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            file.write(content)
    return list(bundle.members)


def _check(said: manifest.BundleManifest, seal: manifest.Seal, members: Mapping[str, bytes]) -> None:
    """The parts of the manifest speak of one another: its signature of its bundle, its messages of its members."""
    if seal.id != f"{said.bundle}-{said.copy_no}":
        raise ContainerFault("the signature is for another bundle")
    sizes = {one.name: (one.sha256, one.size) for one in said.members}
    for message in said.messages:
        papers = {paper.member for paper in message.papers} - {None}
        if sizes.get(message.member) != (message.sha256, message.size) or not papers <= set(sizes):
            raise ContainerFault("a message is not among the members")
    if len({message.id for message in said.messages}) != len(said.messages):
        raise ContainerFault("a message is listed twice")
