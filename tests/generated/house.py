"""The house that generated requests are sent to, and what must hold of it whatever they did."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from engine.accounts import hash_password
from engine.auditing import verify
from engine.core.confiding import CONFIDED
from models import records
from tests.builders import Town
from tests.generated.caller import BEARER, TOKEN, Seen
from tests.generated.cases import ON_LIST
from tests.hostile.fort import PASSWORD, Fort
from tests.hostile.operations import BY_NAME, MULTIPART, upload
from tests.hostile.recusals import application
from tests.hostile.test_operations import announce_a_paper
from tests.referral_walk import FILED, led, opened
from tests.rights.matrix import MORE, settle

BOUND = text("SELECT count(*) FROM command_key WHERE principal = :login AND key = :key")
KEPT = text("SELECT sequence FROM entry WHERE record_id = :id")


@contextmanager
def questioned(made: Callable[[Path], str] | None = None) -> Iterator[tuple[Fort, str]]:
    """A house with records of every kind and two criminal referrals, and the hash of everybody's password.

    `made` gives the URL of a database: of that file, or elsewhere.
    """
    with tempfile.TemporaryDirectory(prefix="bihuan-requests-") as folder:
        file, unhurried = Path(folder) / "bihuan.db", {"caller_rate": 0, "address_rate": 0}
        url = made(file) if made is not None else f"sqlite:///{file}"
        town = Town.open(url, Path(folder), "2024-04-26T17:00", **unhurried)
        for login, department, roles in MORE:
            town.add_person(login, department, roles)
        hashed = hash_password(PASSWORD)
        fort = Fort.open(town, hashed)
        try:
            settle(town, fort)
            _papers(fort)
            _second_referral(fort)
            if url.startswith("sqlite"):
                fort.keep()
            yield fort, hashed
        finally:
            fort.close()


def _papers(fort: Fort) -> None:
    """Attachments and documents of the finding and the referral, a paper that a receipt announced, a recusal, a message."""
    announce_a_paper(fort)
    fort.ids["handed"] = fort.linked.messages(fort.linked.sent()[0])[-1].id
    referral = fort.ids["referral"]
    assert BY_NAME["POST /api/v1/findings/{id}/attachments"].send(fort).status == 201
    place = f"/api/v1/referrals/{referral}"
    assert fort.post(ON_LIST, f"{place}/attachments", upload(), content_type=MULTIPART).status == 201
    entered = fort.post(ON_LIST, f"{place}/recusals", {**application(fort), "person": "U01"})
    assert entered.status == 201, entered.body
    fort.ids["referral_recusal"] = entered.json["id"]
    with fort.town.house.database.read() as connection:
        fort.ids["referral_document"] = records.documents_of(
            connection, referral, "criminal_referral_letter"
        )[0].id


def _second_referral(fort: Fort) -> None:
    """A referral whose last step is a fact that may be corrected and withdrawn."""
    town = fort.town
    finding = town.add_finding(fort.ids["inspection"], item="第三事项")
    fort.ids["signed"] = opened(town, finding)
    led(town, fort.ids["signed"], *FILED[:-2])
    town.at("2024-04-26T18:00")
    led(town, fort.ids["signed"], FILED[-2])


def hold_invariants(fort: Fort, seen: Seen) -> None:
    """The audit chains are whole, nothing is stuck, and each acknowledged command is bound once, with entries of its own.

    What a referral is told leaves the finding without an entry, so its answer names the finding's last one.
    """
    house = fort.town.house
    audited, stuck = verify(house.database), house.stuck_reader.by_lack()
    assert audited.faults == [], audited.answer()
    assert not any(stuck.values()), stuck
    taken: set[tuple[str, int]] = set()
    with house.database.read() as connection:
        for who, key, answer in seen.accepted:
            login = BEARER if who == TOKEN else who
            assert connection.execute(BOUND, {"login": login, "key": key}).scalar() == 1, (who, key)
            decision = answer.get("decision") or {}
            if "sequence_from" in decision and not CONFIDED.issuperset(decision["triggers"]):
                said = range(decision["sequence_from"], decision["sequence_to"] + 1)
                own = {(answer["id"], sequence) for sequence in said}
                kept = set(connection.execute(KEPT, {"id": answer["id"]}).scalars())
                assert own.isdisjoint(taken) and set(said) <= kept, (who, key, own & taken)
                taken |= own
    seen.accepted.clear()
