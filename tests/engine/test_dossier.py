"""The file of a finding: everything its reader is shown, in order, on numbered leaves, and nothing of a criminal referral."""

from __future__ import annotations

import fcntl
import io
import os
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import select

from engine.attachments import AttachmentFile, Attachments
from engine.core.refusals import Refusal
from engine.documents import binding
from engine.documents.binding import Leafed, Measured
from engine.dossier import Dossiers, of_findings, of_referrals
from models.referral_reading import READING
from tests.builders import Town, refused
from tests.engine.test_times import ordered
from tests.referral_walk import FILED, led, opened

FILM = AttachmentFile("现场录像.mp4", b"\0\0\0\x18ftypmp42 film", "video/mp4")
BROKEN = AttachmentFile("坏文件.pdf", b"%PDF-1.4 nothing follows", "application/pdf")
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
    "dccc59e70000000049454e44ae426082"
)


def dossiers(town: Town) -> Dossiers:
    return of_findings(town.house)


def pages(made: bytes) -> list[str]:
    return ["".join(one.extract_text().split()) for one in pypdf.PdfReader(io.BytesIO(made)).pages]


def attached(town: Town, finding: str, *files: AttachmentFile) -> None:
    Attachments(town.house.desk).take(town.who("W01"), finding, list(files))


def test_the_index_names_the_leaf_of_every_paper(sqlite_town: Town) -> None:
    town = sqlite_town
    finding, _ = ordered(town)
    scan = town.house.press.pdf("service_receipt", {}, issued_on=town.house.clock.now().date())
    attached(town, finding, AttachmentFile("扫描件.pdf", scan, "application/pdf", title="签收扫描件"))
    town.at("2024-04-29T09:00")
    attached(town, finding, AttachmentFile("门头.png", PICTURE, "image/png"), FILM, BROKEN)

    name, made = dossiers(town).bound(town.who("W01"), finding)

    assert name.endswith("卷宗.pdf")
    cover, index, *leaves, note = pages(made)
    assert "卷宗" in cover and "原市监责改〔2024〕1号" in cover
    for title, leaf in (("现场笔录", 1), ("责令改正通知书", 2), ("签收扫描件", 4), ("门头.png", 5)):
        assert title in index
        assert leaves[leaf - 1].endswith(str(leaf)) or title in leaves[leaf - 1][:40], title
    assert "责令改正通知书2024年4月26日2-3" in index and "门头.png2024年4月29日5" in index
    assert len(leaves) == 5 and f"共4件{len(leaves)}页" in cover and f"共4件{len(leaves)}页" in note
    for beside in (FILM, BROKEN):
        assert beside.name in index and beside.name in note
    assert index.count("另附") == 2
    assert made == dossiers(town).bound(town.who("W01"), finding)[1]


def test_papers_alone_are_bound_as_an_archival_pdf(sqlite_town: Town) -> None:
    _, made = dossiers(sqlite_town).bound(sqlite_town.who("W01"), sqlite_town.finding())
    metadata = pypdf.PdfReader(io.BytesIO(made)).xmp_metadata
    assert metadata is not None and b"<pdfaid:part>2</pdfaid:part>" in metadata.stream.get_data()


def test_the_file_is_the_same_with_and_without_a_referral(sqlite_town: Town) -> None:
    """For whoever is on its list too: the file lies in the office's archive."""
    town = sqlite_town
    finding = town.finding()
    before = dossiers(town).bound(town.who("W02"), finding)
    referral = opened(town, finding)
    led(town, referral, "form_team")
    Attachments(town.house.desk).take(
        town.who("C02"), referral, [AttachmentFile("检验.png", PICTURE, "image/png")], "referral"
    )
    for login in ("W02", "C02", "P01"):
        assert dossiers(town).bound(town.who(login), finding) == before


