"""The container inside the box: a tar of plain files, so that what is kept can be read without this program.

Written and read from first to last with one member in memory; a member of a name, kind or size that does not belong
there is refused.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from typing import IO

HEAD, MANIFEST, SIGNATURE = "head.json", "manifest.json", "manifest.sig"
MEMBER = re.compile(
    r"head\.json|manifest\.json|manifest\.sig|tables/[a-z_]{1,60}/[0-9]{6}\.jsonl"
    r"|checkpoints/[0-9A-Za-z][0-9A-Za-z_.-]{0,100}|keys/[0-9A-Za-z][0-9A-Za-z_.-]{0,100}",
    re.ASCII,
)
BYTES_MAX = 512 * 1024 * 1024
"""Of one member; a table is cut into pieces far smaller, and one row with its file has a tenth of this."""


class ContainerFault(ValueError):
    """This is no container of a backup, or something in it does not belong there."""


def packed(members: Iterator[tuple[str, bytes]]) -> Iterator[bytes]:
    """The bytes of the container."""
    for name, content in members:
        if not MEMBER.fullmatch(name) or len(content) > BYTES_MAX:
            raise ContainerFault(name)
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(content), 0o600
        yield info.tobuf(tarfile.USTAR_FORMAT)
        yield content
        yield bytes(-len(content) % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def members(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Each member with its name; raises ContainerFault."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as container:
            while (info := container.next()) is not None:
                if not info.isreg() or not MEMBER.fullmatch(info.name) or info.size > BYTES_MAX:
                    raise ContainerFault(info.name)
                part = container.extractfile(info)
                assert part is not None, "a regular file can be read"
                content = part.read()
                if len(content) != info.size:
                    raise ContainerFault(info.name)
                container.members = []  # type: ignore[attr-defined]  # else it keeps every head that it has read
                yield info.name, content
    except (tarfile.TarError, EOFError) as fault:
        raise ContainerFault("tar") from fault
