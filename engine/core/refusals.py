"""Why a command is not carried out: one class, the codes of the contract, every sentence in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

FIELD_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("必填", "required"),
    "unknown_field": ("没有这个字段", "unknown field"),
    "type": ("类型不符", "wrong type"),
    "vocabulary": ("不在代码表内", "not in the vocabulary"),
    "format": ("格式不符", "wrong format"),
    "range": ("超出范围", "out of range"),
    "too_few": ("数量不足", "too few"),
    "too_many": ("数量过多", "too many"),
    "exclusive": ("与其他选项互斥", "excludes the others"),
    "inconsistent": ("与其他内容矛盾", "contradicts another field"),
    "domain_mismatch": ("违法行为代码不属于该领域", "violation is not of that domain"),
    "derived": ("由系统推导，不得填报", "derived by the system; may not be entered"),
}
POINTER_MAX = 500
"""Names of members come from outside and are told no further than this."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, by RFC 6901 pointer."""

    pointer: str
    code: str
    zh: str = ""
    en: str = ""

    def answer(self) -> dict[str, Any]:
        """The error as the contract's JSON; words default to the code's own, a pointer stays one short line."""
        words = FIELD_WORDS[self.code]
        pointer = "".join(
            letter if letter.isprintable() else "\ufffd" for letter in self.pointer[:POINTER_MAX]
        )
        return {
            "pointer": pointer,
            "code": self.code,
            "zh": self.zh or words[0],
            "en": self.en or words[1],
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is shut: a guard's name or a code of the contract, with law and remedy."""

    code: str
    zh: str
    en: str
    basis: dict[str, Any] | None = None
    opens_when: str | None = None
    not_before: date | datetime | None = None
    roles: tuple[str, ...] = ()

    def answer(self) -> dict[str, Any]:
        """The reason as the contract's JSON."""
        said: dict[str, Any] = {"code": self.code, "zh": self.zh, "en": self.en, "basis": self.basis}
        if self.opens_when:
            said["opens_when"] = self.opens_when
        if self.not_before is not None:
            said["not_before"] = self.not_before.isoformat()
        if self.roles:
            said["roles"] = list(self.roles)
        return said


class Refusal(Exception):
    """The command was not carried out and changed nothing; `code` is a problem code of the contract."""

    def __init__(
        self,
        code: str,
        *,
        errors: Sequence[FieldError] = (),
        reasons: Sequence[Reason] = (),
        detail: str | None = None,
        **carries: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.errors = tuple(errors)
        self.reasons = tuple(reasons)
        self.detail = detail
        self.carries = carries
        """Further members of the problem: version, happened, not_before, limit_days, roles, trace, retry_after."""
        self.on_record = False
        """True once the attempt was entered, so that it is entered once."""


@dataclass(slots=True)
class Faults:
    """Field errors gathered under one pointer prefix, so that all are told at once."""

    prefix: str = ""
    errors: list[FieldError] = field(default_factory=list)
    unknown_documents: list[str] = field(default_factory=list)

    def add(self, pointer: str, code: str, zh: str = "", en: str = "") -> None:
        """One more error is remembered."""
        self.errors.append(FieldError(self.prefix + pointer, code, zh, en))

    def refuse(self) -> None:
        """Raises `facts_invalid` with every error gathered; returns when there is none."""
        if self.errors:
            raise Refusal("facts_invalid", errors=self.errors)
        if self.unknown_documents:
            errors = [FieldError(self.prefix + pointer, "vocabulary") for pointer in self.unknown_documents]
            raise Refusal("document_unknown", errors=errors)
