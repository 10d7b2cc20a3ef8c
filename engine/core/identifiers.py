"""Identifiers of parties: the form and the check digits that their national standards ask for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Characters of a unified social credit code: no I, O, S, V, Z (GB 32100-2015)."""

USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
"""Weights of the first seventeen places: powers of three modulo 31 (GB 32100-2015)."""

ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
"""Weights of the eight body characters of an organisation code (GB 11714-1997)."""

RESIDENT_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
"""Weights of the first seventeen digits of a resident identity number (GB 11643-1999)."""

RESIDENT_CHECKS = "10X98765432"

SCHEMES = {
    "uscc": re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}"),
    "registration_no": re.compile(r"[0-9]{13}(?:[0-9]{2})?"),
    "resident_id": re.compile(r"[0-9]{17}[0-9X]"),
    "passport": re.compile(r"[A-Z0-9]{5,20}"),
    "foreign_permit": re.compile(r"[A-Z0-9]{8,18}"),
    "source_id": re.compile(r".{1,64}"),
    "unidentified": re.compile(r""),
}
"""Every scheme under which a party may be known, with the form of its values."""


@dataclass(frozen=True, slots=True)
class IdentifierFault:
    """One fault of one identifier: the member at fault, a field-error code, and the reason by name."""

    field: str
    code: str
    reason: str


def uscc_check_character(body: str) -> str:
    """Return the eighteenth character that belongs to seventeen characters of a code (GB 32100-2015)."""
    total = sum(
        USCC_ALPHABET.index(character) * weight for character, weight in zip(body, USCC_WEIGHTS, strict=True)
    )
    return USCC_ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(body: str) -> str:
    """Return the ninth character that belongs to eight characters of an organisation code (GB 11714)."""
    total = sum(
        int(character, 36) * weight for character, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)
    )
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def resident_check_character(body: str) -> str:
    """Return the eighteenth character that belongs to seventeen digits of an identity number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, RESIDENT_WEIGHTS, strict=True))
    return RESIDENT_CHECKS[total % 11]


def uscc_fault(code: str) -> str | None:
    """Name what is wrong with a unified social credit code, or return None when its checks hold.

    Reasons: `uscc_form` (eighteen characters of the alphabet), `uscc_check` (GB 32100-2015, modulo 31),
    `uscc_organisation` (the organisation code in places 9 to 17, GB 11714, modulo 11).
    """
    if not SCHEMES["uscc"].fullmatch(code):
        return "uscc_form"
    if uscc_check_character(code[:17]) != code[17]:
        return "uscc_check"
    if organisation_check_character(code[8:16]) != code[16]:
        return "uscc_organisation"
    return None


def resident_id_fault(number: str) -> str | None:
    """Name what is wrong with a resident identity number, or return None when its checks hold.

    Reasons: `resident_form`, `resident_birthday` (no such day), `resident_check` (GB 11643, modulo 11-2).
    """
    if not SCHEMES["resident_id"].fullmatch(number):
        return "resident_form"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "resident_birthday"
    return None if resident_check_character(number[:17]) == number[17] else "resident_check"


_CHECKS = {"uscc": uscc_fault, "resident_id": resident_id_fault}


def identifier_faults(identifier: Mapping[str, object]) -> tuple[IdentifierFault, ...]:
    """Return every fault of `{"scheme", "value", "source"?}`; empty when the identifier may stand."""
    scheme, value, source = (identifier.get(name) for name in ("scheme", "value", "source"))
    if scheme is None:
        return (IdentifierFault("scheme", "missing", "scheme_missing"),)
    if not isinstance(scheme, str) or scheme not in SCHEMES:
        return (IdentifierFault("scheme", "vocabulary", "scheme_unknown"),)
    faults = []
    if not isinstance(value, str):
        faults.append(IdentifierFault("value", "missing" if value is None else "type", "value_missing"))
    elif scheme in _CHECKS:
        reason = _CHECKS[scheme](value)
        if reason is not None:
            faults.append(IdentifierFault("value", "format", reason))
    elif not SCHEMES[scheme].fullmatch(value):
        faults.append(IdentifierFault("value", "format", f"{scheme}_form"))
    if scheme == "source_id" and not (isinstance(source, str) and 1 <= len(source) <= 64):
        faults.append(IdentifierFault("source", "missing", "source_missing"))
    return tuple(faults)
