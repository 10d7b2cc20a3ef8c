"""The container inside the envelope: a ZIP of stored members under a signed manifest, the same bytes for the same content.

Reading believes nothing: names are of a closed list of shapes, nothing is packed, repeated, linked or left over, and
every member has the size and digest that the signed manifest gives it.
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
from collections.abc import Mapping
from datetime import datetime

from engine.core.calendar import SHANGHAI

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
README, COVER = "README.txt", "cover.pdf"
MEMBER = re.compile(
    r"manifest\.json|manifest\.sig|README\.txt|cover\.pdf"
    r"|(messages|receipts)/[0-9A-Za-z_-]{1,100}\.json"
    r"|papers/[0-9a-f]{64}\.[a-z0-9]{1,5}",
    re.ASCII,
)
"""Every name that a member may have: no separator but one, no dots but one, nothing that a folder could be left by."""
MEMBERS_MAX = 2000
BYTES_MAX = 256 * 1024 * 1024
REGULAR = (stat.S_IFREG | 0o644) << 16
UNIX = 3
ENCRYPTED_FLAG = 0x1


class ContainerFault(ValueError):
    """The container is not one that was packed here, or was changed."""


def packed(members: Mapping[str, bytes], at: datetime) -> bytes:
    """The container; manifest and signature come first, everything else by name."""
    civil = at.astimezone(SHANGHAI)
    first = [name for name in (MANIFEST, SIGNATURE) if name in members]
    rest = sorted(name for name in members if name not in first)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as container:
        for name in (*first, *rest):
            if not MEMBER.fullmatch(name):
                raise ContainerFault(name)
            info = zipfile.ZipInfo(name, civil.timetuple()[:6])
            info.create_system, info.external_attr = UNIX, REGULAR
            container.writestr(info, members[name])
    return out.getvalue()


def unpacked(raw: bytes) -> dict[str, bytes]:
    """The members by name; raises ContainerFault. What it holds is no more than the bytes that were given."""
    if len(raw) > BYTES_MAX:
        raise ContainerFault("too large")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as container:
            infos = container.infolist()
            _check(infos, len(raw))
            members = {info.filename: container.read(info) for info in infos}
    # All that the reader of ZIP files raises of what is none: RuntimeError of encrypted members, the rest of damage.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, RuntimeError) as fault:
        raise ContainerFault(str(fault) or "damaged") from fault
    if MANIFEST not in members or SIGNATURE not in members:
        raise ContainerFault("no manifest")
    return members


def checked(members: Mapping[str, bytes], listed: Mapping[str, tuple[str, int]]) -> None:
    """Returns when the members are those of the list (SHA-256 in hex, size) and no others; raises ContainerFault."""
    if set(members) - {MANIFEST, SIGNATURE} != set(listed):
        raise ContainerFault("members and manifest differ")
    for name, (digest, size) in listed.items():
        if len(members[name]) != size or hashlib.sha256(members[name]).hexdigest() != digest:
            raise ContainerFault(f"{name} is not what the manifest says")


def _check(infos: list[zipfile.ZipInfo], size: int) -> None:
    names = [info.filename for info in infos]
    if len(infos) > MEMBERS_MAX or len(set(names)) != len(names):
        raise ContainerFault("too many members, or one twice")
    if sum(info.file_size for info in infos) > size:  # members that overlap unpack to more than there is
        raise ContainerFault("members overlap")
    for info in infos:
        regular = info.external_attr in (0, REGULAR)
        if not MEMBER.fullmatch(info.filename) or not regular or info.orig_filename != info.filename:
            raise ContainerFault("a member that does not belong here")
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & ENCRYPTED_FLAG:
            raise ContainerFault("a member is packed or encrypted")
        if info.file_size != info.compress_size:
            raise ContainerFault("a member has two sizes")
