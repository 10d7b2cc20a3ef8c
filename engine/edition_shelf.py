"""Editions as they are read back: signed by the house, unchanged since, and laid out as a folder of rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rfc8785
from sqlalchemy import Row

from engine.clock import Clock
from engine.core.refusals import Refusal
from engine.house_key import HouseKey, HouseKeyFault
from engine.projections.instants import recorded
from models import editions
from models.database import Database
from rules.data_file import DataFault, read_as
from rules.edition import edition_digest, lay_out, proof_digest
from rules.rulebook import ROOT, Rulebook, load_rulebook
from rules.vocabulary import Word, read_words

if TYPE_CHECKING:
    from rules.proof.prove import Proof

WORDS_FILE = Path(__file__).with_name("editions.yaml")


@cache
def _words() -> Mapping[str, Word]:
    return read_as(WORDS_FILE, lambda data: read_words(data, ""))


def said(name: str, **values: object) -> str:
    """A sentence of editions.yaml in both languages."""
    word = _words()[name]
    return f"{word.zh.format(**values)}。 · {word.en.format(**values)}."


def statement(row: Row[Any] | Mapping[str, Any], **more: str | None) -> str:
    """What is signed when an edition is proposed, approved or withdrawn: canonical JSON (RFC 8785).

    `more` says which of the three it is, by whom and when.
    """
    kept = row if isinstance(row, Mapping) else row._mapping
    same = ("id", "office_id", "version", "digest", "rulebook_digest", "proof_digest")
    beside = ("live_version", "live_digest", "backtest_run_id", "proposed_by")
    told = {
        **{name: kept[name] for name in (*same, *beside)},
        "in_force_from": kept["in_force_from"].isoformat(),
        "notice": digest_of_text(rfc8785.dumps(kept["notice"]).decode()),
        "proposed_at": recorded(kept["proposed_at"]),
        **more,
    }
    return rfc8785.dumps(told).decode()


@dataclass(frozen=True, slots=True)
class EditionShelf:
    """Rulebooks by the day or by their version; nothing that was changed since its approval is handed out."""

    database: Database
    office_id: str
    key: HouseKey
    folder: Path
    """Where editions are laid out."""
    clock: Clock

    def in_force(self, on: date) -> Row[Any] | None:
        """The edition that stands on that day, unread; None where it is the program's own rulebook.

        Raises `not_ready` when a withdrawal is not what this house has signed, or is gone.
        """
        with self.database.read() as connection:
            if not editions.any_edition(connection):
                return None
            taken_back = editions.withdrawn_after_approval(connection, self.office_id)
            withdrawn = editions.withdrawn_by_entry(connection, self.office_id)
            row = editions.edition_in_force(connection, self.office_id, on)
        for one in taken_back:
            self._check_withdrawal(one)
        if row is not None and row.id in withdrawn:
            raise Refusal("not_ready", detail=said("brought_back", version=row.version))
        return row

    def coming(self, on: date) -> Row[Any] | None:
        """The approved edition that begins after that day, unread."""
        with self.database.read() as connection:
            return editions.edition_coming(connection, self.office_id, on)

    def of_version(self, version: str) -> Rulebook | None:
        """The rulebook of that version, whether it stands or stood; None where it is not known here.

        It explains and judges nothing: it need not hold together with this program. Raises `not_ready` as `root` does.
        """
        with self.database.read() as connection:
            row = editions.approved_edition(connection, self.office_id, version)
        if row is not None:
            return self._read(row.id)
        shipped = load_rulebook()
        return shipped if shipped.version == version else None

    def rulebook(self, id: str | None) -> Rulebook:
        """The rulebook of the edition, to judge by; of the program where id is None.

        An edition was proven with the facts, vocabulary and office of the program of that day. With others it is proven
        anew, which takes a while and is kept. Raises `not_ready` when it is not what this house has signed, cannot be read
        by this program, or does not hold together with it.
        """
        book = self._read(id)
        if id is not None:
            with self.database.read() as connection:
                row = editions.edition_row(connection, self.office_id, id)
                known = editions.proof_row(connection, proof_digest(book))
            assert row is not None, "an edition is never deleted"
            if book.digest != row.rulebook_digest and not (known is not None and known.proven):
                self._prove(book)
        return book

    def root(self, id: str | None) -> Path:
        """The folder of the edition, or of the program's own rulebook.

        Raises `not_ready` when its approval is not signed by this house, or says something else than was signed.
        """
        if id is None:
            return ROOT
        with self.database.read() as connection:
            row = editions.edition_row(connection, self.office_id, id)
        assert row is not None, "an edition is never deleted"
        self._check_approval(row)
        return lay_out(row.files, self.folder)

    def sign(self, text: str) -> str:
        """The signature of the house; its key is made for the first edition. Raises `not_ready` when the key is gone."""
        with self.database.read() as connection:
            signed_before = editions.any_edition(connection)
        try:
            if not signed_before:
                self.key.make()
            return self.key.sign(text)
        except HouseKeyFault as fault:
            raise Refusal("not_ready", detail=said("no_key", key=self.key.path)) from fault

    def check(self, row: Row[Any], before: str | None) -> None:
        """Returns when everything that was done about the edition is as it was signed; raises `not_ready`.

        before: the approval that was given before this one's; an approval names it, so that none is lost in between.
        """
        self.check_proposal(row)
        if row.approval is not None:
            self._check_approval(row)
            if json.loads(row.approval)["previous"] != (None if before is None else digest_of_text(before)):
                raise Refusal("not_ready", detail=said("not_as_signed", version=row.version))
        if row.withdrawal is not None:
            self._check_withdrawal(row)
            return
        with self.database.read() as connection:
            withdrawn = editions.withdrawn_by_entry(connection, self.office_id)
        if row.id in withdrawn:
            raise Refusal("not_ready", detail=said("brought_back", version=row.version))

    def check_proposal(self, row: Row[Any]) -> None:
        """Returns when this house has reviewed and proven exactly these files; raises `not_ready`."""
        self._check_signed(row, row.proposal, row.proposal_signature, ("reviewed_at",))
        self._check_files(row)

    def _read(self, id: str | None) -> Rulebook:
        root = self.root(id)
        try:
            return load_rulebook(root)
        except DataFault as fault:
            if id is None:
                raise
            raise Refusal("not_ready", detail=said("not_readable", version=id, fault=fault)) from fault

    def _prove(self, book: Rulebook) -> None:
        from rules.proof.prove import prove  # takes the prover, which opening seldom needs

        proof = prove(book.root)
        if proof.faults:
            fault = proof.faults[0]
            raise Refusal("not_ready", detail=said("not_proven", version=book.version, fault=fault))
        with self.database.writing() as connection:
            editions.keep_proof(connection, proof_kept(proof, book, self.office_id, self.clock.now()))
            connection.commit()

    def _check_approval(self, row: Row[Any]) -> None:
        told = {"approved_by": row.approved_by, "approved_at": _instant(row.approved_at)}
        self._check_signed(row, row.approval, row.approval_signature, ("previous",), **told)
        self._check_files(row)

    def _check_withdrawal(self, row: Row[Any]) -> None:
        told = {"withdrawn_by": row.withdrawn_by, "withdrawn_at": _instant(row.withdrawn_at)}
        self._check_signed(row, row.withdrawal, row.withdrawal_signature, ("reason",), **told)

    def _check_files(self, row: Row[Any]) -> None:
        if edition_digest(row.files) != row.digest:
            raise Refusal("not_ready", detail=said("not_as_signed", version=row.version))

    def _check_signed(
        self,
        row: Row[Any],
        text: str | None,
        signature: str | None,
        only_signed: tuple[str, ...],
        **told: str | None,
    ) -> None:
        """`told` stands in columns of the row too and must be what was signed; `only_signed` stands nowhere else."""
        try:
            genuine = bool(text and signature and self.key.signed(text, signature))
        except HouseKeyFault as fault:
            raise Refusal("not_ready", detail=said("no_key", key=self.key.path)) from fault
        if text is None or not genuine:
            raise Refusal("not_ready", detail=said("not_signed", version=row.version, key=self.key.path))
        signed = json.loads(text)
        if statement(row, **told, **{name: signed.get(name) for name in only_signed}) != text:
            raise Refusal("not_ready", detail=said("not_as_signed", version=row.version))


def digest_of_text(text: str) -> str:
    """SHA-256 of what was signed, as the next approval names it."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def proof_kept(proof: Proof, book: Rulebook, office_id: str, now: datetime) -> dict[str, Any]:
    """The row that keeps a proof of the rulebook."""
    return {
        "digest": proof_digest(book),
        "office_id": office_id,
        "proven": not proof.faults,
        "proof": proof.as_data(),
        "recorded_at": now,
    }


def _instant(value: datetime | None) -> str | None:
    return None if value is None else recorded(value)
