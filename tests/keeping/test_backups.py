"""Backups are whole, sealed, and become the same database again on either kind; anything less is refused."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyrage
import pytest

from engine.auditing import verify
from engine.house_key import HouseKey
from engine.keeping.backup import back_up
from engine.keeping.box import LOCKED, BoxFault, identities_in, locked, new_key, opened, recipient_of, seal
from engine.keeping.container import ContainerFault, members, packed
from engine.keeping.copying import CopyFault
from engine.keeping.restoring import Wanted, prepared
from engine.settings import Settings
from models import keeping, restoring
from models.account_reading import admin_entries
from models.database import Database
from models.migrate import latest, revision_of
from tests.builders import refused
from tests.keeping.conftest import PAPER, Kept, content
from tests.keeping.older import without_column

CHANGED_ON_PURPOSE = {"sign_in", "api_token", "admin_entry", "restoration"}


def read(kept: Kept, raw: bytes) -> list[tuple[str, bytes]]:
    """The members of a backup."""
    with opened(io.BytesIO(raw), kept.identities) as plain:
        return list(members(plain))


def resealed(kept: Kept, found: list[tuple[str, bytes]], to: Path) -> Path:
    """A backup of these members, as somebody could make it who has the public key."""
    with to.open("wb") as file:
        seal(packed(iter(found)), file, [kept.recipient])
    return to


def test_a_backup_becomes_the_same_database_on_either_kind(
    kept: Kept, elsewhere: Settings, postgres: Any, tmp_path: Path
) -> None:
    before = content(kept.town.house.database)
    url = postgres.create_database("kept_elsewhere")
    other = Settings(data_dir=tmp_path, database_url=url)
    kept.restored(other)
    in_use = Database(url)
    with in_use.read() as connection:
        connection.exec_driver_sql("SELECT 1")
        assert refused(kept.restored, other).code == "not_ready"
    in_use.dispose()
    schema = kept.restored(other)["kept"]
    with in_use.read() as connection:
        former = connection.exec_driver_sql(f"SELECT count(*) FROM {schema}.finding").scalar()
    in_use.dispose()
    assert former == len(before["finding"])

    private, public = new_key()
    (tmp_path / "other.key").write_text(private)
    back_up(other, tmp_path / "other.backup", [recipient_of(public)])
    now = kept.town.house.clock.real_now()
    wanted = Wanted(tmp_path / "other.backup", identities_in(tmp_path / "other.key", None))
    with prepared(elsewhere, "yuanping", wanted, now) as ready:
        told = ready.swap("os:somebody", now)

    database = Database(elsewhere.database_url)
    after = content(database)
    assert {name for name in before if before[name] != after[name]} == CHANGED_ON_PURPOSE
    assert told["entries"] == verify(kept.town.house.database).entries > 3
    assert any(b64encode(PAPER).decode() in row for row in after["attachment"])
    database.dispose()


def test_what_must_not_come_back_alive_is_at_rest(kept: Kept, elsewhere: Settings) -> None:
    told = kept.restored(elsewhere)

    database = Database(elsewhere.database_url)
    with database.read() as connection:
        rows = {name: content(database)[name] for name in ("sign_in", "api_token")}
        last = list(admin_entries(connection, "yuanping"))[-1]
        held = restoring.holding(connection)
    names = {name: [one for one, _ in columns] for name, columns in keeping.table_forms().items()}
    assert [row[names["sign_in"].index("ended")] for row in rows["sign_in"]] == [True]
    assert [row[names["api_token"].index("revoked")] for row in rows["api_token"]] == [True]
    assert last.action == "restore" and last.detail["digest"]
    assert (told["held"], held) == (False, None)
    assert [name.partition("/")[0] for name in told["files"]] == ["checkpoints"]
    assert Path(told["kept"]).stat().st_size
    database.dispose()


def test_the_keys_of_the_house_go_with_it_only_where_asked(
    kept: Kept, elsewhere: Settings, tmp_path: Path
) -> None:
    settings = kept.town.house.settings
    HouseKey(settings.key_file).make()
    for number, asked in enumerate((False, True)):
        file = tmp_path / f"{number}.backup"
        back_up(settings, file, [kept.recipient], asked)
        with prepared(settings, "yuanping", Wanted(file, kept.identities), datetime.now(UTC)) as ready:
            assert ready.copied.signed is True
        told = kept.restored(elsewhere, file)
        assert ("keys/house.key" in told["files"], elsewhere.key_file.exists()) == (asked, asked)
        assert told["signed"] is None
    assert elsewhere.key_file.read_text() == settings.key_file.read_text()
    assert elsewhere.key_file.stat().st_mode & 0o777 == 0o600
    settings.key_file.unlink()


def test_a_backup_made_while_officers_work_is_of_one_moment(
    kept: Kept, elsewhere: Settings, tmp_path: Path
) -> None:
    done, reached = threading.Event(), threading.Event()

    def work() -> None:
        while not done.is_set():
            kept.town.finding()
            reached.set()

    officer = threading.Thread(target=work)
    officer.start()
    reached.wait()
    try:
        settings = kept.town.house.settings
        told = back_up(settings, tmp_path / "busy.backup", [kept.recipient])
    finally:
        done.set()
        officer.join()

    restored = kept.restored(elsewhere, tmp_path / "busy.backup")
    assert restored["faults"] == 0 and restored["rows"] == told["rows"]
    assert restored["entries"] <= verify(kept.town.house.database).entries


def test_no_byte_can_be_changed_added_or_cut_off(kept: Kept) -> None:
    raw = kept.file.read_bytes()
    whole = read(kept, raw)
    assert whole[0][0] == "head.json" and whole[-1][0] == "manifest.json"
    assert b"PDF-1.7" not in raw and "原平".encode() not in raw
    places = [*range(0, 400, 7), *range(400, len(raw), len(raw) // 60), len(raw) - 1]
    for place in places:
        changed = bytearray(raw)
        changed[place] ^= 0x20
        with pytest.raises((BoxFault, ContainerFault)):
            read(kept, bytes(changed))
        with pytest.raises((BoxFault, ContainerFault)):
            read(kept, raw[:place])
    with pytest.raises(BoxFault):
        read(kept, raw + b"\0")


def head_with(found: list[tuple[str, bytes]], **more: Any) -> list[tuple[str, bytes]]:
    head = {**orjson.loads(found[0][1]), **more}
    return [("head.json", orjson.dumps(head)), *found[1:]]


def test_what_was_sealed_again_is_held_against_its_manifest(
    kept: Kept, elsewhere: Settings, tmp_path: Path
) -> None:
    found = read(kept, kept.file.read_bytes())
    before = Path(elsewhere.database_url.removeprefix("sqlite:///")).read_bytes()
    entries = next(index for index, (name, _) in enumerate(found) if name.startswith("tables/entry/"))
    shorter = [*found]
    shorter[entries] = (found[entries][0], found[entries][1].split(b"\n", 1)[1])
    wrong = {
        "a row less": shorter,
        "a member less": [*found[:entries], *found[entries + 1 :]],
        "no manifest": found[:-1],
        "something behind": [*found, ("keys/x", b"")],
        "newer": head_with(found, format=2),
        "of a newer program": head_with(found, revision="9999"),
        "of another office": head_with(found, office="elsewhere"),
    }
    for number, members_ in enumerate(wrong.values()):
        file = resealed(kept, members_, tmp_path / f"{number}.backup")
        with pytest.raises(CopyFault):
            kept.restored(elsewhere, file)
    assert Path(elsewhere.database_url.removeprefix("sqlite:///")).read_bytes() == before
    assert not [one for one in os.listdir(tmp_path) if "restoring" in one or "before" in one]


LATER_TABLES = (
    *("log_leaf", "log_checkpoint", "log_doubt", "refused_attempt", "referral_hand"),
    *("legal_hold", "legal_hold_act", "erasure", "erasure_decision", "erased_payload", "erased_paper"),
    *("paper_template", "template_change", "draft", "work_view", "job", "job_part"),
    "vouched_session",
)
LATER_COLUMNS = (("proposal", "withdrawn_at"), ("attachment", "told"))
"""Of tables that were there before."""


def test_a_backup_of_an_older_program_is_brought_to_the_present_shape(
    kept: Kept, elsewhere: Settings, tmp_path: Path
) -> None:
    """As one from before these tables were there."""
    found = read(kept, kept.file.read_bytes())
    head = orjson.loads(found[0][1]) | {"revision": "0026"}
    manifest = orjson.loads(found[-1][1])
    for name in LATER_TABLES:
        for part in (head["tables"], head["keys"], manifest["tables"]):
            part.pop(name)
    found = [one for one in found if one[0].split("/")[1:2] not in [[name] for name in LATER_TABLES]]
    for table, column in LATER_COLUMNS:
        found = without_column(found, head, manifest, table, column)
    older = orjson.dumps(head)
    manifest["files"] = {name: digest for name, digest in manifest["files"].items() if name in dict(found)}
    manifest["files"]["head.json"] = hashlib.sha256(older).hexdigest()
    written = [("head.json", older), *found[1:-1], ("manifest.json", orjson.dumps(manifest))]

    told = kept.restored(elsewhere, resealed(kept, written, tmp_path / "older.backup"))

    database = Database(elsewhere.database_url)
    assert revision_of(database) == latest()
    after = content(database)
    assert len(after["finding"]) == manifest["tables"]["finding"]["rows"] == 1
    assert len(after["restoration"]) == 1 and told["faults"] == 0
    database.dispose()


def test_names_that_lead_out_of_the_folder_are_no_members() -> None:
    for name in ("../x", "/etc/passwd", "keys/../x", "keys/.x", "tables/entry/1.jsonl", "keys/a/b"):
        with pytest.raises(ContainerFault):
            list(packed(iter([(name, b"")])))


def test_nothing_is_replaced_while_somebody_has_it_open(kept: Kept, elsewhere: Settings) -> None:
    database = Database(elsewhere.database_url)
    with database.read() as connection:
        connection.exec_driver_sql("SELECT 1 FROM mark").all()
        assert refused(kept.restored, elsewhere).code == "not_ready"
    database.dispose()
    assert kept.restored(elsewhere)["faults"] == 0


def test_a_fault_halfway_leaves_the_old_database(
    kept: Kept, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(elsewhere.database_url.removeprefix("sqlite:///"))
    before = file.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="no space"):
        kept.restored(elsewhere)
    monkeypatch.undo()
    database = Database(elsewhere.database_url)
    with database.read() as connection:
        assert list(admin_entries(connection, "yuanping")) == []
    database.dispose()
    assert len(before) == file.stat().st_size
    assert not list(file.parent.glob("*restoring*"))


def test_a_key_file_may_have_a_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library makes each try cost a second on purpose; here it costs nothing."""

    def lock(raw: bytes, passphrase: str) -> bytes:
        return LOCKED + passphrase.encode() + b"\n" + raw

    def unlock(raw: bytes, passphrase: str) -> bytes:
        said, _, inside = raw.removeprefix(LOCKED).partition(b"\n")
        if said != passphrase.encode():
            raise pyrage.DecryptError("no")
        return inside

    monkeypatch.setattr(pyrage.passphrase, "encrypt", lock)
    monkeypatch.setattr(pyrage.passphrase, "decrypt", unlock)
    private, public = new_key()
    file = tmp_path / "k"
    file.write_bytes(locked(private, "一把钥匙"))

    [identity] = identities_in(file, "一把钥匙")

    assert str(identity.to_public()) == public
    for wrong in (None, "guess"):
        with pytest.raises(BoxFault):
            identities_in(file, wrong)
