"""Which passwords a person may choose."""

from __future__ import annotations

import pytest

from engine.identity.password_rules import faults_of
from tests.api.conftest import Office


@pytest.mark.parametrize(
    "password",
    [
        *("short", "九个字符的口令是短", "1985071234", "1111111111a", "abababababab"),
        *("password2024", "Passw0rd!!!!", "QWERTY@2024!!", "admin#123456", "市场监管局2026", "woaini5201314"),
        *(
            "W01-2024-W01",
            "张卫国@19850712",
            "yuanping2026!",
            "原平市市场监督管理局2026",
            "2026原平市应急管理局",
        ),
        *("letmein123", "x" * 1001),
    ],
)
def test_what_is_guessed_first_may_not_be_chosen(office: Office, password: str) -> None:
    [fault] = faults_of(password, "W01", "张卫国", office.town.house.office)
    assert fault.pointer == "/new_password"
    assert fault.zh and fault.en


@pytest.mark.parametrize(
    "password",
    [
        *("kurz und gut", "一二三四五六七八九十", "correct-horse-battery", "tr0ub4dor&3x"),
        *("passwordless cabbage", "原平的春天来得早", "Ж" * 3 + "яблоко" + "!!"),
    ],
)
def test_a_sentence_of_one_s_own_may_be_chosen_whatever_it_is_made_of(office: Office, password: str) -> None:
    long_enough = password if len(password) >= 10 else password * 2
    assert faults_of(long_enough, "W01", "张卫国", office.town.house.office) == []


def test_a_long_password_is_read_once_however_it_repeats_itself(office: Office) -> None:
    assert faults_of("abc" * 333, "ab", "c", office.town.house.office)[0].code == "inconsistent"
    assert faults_of("qzabc" + "abc" * 331, "ab", "cabcab", office.town.house.office) == []
