"""A proof file convinces somebody who has nothing of ours, and no changed one does."""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.command_line import main
from engine.core.refusals import Refusal
from engine.witness.proof import Prover, zipped
from tests.audit.recorded import record
from tests.builders import Town

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_proof.py"
Files = dict[str, str]


def loaded() -> Any:
    """The verifier as a module."""
    spec = importlib.util.spec_from_file_location("verify_proof", VERIFIER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = loaded()


@pytest.fixture(scope="module")
def proven(witnessed: Town) -> tuple[Town, str, str, bytes]:
    """The town, a finding of it with its referral, and the proof of the finding since the first checkpoint."""
    since = witnessed.house.witness.checkpoint()
    finding, referral = record(witnessed, 2)
    packed, summary = Prover(witnessed.house).pack(finding, None, since)
    assert (summary["entries"], summary["left_out"]) == (2, 0)
    return witnessed, finding, referral, packed


def files_of(packed: bytes) -> Files:
    """The members of the zip."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_somebody_without_our_program_is_convinced(
    proven: tuple[Town, str, str, bytes], tmp_path: Path
) -> None:
    file, key = tmp_path / "proof.zip", tmp_path / "log.pub"
    file.write_bytes(proven[3])
    key.write_text(files_of(proven[3])["log.pub"])

    words = [sys.executable, "-I", str(VERIFIER), str(file), "--key", str(key)]
    told = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.endswith("proven\n") and "64 leaves are its beginning" in told.stdout


def test_the_operator_saves_a_checkpoint_and_asks_for_a_proof(
    proven: tuple[Town, str, str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town, finding, referral, _ = proven
    told = ["--data", str(town.clock_file.parent), "--test-clock", str(town.clock_file), "audit"]
    note, file = tmp_path / "note", tmp_path / "proof.zip"

    assert main([*told, "checkpoint", str(note)]) == 0
    assert capsys.readouterr().out == note.read_text()
    assert main([*told, "proof", finding, str(file), "--since", str(note), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 2
    assert verifier.check(verifier.read(file), None, note.read_text())
    assert main([*told, "proof", referral, str(file)]) == 1
    assert main([*told, "verify", "--checkpoint", str(note)]) == 0
    note.write_text(note.read_text().replace("at 20", "at 19"))
    assert main([*told, "verify", "--checkpoint", str(note)]) == 1
    assert main([*told, "proof", finding, str(file), "--since", str(note)]) == 1


def test_the_verifier_is_short_and_imports_nothing_of_ours() -> None:
    text = VERIFIER.read_text(encoding="utf-8")

    assert text.count("\n") < 300
    assert not any(
        f"import {room}" in text or f"from {room}" in text for room in ("engine", "models", "rules")
    )


def test_the_same_proof_is_the_same_file(proven: tuple[Town, str, str, bytes]) -> None:
    assert zipped(files_of(proven[3])) == proven[3]


def changed(way: Callable[[Any], object]) -> Callable[[Files], object]:
    """The files with something changed in proof.json."""

    def change(files: Files) -> None:
        proof = json.loads(files["proof.json"])
        way(proof)
        files["proof.json"] = json.dumps(proof, ensure_ascii=False)

    return change


def entry(proof: Any, number: int = -1) -> Any:
    """An entry of the finding."""
    return proof["records"][0]["entries"][number]


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (changed(lambda it: entry(it).update(by="H01")), "was changed"),
        (changed(lambda it: entry(it).update(body="{}")), "not what was committed to"),
        (changed(lambda it: entry(it).update(salt="0" * 32)), "not what was committed to"),
        (changed(lambda it: entry(it).update(index=entry(it)["index"] ^ 1)), "does not stand in the log"),
        (changed(lambda it: entry(it).update(leaf_salt="x")), "does not stand in the log"),
        (changed(lambda it: entry(it)["inclusion"].pop()), "does not stand in the log"),
        (changed(lambda it: it["records"][0]["entries"].pop(0)), "another entry stands here"),
        (changed(lambda it: it["records"][0]["entries"].reverse()), "another entry stands here"),
        (changed(lambda it: it.update(records=[])), "the finding is missing"),
        (changed(lambda it: it["consistency"]["proof"].append("AA==")), "not its beginning"),
        (changed(lambda it: it.update(size=64)), "another checkpoint"),
        (lambda it: it.update({"checkpoint.note": it["since.note"]}), "another checkpoint"),
        (lambda it: it.update({"checkpoint.note": it["checkpoint.note"].replace("128", "129")}), "signature"),
        (
            lambda it: it.update({"log.pub": it["log.pub"].replace("+", "x+", 1)}),
            "does not belong to the key",
        ),
    ],
)
def test_no_changed_file_is_believed(
    proven: tuple[Town, str, str, bytes], tamper: Callable[[Files], object], words: str
) -> None:
    files = files_of(proven[3])
    verifier.check(files)
    tamper(files)

    with pytest.raises(verifier.Wrong, match=words):
        verifier.check(files)


def test_the_reader_brings_a_key_and_a_checkpoint_of_their_own(proven: tuple[Town, str, str, bytes]) -> None:
    files = files_of(proven[3])

    assert "KEY NOT COMPARED" in verifier.check(files)[-1]
    assert (
        verifier.check(files, files["log.pub"], files["since.note"])[-1] == "your checkpoint is in the file"
    )
    with pytest.raises(verifier.Wrong, match="no Ed25519 key"):
        verifier.check(files, "another+key")


def test_an_erased_payload_is_proven_by_its_commitment(proven: tuple[Town, str, str, bytes]) -> None:
    files = files_of(proven[3])
    changed(lambda it: entry(it).update(body=None, salt=None))(files)

    assert any("2 entries, 1 with what they say" in line for line in verifier.check(files))


def test_only_who_is_on_its_list_gets_the_referral(proven: tuple[Town, str, str, bytes]) -> None:
    town, finding, referral, packed = proven
    prover = Prover(town.house)

    def kinds(login: str) -> list[str]:
        files = files_of(prover.pack(finding, town.who(login), None)[0])
        verifier.check(files)
        return [one["kind"] for one in json.loads(files["proof.json"])["records"]]

    def said(login: str) -> int:
        proof = json.loads(files_of(prover.pack(finding, town.who(login), None)[0])["proof.json"])
        return sum(one["body"] is not None for one in proof["records"][0]["entries"])

    assert (said("W01"), said("E01")) == (2, 0), "the audit administrator checks what he may not read"
    assert referral not in str(files_of(packed))
    assert kinds("U01") == ["finding", "referral"]
    assert kinds("L01") == ["finding"]
    with pytest.raises(Refusal, match="not_found"):
        prover.pack(referral, None, None)
    with pytest.raises(Refusal, match="not_found"):
        prover.pack(finding, town.who("F01"), None)
