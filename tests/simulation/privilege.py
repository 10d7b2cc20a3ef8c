"""Rows that give somebody something: granted lawfully through the house, or written past it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyotp
from sqlalchemy import Connection, Table, delete, insert, select, update

from engine.administration import Administration
from models import delegating, delivering
from models.account_reading import SECOND_FACTOR, SESSION
from models.account_reading import TOKEN as BEARER
from models.exchange_reading import SYSTEM as LINKED
from models.records import FINDING, USER
from models.referral_list import HAND
from models.referral_reading import REFERRAL
from tests.builders import Town

ROLES = ("principal_head", "department_head", "security_admin", "system_admin", "legal_reviewer")
NEW = {"name": "某人", "roles": ["inspector"], "department": "fire_rescue"}
THEN = datetime.fromisoformat("2024-04-26T17:00:00+08:00")


def grant(town: Town) -> None:
    """Lawful acts of every kind whose entries state what stands."""
    administration = Administration(town.house)
    now = town.house.clock.now()
    expires, today = (now + timedelta(days=30)).isoformat(), now.date().isoformat()

    def ask(act: str, **detail: Any) -> Any:
        return administration.ask(act, {"by": "A01", **detail}, command=act).result

    ask("user.add", **NEW, login="X1", password_hash="$argon2id$one")
    ask("user.add", **NEW, login="X2", password_hash="$argon2id$two")
    values, was = {"roles": ["case_officer"], "unit": None}, {"roles": ["inspector"], "unit": None}
    ask("user.change", login="X1", values=values, was=was)
    ask("user.same_person", login="X1", other="X2")
    ask("user.change", login="X2", values={}, was={}, person="X2")
    ask("user.passwd", login="x1", password_hash="$argon2id$three")
    ask("user.disable", login="X2")
    ask("token.issue", login="X1", scope="read", expires=expires)
    ask("token.revoke", id=ask("token.issue", login="W01", scope="write", expires=expires)["id"])
    ask("system.add", id="fire-1", department="fire_rescue", kinds=["all"], scheme="hmac")
    ask("system.rotate_key", id="fire-1", overlap_hours=1)
    ask("system.allow", id="fire-1", allowed=["127.0.0.1"])
    lent = {"delegator": "H01", "delegate": "C02", "roles": ["department_head"], "reason": "leave"}
    days = {"from": today, "to": today}
    ask("delegation.end", id=ask("delegation.add", **lent, **days)["id"])
    ask("delegation.add", **lent, **days)
    account = town.house.accounts.prover.account("w01")
    for means in ("password", "single_sign_on"):
        town.house.accounts.sessions.open(account, means)
    factors = town.house.accounts.prover.factors
    secret = factors.begin("X1")["secret"]
    factors.confirm("X1", pyotp.TOTP(secret).at(town.house.clock.real_now()), "no session")


class Escalating:
    """Somebody who holds the database and gives an account what nobody gave it."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._ways: tuple[Callable[[Connection], str], ...] = (
            *(
                self.account,
                self.another,
                self.credential,
                self.token,
                self.system,
                self.lent,
                self.listed,
                self.session,
            ),
        )

    def escalate(self, connection: Connection) -> str:
        """What was written: a role, a department, a person, a password, a second factor, a token, a key, a delegation."""
        return f"privilege {self._dice.choice(self._ways)(connection)}"

    def account(self, connection: Connection) -> str:
        """An account may do more, is in another department, of another person, or in use again."""
        row = self._one(connection, USER)
        values = self._dice.choice(
            (
                {"roles": [*row.roles, self._dice.choice(ROLES), "inspector"]},
                {"department": "tax" if row.department != "tax" else "fire_rescue"},
                {"person": "p01" if row.person != "p01" else "h01"},
                {"disabled": not row.disabled},
                {"certificate_no": "晋H-0"},
            )
        )
        connection.execute(update(USER).where(USER.c.login_key == row.login_key).values(values))
        return f"{next(iter(values))} of an account"

    def another(self, connection: Connection) -> str:
        """There is one more account, or one less."""
        row = self._one(connection, USER)
        if self._dice.random() < 0.3:
            connection.execute(delete(USER).where(USER.c.login_key == row.login_key))
            return "an account is gone"
        connection.execute(insert(USER).values({**row._mapping, "login_key": f"{row.login_key}-too"}))
        return "an account"

    def credential(self, connection: Connection) -> str:
        """Another password counts, or a second factor that the owner never set up."""
        row = self._one(connection, USER)
        if self._dice.random() < 0.5:
            changed = update(USER).where(USER.c.login_key == row.login_key)
            connection.execute(changed.values(password_hash="$argon2id$mine"))
            return "a password"
        connection.execute(delete(SECOND_FACTOR).where(SECOND_FACTOR.c.login_key == row.login_key))
        named = {"login_key": row.login_key, "office_id": row.office_id, "secret": b"mine", "recovery": []}
        times = {"begun_at": THEN, "confirmed_at": THEN, "last_step": 0}
        connection.execute(insert(SECOND_FACTOR).values(**named, **times))
        return "a second factor"

    def token(self, connection: Connection) -> str:
        """A bearer token counts that nobody issued, or does more, for longer, or again."""
        row = self._one(connection, BEARER)
        values = self._dice.choice(
            (
                {"token_digest": f"{self._dice.randrange(10**9):064x}", "revoked": False},
                {"login_key": "p01", "revoked": False},
                {
                    "scope": "write",
                    "scopes": None,
                    "expires_at": row.expires_at + timedelta(1),
                    "revoked": False,
                },
            )
        )
        if self._dice.random() < 0.5:
            connection.execute(
                insert(BEARER).values({**row._mapping, "id": "t", "token_digest": "d"} | values)
            )
        else:
            connection.execute(update(BEARER).where(BEARER.c.id == row.id).values(values))
        return "a token"

    def system(self, connection: Connection) -> str:
        """A linked system signs with another key, is told something else, or somewhere else."""
        row = self._one(connection, LINKED)
        if self._dice.random() < 0.2:
            connection.execute(update(delivering.DESTINATION).values(allowed=None))
            return "where a system is called"
        values = self._dice.choice(
            (
                {"secrets": [{"secret": "mine", "until": None}]},
                {"encryption_keys": [{"jwk": {"kid": "mine"}, "until": None}]},
                {"url": "http://127.0.0.1:1/"},
                {"suspended": not row.suspended},
            )
        )
        connection.execute(update(LINKED).where(LINKED.c.id == row.id).values(values))
        return f"{next(iter(values))} of a system"

    def lent(self, connection: Connection) -> str:
        """Roles are lent that nobody lent, to somebody else, for longer, or again."""
        table, end = delegating.DELEGATION, delegating.END
        row = self._one(connection, table)
        way = self._dice.randrange(3)
        if way == 0:
            connection.execute(delete(end))
            return "an end of a delegation"
        values = {"delegate": "w02"} if way == 1 else {"last_on": row.last_on + timedelta(1)}
        connection.execute(update(table).where(table.c.id == row.id).values(values))
        return "a delegation"

    def session(self, connection: Connection) -> str:
        """Somebody is signed in who never signed in, or as somebody else."""
        row = self._one(connection, SESSION)
        if self._dice.random() < 0.5:
            connection.execute(insert(SESSION).values({**row._mapping, "token_digest": "mine"}))
        else:
            connection.execute(update(SESSION).values(login_key="p01" if row.login_key != "p01" else "h01"))
        return "a session"

    def listed(self, connection: Connection) -> str:
        """Somebody is on the list of a referral whom no entry put there: by name, by its state, by its department."""
        row, hand = self._one(connection, REFERRAL), self._one(connection, HAND)
        way = self._dice.randrange(5)
        if way == 0:
            connection.execute(insert(HAND).values({**hand._mapping, "login_key": "w03", "ground": "team"}))
            return "a name on a list"
        if way == 1:
            same = (HAND.c.referral_id == hand.referral_id, HAND.c.login_key == hand.login_key)
            connection.execute(delete(HAND).where(*same))
            return "a name off a list"
        if way == 2:
            of_act = update(FINDING).where(FINDING.c.id == row.finding_id)
            connection.execute(of_act.values(state="verified"))
            return "the state of a finding"
        values = {"state": "returned"} if way == 3 else {"department": "tax"}
        connection.execute(update(REFERRAL).where(REFERRAL.c.id == row.id).values(values))
        return f"the {next(iter(values))} of a referral"

    def _one(self, connection: Connection, table: Table) -> Any:
        key = next(iter(table.primary_key.columns))
        return self._dice.choice(connection.execute(select(table).order_by(key)).all())
