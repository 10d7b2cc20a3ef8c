"""What may be set from outside: by options of the command line and by the environment, read once at start."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.identity.provider import Provider, provider_from
from models.database import normalised

FROM_FILE = "_FILE"
"""A setting of this ending names the file that holds the value, so that no list of processes shows it."""
DATABASE_FILE = "bihuan.db"
ACCEPT_TEST_DATABASE = "BIHUAN_ACCEPT_TEST_DATABASE"
BACKUP_TO, BACKUP_KEY = "BIHUAN_BACKUP_TO", "BIHUAN_BACKUP_KEY"
SANDBOX, COPY = "BIHUAN_SANDBOX", "copy"
LOG_KEY, NO_KEY = "BIHUAN_LOG_KEY", "none"
MIB = 1024 * 1024
COURIER_PARALLEL, COURIER_PARALLEL_MAX = 4, 64
CALLER_RATE, ADDRESS_RATE, RATE_MAX = 3_000, 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """The figures and places of one running program."""

    data_dir: Path
    database_url: str
    test_clock: Path | None = None
    house_key: Path | None = None
    """The file with the key of the house; None for its place in the data folder."""
    backup_to: tuple[str, ...] = ()
    """Public keys that backups are sealed to unless others are named."""
    backup_key: Path | None = None
    """The file with the private key that opens them."""
    identity_key: Path | None = None
    """The file with the key that seals second factors; None for its place in the data folder."""
    referral_key: Path | None = None
    """The file with the keys that criminal referrals are sealed with; None for its place in the data folder."""
    log_key: Path | None = None
    """The file with the key that signs checkpoints of the log; None for its place in the data folder."""
    signs_log: bool = True
    """False where this program never signs checkpoints, whatever keys it could read."""
    template_dir: Path | None = None
    """The folder with the office's own templates of papers; None for its place in the data folder."""
    checkpoint_dir: Path | None = None
    """Where checkpoints are kept outside the database; None for their place in the data folder."""
    single_sign_on: Provider | None = None
    """Where people may sign in instead; None for nowhere."""
    host: str = "127.0.0.1"
    port: int = 8000
    cookie_secure: bool = False
    accept_test_database: bool = False
    sandbox: bool = False
    """Nothing leaves, and never will, what is made in this database (engine/sandbox.py)."""
    sandbox_of_copy: bool = False
    """The database is a copy: that it holds real findings does not keep it from becoming a sandbox."""
    json_bytes_max: int = MIB
    attachment_bytes_max: int = 20 * MIB
    upload_bytes_max: int = 50 * MIB
    hosts: frozenset[str] = frozenset()
    """The only host names that the house is served under; empty: any."""
    caller_rate: int = CALLER_RATE
    """Requests a second of one session or token, on average over ten seconds; 0: any number."""
    address_rate: int = ADDRESS_RATE
    """Requests a second from one address that is not on this machine."""
    threads: int = 40
    """Requests that are worked on at the same time; more wait."""
    courier_parallel: int = COURIER_PARALLEL
    """Messages that are brought to one linked system at the same time, by all nodes together."""

    @classmethod
    def from_environment(
        cls,
        *,
        data_dir: Path | None = None,
        test_clock: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 8000,
        sandbox: bool = False,
        environment: Mapping[str, str] = os.environ,
    ) -> Settings:
        """The settings that options and environment give together; options win."""
        folder = (data_dir or Path(environment.get("BIHUAN_DATA", "var"))).absolute()
        url = said(environment, "BIHUAN_DATABASE_URL") or f"sqlite:///{folder / DATABASE_FILE}"
        clock = test_clock or _path(environment.get("BIHUAN_TEST_CLOCK"))
        return cls(
            data_dir=folder,
            database_url=normalised(url),
            test_clock=clock,
            house_key=_path(environment.get("BIHUAN_HOUSE_KEY")),
            backup_to=tuple(sorted(_listed(environment.get(BACKUP_TO)))),
            backup_key=_path(environment.get(BACKUP_KEY)),
            single_sign_on=provider_from(environment),
            identity_key=_path(environment.get("BIHUAN_IDENTITY_KEY")),
            referral_key=_path(environment.get("BIHUAN_REFERRAL_KEY")),
            log_key=_path(environment.get(LOG_KEY)) if environment.get(LOG_KEY) != NO_KEY else None,
            signs_log=environment.get(LOG_KEY) != NO_KEY,
            checkpoint_dir=_path(environment.get("BIHUAN_CHECKPOINT_DIR")),
            template_dir=_path(environment.get("BIHUAN_TEMPLATES")),
            hosts=_listed(environment.get("BIHUAN_HOSTS")),
            caller_rate=_within(environment.get("BIHUAN_CALLER_RATE"), CALLER_RATE, RATE_MAX, 0),
            address_rate=_within(environment.get("BIHUAN_ADDRESS_RATE"), ADDRESS_RATE, RATE_MAX, 0),
            host=host,
            port=port,
            cookie_secure=environment.get("BIHUAN_COOKIE_SECURE") == "1" or not is_loopback(host),
            accept_test_database=environment.get(ACCEPT_TEST_DATABASE) == "1",
            courier_parallel=_within(
                environment.get("BIHUAN_COURIER_PARALLEL"), COURIER_PARALLEL, COURIER_PARALLEL_MAX
            ),
            sandbox=sandbox or environment.get(SANDBOX) in ("1", COPY),
            sandbox_of_copy=environment.get(SANDBOX) == COPY,
        )

    @property
    def key_file(self) -> Path:
        """Where the key of the house is kept: nodes that share a database share this file."""
        return self.house_key or self.data_dir / "keys" / "house.key"

    @property
    def identity_key_file(self) -> Path:
        """Where the key is kept that seals second factors: nodes that share a database share this file."""
        return self.identity_key or self.data_dir / "keys" / "identity.key"

    @property
    def referral_key_file(self) -> Path:
        """Where the keys of criminal referrals are kept: nodes that share a database share this file."""
        return self.referral_key or self.data_dir / "keys" / "referral.key"

    @property
    def log_key_file(self) -> Path:
        """Where the key of the log is kept; best outside the reach of the program that serves."""
        return self.log_key or self.data_dir / "keys" / "log.key"

    @property
    def checkpoints(self) -> Path:
        """Where checkpoints are kept outside the database."""
        return self.checkpoint_dir or self.data_dir / "checkpoints"

    @property
    def templates(self) -> Path:
        """Where the office keeps templates of papers of its own."""
        return self.template_dir or self.data_dir / "templates"

    @property
    def shelf(self) -> Path:
        """Where editions of the rulebook are laid out as folders."""
        return self.data_dir / "rulebooks"

    def prepare(self) -> None:
        """The folder that holds the data is there."""
        self.data_dir.mkdir(parents=True, exist_ok=True)

    def shown(self) -> dict[str, str | int | bool | None]:
        """The settings as `bihuan settings` prints them; passwords in the URL are masked."""
        return {
            "data_dir": str(self.data_dir),
            "database_url": without_password(self.database_url),
            "test_clock": str(self.test_clock) if self.test_clock else None,
            "key_file": str(self.key_file),
            "backup_to": ", ".join(self.backup_to) or None,
            "backup_key": str(self.backup_key) if self.backup_key else None,
            "referral_key_file": str(self.referral_key_file),
            "log_key_file": str(self.log_key_file),
            "checkpoints": str(self.checkpoints),
            "templates": str(self.templates),
            "single_sign_on": self.single_sign_on.issuer if self.single_sign_on else None,
            "cookie_secure": self.cookie_secure,
            "json_bytes_max": self.json_bytes_max,
            "attachment_bytes_max": self.attachment_bytes_max,
            "upload_bytes_max": self.upload_bytes_max,
            "threads": self.threads,
            "hosts": ", ".join(sorted(self.hosts)) or None,
            "caller_rate": self.caller_rate,
            "address_rate": self.address_rate,
            "courier_parallel": self.courier_parallel,
        }


def _path(text: str | None) -> Path | None:
    return Path(text).absolute() if text else None


def said(environment: Mapping[str, str], name: str) -> str | None:
    """The value of the setting, or what stands in the file that its `_FILE` names; None where neither is set."""
    given, file = environment.get(name), environment.get(name + FROM_FILE)
    return given or (Path(file).read_text(encoding="utf-8").strip() if file else None)


def _listed(text: str | None) -> frozenset[str]:
    """What is listed there, separated by commas or blanks."""
    return frozenset((text or "").replace(",", " ").lower().split())


def _within(text: str | None, otherwise: int, most: int, least: int = 1) -> int:
    """The number within its bounds; what is no number counts as not set."""
    number = text.strip() if text else ""
    return min(max(int(number), least), most) if number.isascii() and number.isdigit() else otherwise


def is_loopback(host: str) -> bool:
    """True when only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def without_password(url: str) -> str:
    """The database URL as it may be shown."""
    scheme, marker, rest = url.partition("://")
    account, at, place = rest.rpartition("@")
    if not at:
        return url
    user, colon, _ = account.partition(":")
    return f"{scheme}{marker}{user}{':***' if colon else ''}@{place}"
