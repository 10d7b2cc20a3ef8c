"""Guesses by the thousand, at every place where something secret is shown; none may open anything."""

from __future__ import annotations

import json
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from api.app import create_app
from engine.identity import passwords
from engine.identity.one_time_codes import new_secret
from engine.identity.password_rules import commonest
from models import account_reading
from models.account import SecondFactor
from models.records import add, table_of
from tests.builders import Town
from tests.hostile.wire import Answer, Wire, named

PASSWORD = "vier Worte, die niemand errät"
ASKED = {"login": "W01", "password": ""}
JSON = {"content-type": "application/json"}
Guess = Callable[[random.Random], tuple[bool, Answer]]


class Besieged:
    """A house whose people have passwords, and one of them a second factor; hashes are cheap and counted."""

    def __init__(self, town: Town) -> None:
        self.town, self.wire = town, Wire(create_app(town.house))
        self.hashed = 0
        self._kept = (passwords._HASHER, passwords._NOBODY, passwords.matches)
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        passwords._HASHER, passwords._NOBODY = hasher, hasher.hash("nobody")
        passwords.matches = self._matches
        values = {"password_hash": hasher.hash(PASSWORD)}
        for login in town.people:
            town.house.writer.submit(
                lambda connection, login=login: account_reading.change_user(
                    connection, login.casefold(), values
                )
            )
        self._enrol("P01")
        self.csrf_of = self._sign_in("U01")

    def close(self) -> None:
        """Hashing costs what it costs."""
        self.wire.close()
        passwords._HASHER, passwords._NOBODY, passwords.matches = self._kept

    def _matches(self, stored: str, password: str) -> bool:
        self.hashed += 1
        return self._kept[2](stored, password)

    def _enrol(self, login: str) -> None:
        house, key = self.town.house, login.casefold()
        sealed = house.accounts.prover.factors.sealer.seal(new_secret().encode(), f"second factor of {key}")
        now = house.clock.real_now()
        row = {"login_key": key, "office_id": house.office.office_id, "secret": sealed, "last_step": 0}
        more: dict[str, Any] = {"recovery": [secrets.token_hex(32)], "begun_at": now, "confirmed_at": now}
        house.writer.submit(lambda connection: add(connection, table_of(SecondFactor), [row | more]))

    def _sign_in(self, login: str) -> dict[str, str]:
        answer = self.post("/api/v1/session", {"login": login, "password": PASSWORD}, "10.0.0.1")
        assert answer.status == 204, answer.body
        return answer.cookies()

    def post(self, path: str, body: Any, address: str, **headers: str) -> Answer:
        """What the interface answers to that body from that address."""
        told = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.wire.send("POST", path, named(told), [json.dumps(body).encode()], address)

    def guesses(self) -> dict[str, Guess]:
        """The places at which to guess, by name."""
        return {
            "password": self._password,
            "unknown login": self._unknown,
            "code": self._code,
            "session": self._session,
            "csrf": self._csrf,
            "token": self._token,
        }

    def _password(self, chance: random.Random) -> tuple[bool, Answer]:
        guess = chance.choice([*_dictionary(), secrets.token_urlsafe(9), PASSWORD.upper(), PASSWORD[:-1]])
        login = chance.choice(["W01", "w02", "C01", "H01"])
        return True, self.post("/api/v1/session", {"login": login, "password": guess}, _address(chance))

    def _unknown(self, chance: random.Random) -> tuple[bool, Answer]:
        body = {"login": f"N{chance.randrange(100)}", "password": PASSWORD}
        return True, self.post("/api/v1/session", body, _address(chance))

    def _code(self, chance: random.Random) -> tuple[bool, Answer]:
        code = f"{chance.randrange(10**6):06}" if chance.random() < 0.9 else secrets.token_hex(5)
        body = {"login": "P01", "password": PASSWORD, "code": code}
        return True, self.post("/api/v1/session", body, _address(chance))

    def _session(self, chance: random.Random) -> tuple[bool, Answer]:
        cookie = f"bihuan_session={_near(chance, self.csrf_of['bihuan_session'])}"
        return False, self.wire.send("GET", "/api/v1/session", named({"cookie": cookie}))

    def _csrf(self, chance: random.Random) -> tuple[bool, Answer]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.csrf_of.items())
        value = _near(chance, self.csrf_of["bihuan_csrf"])
        body = {"delegate": "C01", "from": "2024-05-06", "to": "2024-05-08", "reason": "leave"}
        more = {"cookie": cookie, "x_csrf_token": value, "idempotency_key": secrets.token_hex(8)}
        return False, self.post("/api/v1/delegations", body, "10.0.0.1", **more)

    def _token(self, chance: random.Random) -> tuple[bool, Answer]:
        header = {"authorization": f"Bearer bht_{secrets.token_urlsafe(32)}"}
        return False, self.wire.send("GET", "/api/v1/session", named(header))


def besiege(url: str, folder: Path, n: int, seed: int) -> dict[str, Any]:
    """N guesses at random places; raises AssertionError for any that opens something, or costs another work."""
    chance, town = random.Random(seed), Town.open(url, folder, "2024-04-26T17:00")
    besieged = Besieged(town)
    told: Counter[str] = Counter()
    try:
        places = besieged.guesses()
        for name in _turns(chance, list(places), n):
            before = besieged.hashed
            hashes, answer = places[name](chance)
            assert answer.status in (401, 403, 429), (name, answer.status, answer.body[:300])
            assert "set-cookie" not in {key.decode() for key, _ in answer.headers}, name
            tried = besieged.hashed - before
            # a code is refused for being the eleventh only after the password was right
            works = (
                (0, 1)
                if answer.status == 429 and name == "code"
                else (1,)
                if hashes and answer.status == 401
                else (0,)
            )
            assert tried in works, (name, answer.status, tried)
            told[f"{name}: {answer.status}"] += 1
        assert besieged.town.house.accounts.by_session(besieged.csrf_of["bihuan_session"]) is not None
        signed = town.house.accounts.sign_in("U01", PASSWORD, "10.0.0.1")
        assert signed.principal.login == "U01", "the true person comes in from where they were before"
    finally:
        besieged.close()
        town.close()
    return {"guesses": sum(told.values()), "successes": 0, "answers": dict(sorted(told.items()))}


def _turns(chance: random.Random, names: list[str], n: int) -> Iterator[str]:
    for number in range(n):
        yield names[number] if number < len(names) else chance.choice(names)


def _dictionary() -> list[str]:
    whole, stems = commonest()
    years = ("2023", "2024", "2025", "123456")
    return [*whole, *(f"{stem}{year}" for stem in stems for year in years)]


def _near(chance: random.Random, secret: str) -> str:
    """Another text, or the secret with one letter changed."""
    if chance.random() < 0.5:
        return secrets.token_urlsafe(32)
    place = chance.randrange(len(secret))
    return secret[:place] + ("A" if secret[place] != "A" else "B") + secret[place + 1 :]


def _address(chance: random.Random) -> str:
    return f"10.{chance.randrange(1, 250)}.{chance.randrange(250)}.{chance.randrange(250)}"
