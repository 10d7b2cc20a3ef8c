"""The clock of the house, and the settings it comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.clock import Clock
from engine.core.refusals import Refusal
from engine.settings import Settings, is_loopback, without_password


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A test clock that is not written yet."""
    return tmp_path / "clock"


def test_a_test_clock_is_read_at_every_use_and_told_in_the_time_of_the_office(file: Path) -> None:
    clock = Clock(file)
    file.write_text("2024-04-26T09:00:00Z\n")
    assert clock.now().isoformat() == "2024-04-26T17:00:00+08:00"
    file.write_text("2024-04-27T17:00:00+08:00\n")
    assert clock.now().day == 27
    assert clock.is_test


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "2024-04-26",
        "2024-04-26T09:00:00",
        "2024-02-30T09:00:00+08:00",
        "9999-12-31T23:59:59-12:00",
        "2024-04-26T09:00:00+08:00\njump=yes",
        "2024-04-26T09:00:00+08:00\njump=allowed\nmore",
    ],
)
def test_a_clock_that_says_anything_else_is_refused(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(Refusal, match="clock_refused"):
        Clock(file).now()


def test_a_clock_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(Refusal, match="clock_refused"):
        Clock(file).now()


def test_time_goes_back_only_where_the_file_allows_it(file: Path) -> None:
    clock, last = Clock(file), datetime(2024, 4, 26, 9, tzinfo=UTC)
    file.write_text("2024-04-26T16:59:59+08:00\n")
    with pytest.raises(Refusal, match="clock_refused"):
        clock.now_after(last)
    file.write_text("2024-04-26T16:59:59+08:00\njump=allowed\n")
    assert clock.now_after(last) == last - timedelta(seconds=1)
    file.write_text("2024-04-26T17:00:00+08:00\n")
    assert clock.now_after(last) == last


def test_without_a_file_time_is_real_and_may_be_set_back_by_its_owner() -> None:
    clock = Clock()
    assert not clock.is_test
    ahead = clock.now() + timedelta(hours=1)
    assert clock.now_after(ahead) < ahead


def settings(**environment: str) -> Settings:
    """The settings that this environment gives."""
    return Settings.from_environment(environment=environment)


def test_data_lies_in_var_unless_told_otherwise(tmp_path: Path) -> None:
    assert settings().database_url == f"sqlite:///{Path('var').absolute()}/bihuan.db"
    told = Settings.from_environment(data_dir=tmp_path, environment={})
    assert told.database_url == f"sqlite:///{tmp_path}/bihuan.db"


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("sqlite:///relative.db", "sqlite:///relative.db"),
        ("sqlite:////absolute.db", "sqlite:////absolute.db"),
        ("postgresql://user@host/name", "postgresql+psycopg://user@host/name"),
        ("postgresql+psycopg://user@/name?host=/run/dir", "postgresql+psycopg://user@/name?host=/run/dir"),
    ],
)
def test_the_database_is_the_one_of_the_url(given: str, taken: str) -> None:
    assert settings(BIHUAN_DATABASE_URL=given).database_url == taken


def test_a_url_is_shown_without_its_password() -> None:
    assert without_password("postgresql+psycopg://u:s3:c@r@h:5432/n") == "postgresql+psycopg://u:***@h:5432/n"
    assert without_password("postgresql+psycopg://u@/n?host=/run") == "postgresql+psycopg://u@/n?host=/run"
    assert without_password("sqlite:////var/bihuan.db") == "sqlite:////var/bihuan.db"


def test_cookies_are_for_tls_alone_unless_only_this_machine_is_served() -> None:
    assert not Settings.from_environment(environment={}).cookie_secure
    assert Settings.from_environment(host="0.0.0.0", environment={}).cookie_secure
    assert settings(BIHUAN_COOKIE_SECURE="1").cookie_secure
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost")))
    assert not any(map(is_loopback, ("10.0.0.1", "0.0.0.0", "::", "yuanping.gov.cn")))
