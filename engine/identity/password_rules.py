"""What a password must be that somebody chooses: long enough, and nothing that is guessed first.

No rules of composition and no periodic change, in the spirit of NIST SP 800-63B (docs/decisions/0021-identity.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from engine.core.refusals import FieldError, Refusal
from engine.identity.passwords import PASSWORD_LENGTH_MAX
from rules.offices import Office

LENGTH_MIN = 10
FEW_DIFFERENT = 4
"""A password with no more different characters than this is one that is guessed."""
STEM_MIN = 3
"""Shorter names say nothing of a password that they stand in."""
COMMONEST = Path(__file__).with_name("commonest.yaml")
_SHORT = f"至少 {LENGTH_MIN} 个字符", f"at least {LENGTH_MIN} characters"
_LONG = f"最多 {PASSWORD_LENGTH_MAX} 个字符", f"at most {PASSWORD_LENGTH_MAX} characters"
_NAMED = (
    "不得是登录名、姓名或者单位名称加数字、符号",
    "not the login, the name or the office with digits or marks",
)
_COMMON = "太常见，容易被猜到", "too common: it is guessed first"
_SAME = "不得与现在的口令相同", "not the present one"


def faults_of(password: str, login: str, name: str, office: Office) -> list[FieldError]:
    """What is wrong with choosing that password for that account; nothing when it may be chosen."""
    if len(password) < LENGTH_MIN:
        return [FieldError("/new_password", "range", *_SHORT)]
    if len(password) > PASSWORD_LENGTH_MAX:
        return [FieldError("/new_password", "range", *_LONG)]
    folded = password.casefold()
    if _is_padded(folded, (login, name, *_names_of(office))):
        return [FieldError("/new_password", "inconsistent", *_NAMED)]
    whole, stems = commonest()
    if folded in whole or folded.isdigit() or len(set(folded)) <= FEW_DIFFERENT or _is_padded(folded, stems):
        return [FieldError("/new_password", "inconsistent", *_COMMON)]
    return []


def check_chosen(password: str, present: str, login: str, name: str, office: Office) -> None:
    """Returns when the person may choose that password in place of the present one; raises `facts_invalid`."""
    faults = faults_of(password, login, name, office)
    if not faults and password == present:
        faults = [FieldError("/new_password", "inconsistent", *_SAME)]
    if faults:
        raise Refusal("facts_invalid", errors=faults)


def _is_padded(folded: str, stems: Iterable[str]) -> bool:
    """True when the password is nothing but some of the stems among digits and marks."""
    known = {stem.casefold() for stem in stems if len(stem.strip()) >= 2}
    reached, with_stem = {0}, set[int]()  # ends of beginnings that are so, without and with a stem in them
    for place in range(len(folded)):
        if place not in reached and place not in with_stem:
            continue
        with_stem |= {place + len(stem) for stem in known if folded.startswith(stem, place)}
        if not folded[place].isalpha():
            (with_stem if place in with_stem else reached).add(place + 1)
    return len(folded) in with_stem


def _names_of(office: Office) -> list[str]:
    """How the office and its departments are called, and codes that people know."""
    names = [office.office_id]
    for department in office.departments.values():
        names += [department.code, department.zh, department.short]
    return [name for name in names if len(name) >= STEM_MIN]


@cache
def commonest() -> tuple[frozenset[str], tuple[str, ...]]:
    """Passwords that many people choose, and words that they are made of."""
    data = yaml.safe_load(COMMONEST.read_text(encoding="utf-8"))
    return frozenset(data["passwords"]), tuple(str(stem) for stem in data["stems"])
