"""The proof file: what a finding's record says, and everything that lets anybody hold it against a checkpoint."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.core.audit import CHAINED, utc_text
from engine.core.commands import Principal
from engine.core.merkle import consistency, inclusions, leaf_hash
from engine.core.refusals import FieldError, Refusal
from engine.core.signed_note import NoteFault
from engine.lawbook_of_the_house import RULES
from engine.projections.privacy import holds_particulars, knows_particulars
from engine.snapshots import load_finding
from engine.witness.looking import Known
from engine.witness.words import NOT_SIGNING
from models import audit_reading, log_reading
from rules.charts import CHARTS_FOLDER
from rules.rulebook import digest_of

if TYPE_CHECKING:
    from engine.house import House

FORMAT = "bihuan-proof/1"
EPOCH = (1980, 1, 1, 0, 0, 0)
READ_AS = "proof"
README = """What this file proves, and how to check it without Bihuan: docs/verify_proof.py of the project, run with the public
key of the log as you know it from elsewhere, or with a checkpoint that you were given before:

    python verify_proof.py FILE.zip --key log.pub --checkpoint NOTE
"""


@dataclass(frozen=True, slots=True)
class Prover:
    """Packs proofs of findings; of a criminal referral only for a person on its list (law 9)."""

    house: House

    def pack(self, finding: str, who: Principal | None, since: str | None) -> tuple[bytes, dict[str, Any]]:
        """The zip, equal for equal contents, and a summary; raises `not_found`, `read_only`, `not_ready`, `facts_invalid`.

        `who` is None where the operator of the house asks: then nothing says whether there is a referral.
        """
        note = self._note()
        keys = self.house.witness.signer.keys()
        now = self.house.witness.signer.read(note, "checkpoint", keys)
        then = self._since(since, now) if since is not None else None
        with self.house.database.read() as connection:
            records = self._records(connection, finding, who)
            leaves = [
                leaf_hash(bytes.fromhex(one))
                for one in log_reading.leaf_contents(connection, now.checkpoint.size)
            ]
            told = [self._record(connection, record, kind, who, leaves) for record, kind in records]
        for record, kind in records:
            if kind == "referral" and who is not None:
                self.house.reader.referrals.note(who, record, READ_AS)
        proof = {
            "format": FORMAT,
            "finding": finding,
            "origin": now.checkpoint.origin,
            "size": now.checkpoint.size,
            "records": told,
            "consistency": None if then is None else _beginning(leaves, then.checkpoint.size),
            "hand_overs": [_beginning(leaves, one.size) for one in keys.hand_overs],
            "digests": self._digests(),
        }
        files = {
            "README.txt": README,
            "checkpoint.note": note,
            "log.pub": keys.keys[0].told() + "\n",
            **{f"handover-{place:04d}.note": one.note for place, one in enumerate(keys.hand_overs, 1)},
            "proof.json": json.dumps(proof, ensure_ascii=False, sort_keys=True, indent=1) + "\n",
            **({"since.note": since} if since is not None else {}),
        }
        summary = {
            "finding": finding,
            "size": now.checkpoint.size,
            "entries": sum(len(one["entries"]) for one in told),
            "left_out": sum(one["left_out"] for one in told),
        }
        return zipped(files), summary

    def _note(self) -> str:
        """A checkpoint of now where this program signs, else the newest there is."""
        witness = self.house.witness
        if witness.signer.may_sign():
            return witness.checkpoint()
        if not witness.glance():
            raise witness.refusal()
        newest = witness.newest()
        if newest is None:
            raise Refusal("not_ready", detail=NOT_SIGNING)
        return newest.note

    def _since(self, note: str, now: Known) -> Known:
        """The older checkpoint, of the same log and no longer than it is now."""
        try:
            then = self.house.witness.signer.read(note, "since")
        except NoteFault as fault:
            raise _wrong("不是这个日志签名的检查点", "no checkpoint signed for this log") from fault
        if then.checkpoint.size > now.checkpoint.size:
            raise _wrong("检查点比日志更新", "the checkpoint is newer than the log")
        return then

    def _records(self, connection: Connection, finding: str, who: Principal | None) -> list[tuple[str, str]]:
        """The finding, and its referrals on whose list the person is."""
        if load_finding(connection, self.house.office, finding) is None:
            raise Refusal("not_found")
        if who is None:
            return [(finding, "finding")]
        self.house.reader.audit(who, finding)
        referrals = self.house.desk.referrals
        with self.house.database.read(referrals.behalf(who)) as mine:
            known = [(row.id, "referral") for row in referrals.known_of(mine, who, finding)]
        return [(finding, "finding"), *known]

    def _record(
        self,
        connection: Connection,
        record: str,
        kind: str,
        who: Principal | None,
        leaves: Sequence[bytes],
    ) -> dict[str, Any]:
        """The entries that the checkpoint holds, from the first on, each with its path."""
        rows, places = audit_reading.chain(connection, record), log_reading.leaves_of(connection, record)
        held = []
        for row in rows:
            leaf = places.get(row["sequence"])
            if leaf is None or leaf.place >= len(leaves):
                break
            held.append((row, leaf))
        paths = inclusions(leaves, (leaf.place for _, leaf in held))
        shown = self._shows(connection, record, kind, who)
        entries = [
            _entry(row, leaf, paths[leaf.place], open_to_reader=shown(row["body"])) for row, leaf in held
        ]
        return {"record": record, "kind": kind, "entries": entries, "left_out": len(rows) - len(held)}

    def _shows(self, connection: Connection, record: str, kind: str, who: Principal | None) -> Any:
        """Whether a payload is shown, or what was committed to only: to a person like in the audit chain of the API."""
        if who is None or kind == "referral":
            return lambda body: body is not None
        file = load_finding(connection, self.house.office, record)
        assert file is not None, "found before"
        department, personal = file.snapshot.department, self.house.reader.sources.personal
        sees = "audit_admin" not in who.roles
        knows = knows_particulars(who, department)
        return lambda body: body is not None and sees and (knows or not holds_particulars(body, personal))

    def _digests(self) -> dict[str, Any]:
        """What the house went by: charts, rulebook, calendars, office; SHA-256 over the files with names and lengths."""
        standing = self.house.rulebook
        return {
            "charts": _files(CHARTS_FOLDER),
            "rulebook": {"version": standing.version, "digest": standing.digest},
            "calendars": _files(RULES / "calendars"),
            "offices": _files(RULES / "offices"),
        }


def _entry(row: Mapping[str, Any], leaf: Any, path: list[bytes], *, open_to_reader: bool) -> dict[str, Any]:
    spoken = {name: row[name] for name in CHAINED} | {
        name: utc_text(row[name]) for name in ("occurred_at", "recorded_at")
    }
    said = {"salt": row["salt"], "body": row["body"]} if open_to_reader else {"salt": None, "body": None}
    stands = {"index": leaf.place, "leaf_salt": leaf.salt, "inclusion": _told(path)}
    return {**spoken, "previous": row["previous"], "hash": row["hash"], **said, **stands}


def _beginning(leaves: Sequence[bytes], size: int) -> dict[str, Any]:
    """The proof that a log of that size is the beginning of this one; null where that was longer, as after a restoration."""
    return {"size": size, "proof": _told(consistency(leaves, size)) if size <= len(leaves) else None}


def zipped(files: Mapping[str, str]) -> bytes:
    """The files as a zip without a time of its own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, files[name].encode())
    return packed.getvalue()


def _files(folder: Path) -> str:
    return digest_of((one.name, one.read_bytes()) for one in sorted(folder.glob("*.yaml")))


def _told(hashes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]


def _wrong(zh: str, en: str) -> Refusal:
    return Refusal("facts_invalid", errors=[FieldError("/since", "inconsistent", zh, en)])
