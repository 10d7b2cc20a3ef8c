"""The signed manifests: what a bundle holds, and what an answer holds; read strictly, unknown members are refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.carrier.container import MANIFEST, SIGNATURE, ContainerFault, checked
from engine.core.strict_json import Malformed, parsed
from engine.signing import signature, verified

BUNDLE_FORMAT: Literal["bihuan-carrier-bundle/1"] = "bihuan-carrier-bundle/1"
ANSWER_FORMAT: Literal["bihuan-carrier-answer/1"] = "bihuan-carrier-answer/1"
MESSAGES_MAX, RECEIPTS_MAX, PAPERS_MAX = 100, 500, 500

Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
Name = Annotated[str, Field(max_length=200)]
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Instant = Annotated[str, Field(max_length=40)]
Key = Annotated[str, Field(pattern=r"^bhek_[A-Za-z0-9+/=]{44,100}$")]
Size = Annotated[int, Field(ge=0, le=2**40)]
Number = Annotated[int, Field(ge=1, le=2**31)]
M = TypeVar("M", bound="_Manifest")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Member(_Strict):
    """A member of the container."""

    name: Name
    sha256: Hex
    size: Size


class Paper(_Strict):
    """A paper that a message names; without a member it could not be enclosed, `as_printed` is not to the byte."""

    digest: Digest
    name: Name
    title: Name | None = None
    doc_no: Name | None = None
    member: Name | None = None
    as_printed: bool = False


class Carried(_Strict):
    """A message of the bundle, with the codes that may come back on paper."""

    id: Id
    sequence: Annotated[str, Field(pattern=r"^[0-9]{20}$")]
    kind: Id
    title: Name
    subject: Name
    doc_no: Name | None = None
    member: Name
    sha256: Hex
    size: Size
    papers: Annotated[list[Paper], Field(max_length=PAPERS_MAX)]
    codes: dict[Id, Annotated[str, Field(max_length=40)]]


class _Manifest(_Strict):
    members: Annotated[list[Member], Field(max_length=2000)]


class BundleManifest(_Manifest):
    """What a bundle says of itself."""

    format: Literal["bihuan-carrier-bundle/1"]
    office: Name
    office_name: Name
    system: Name
    queue: Literal["ordinary", "criminal"]
    series: Id
    number: Number
    copy_no: Annotated[int, Field(ge=0, le=10_000, alias="copy")]
    bundle: Id
    sender: Name
    recipient: Name
    packed_at: Instant
    made_at: Instant
    reply_key: Key
    messages: Annotated[list[Carried], Field(min_length=1, max_length=MESSAGES_MAX)]


class Signed(_Strict):
    """A receipt as it was signed, and the member that holds its bytes."""

    id: Id
    timestamp: Annotated[int, Field(ge=0, le=10**12)]
    signature: Annotated[str, Field(max_length=2000)]
    member: Name


class Enclosed(_Strict):
    """A paper that a receipt announced."""

    receipt: Id
    name: Name
    member: Name


class AnswerManifest(_Manifest):
    """What an answer says of itself: to which bundle, with which receipts, in the order in which they count."""

    format: Literal["bihuan-carrier-answer/1"]
    office: Name
    system: Name
    bundle: Id
    number: Number
    manifest_sha256: Hex
    answered_at: Instant
    receipts: Annotated[list[Signed], Field(max_length=RECEIPTS_MAX)]
    papers: Annotated[list[Enclosed], Field(max_length=PAPERS_MAX)]


class Seal(_Strict):
    """The signature over a manifest, as Standard Webhooks signs a body."""

    id: Id
    timestamp: Annotated[int, Field(ge=0, le=10**12)]
    signature: Annotated[str, Field(max_length=2000)]


def written(said: Mapping[str, Any]) -> bytes:
    """The bytes of a manifest: sorted names, one space deep, UTF-8, a newline at the end."""
    return (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def member_list(members: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The members as a manifest lists them, by name."""
    return [
        {"name": name, "sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}
        for name, raw in sorted(members.items())
    ]


def sealed(keys: Sequence[Mapping[str, Any]], id: str, now: datetime, manifest: bytes) -> bytes:
    """The bytes of the member that holds the signature over the manifest."""
    timestamp = int(now.timestamp())
    return written({"id": id, "timestamp": timestamp, "signature": signature(keys, id, timestamp, manifest)})


def read(members: Mapping[str, bytes], model: type[M], keys: Sequence[Mapping[str, Any]]) -> tuple[M, Seal]:
    """The manifest, signed with one of the keys, whose members are there to the byte; raises ContainerFault."""
    raw = members[MANIFEST]
    seal = _model(members[SIGNATURE], Seal)
    if not verified(keys, seal.signature, seal.id, seal.timestamp, raw):
        raise ContainerFault("the signature does not verify")
    manifest = _model(raw, model)
    listed = {one.name: (one.sha256, one.size) for one in manifest.members}
    if len(listed) != len(manifest.members):
        raise ContainerFault("a member is listed twice")
    checked(members, listed)
    return manifest, seal


S = TypeVar("S", bound=_Strict)


def _model(raw: bytes, model: type[S]) -> S:
    try:
        return model.model_validate(parsed(raw))
    except (Malformed, ValidationError) as fault:
        raise ContainerFault("the manifest says something unknown") from fault