def test_only_whoever_sees_the_finding_gets_its_file(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.dossier.bind", lambda *_, **__: b"bound")
    town, finding = sqlite_town, sqlite_town.finding()
    assert dossiers(town).bound(town.who("S01"), finding)[1] == b"bound"
    for login in ("F01", "A01", "E01"):
        assert refused(dossiers(town).bound, town.who(login), finding).code == "not_found"
    assert refused(dossiers(town).bound, town.who("W01"), "nowhere").code == "not_found"


def test_what_is_too_much_lies_beside(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.dossier.ENCLOSED_BYTES_MAX", 10)
    town, finding = sqlite_town, sqlite_town.finding()
    attached(town, finding, AttachmentFile("门头.png", PICTURE, "image/png"))
    _, made = dossiers(town).bound(town.who("W01"), finding)
    assert "门头.png" in pages(made)[-1]


def nothing_before_and_behind(_: Measured) -> tuple[list[Leafed], list[Leafed]]:
    return [], []


def bound_alone(town: Town) -> bytes:
    today = town.house.clock.now().date()
    return binding.bind(
        town.house.press.typesetter, [], nothing_before_and_behind, title="空", author="局", dated=today
    )


def test_a_file_without_leaves_is_bound_too(sqlite_town: Town) -> None:
    assert bound_alone(sqlite_town).startswith(b"%PDF-")


def test_a_binder_that_is_gone_is_told_and_leaves_nothing_behind(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binding, "SECONDS_MAX", 0)
    told = refused(bound_alone, sqlite_town)
    assert told.code == "not_ready" and told.detail == binding.FAILED


def test_whoever_comes_while_others_wait_is_asked_to_come_again(sqlite_town: Town) -> None:
    taken = 0
    while binding.TURNS.acquire(blocking=False):
        taken += 1
    try:
        told: Refusal = refused(bound_alone, sqlite_town)
        assert told.code == "not_ready" and told.detail == binding.BUSY
    finally:
        for _ in range(taken):
            binding.TURNS.release()


@pytest.fixture
def in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this machine is said to have its folder in memory."""
    monkeypatch.setattr(binding, "memory_place", lambda: tmp_path)
    return tmp_path


def test_the_file_of_a_referral_is_bound_for_its_list_and_read_on_record(
    sqlite_town: Town, in_memory: Path
) -> None:
    town, files = sqlite_town, of_referrals(sqlite_town.house)
    referral = opened(town, town.finding())
    led(town, referral, *FILED[:4])
    scan = AttachmentFile("检验.png", PICTURE, "image/png", title="检验照片")
    Attachments(town.house.desk).take(town.who("C02"), referral, [scan, FILM], "referral")

    name, made = files.bound(town.who("C02"), referral)

    assert name.endswith("移送卷宗.pdf") and list(in_memory.glob(f"{binding.PREFIX}*")) == []
    cover, index, *leaves, note = pages(made)
    assert "案件移送书" in cover and "检验照片" in index and len(leaves) > 3 and FILM.name in note
    for login in ("T01", "F01", "A01", "S01"):
        told = refused(files.bound, town.who(login), referral)
        assert repr(told) == repr(refused(files.bound, town.who(login), "never-was"))
    with town.house.database.read() as connection:
        read = connection.execute(select(READING.c.login, READING.c.part)).all()
    assert [tuple(one) for one in read] == [("C02", "whole_file")]
    assert made == files.bound(town.who("C02"), referral)[1]


def test_a_sealed_file_is_bound_in_memory_or_nowhere(tmp_path: Path) -> None:
    mounts, left, used = tmp_path / "mounts", *(tmp_path / f"{binding.PREFIX}{one}" for one in "ab")
    for folder in (left, used):
        folder.mkdir()
    elsewhere = os.open(used, os.O_RDONLY)
    fcntl.flock(elsewhere, fcntl.LOCK_EX)
    for said in (f"/dev/sda1 {tmp_path} ext4 rw 0 0", f"tmpfs {tmp_path}/elsewhere tmpfs rw 0 0", ""):
        mounts.write_text(said)
        assert refused(binding.memory_place, tmp_path, mounts).detail == binding.NO_MEMORY
    assert refused(binding.memory_place, tmp_path, tmp_path / "none").code == "not_ready" and left.exists()

    mounts.write_text(f"tmpfs {tmp_path} tmpfs rw 0 0")
    assert binding.memory_place(tmp_path, mounts) == tmp_path
    assert used.exists() and not left.exists()
    os.close(elsewhere)
