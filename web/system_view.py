"""A linked system in words: its kinds, its health, what was changed of it, and the fields of each form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.commands import Principal
from engine.core.policies import roles_for
from engine.signing import SCHEMES
from engine.system_checks import KINDS, OVERLAP_HOURS, URL_LENGTH_MAX
from models.exchange_reading import ALL_KINDS
from web.asking import Asking
from web.dates import instant
from web.fields import Choice, Field, Typed, write_field
from web.naming import Names
from web.proposing import whose

SHOWN = (
    "department",
    "kinds",
    "url",
    "carrier",
    "allow_private",
    "allowed",
    "scheme",
    "public_key",
    "encryption_key",
    "jwk",
    "overlap_hours",
    "state",
)
"""What an entry or a proposal tells of a system, in this order."""
PUBLIC_KEY_LENGTH, JWK_LENGTH, ALLOWED_LENGTH = 200, 2000, 2000


def acts(who: Principal) -> bool:
    """True when the person proposes and confirms changes of the register."""
    return not who.roles.isdisjoint(roles_for("system.change"))


def shown_detail(asking: Asking, names: Names, detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an act did, or will do, to the system: names with values in words, of a change the former value too."""
    words, told = asking.words, []
    for name in SHOWN:
        if name not in detail:
            continue
        value = _value(asking, names, name, detail[name])
        if f"{name}_before" in detail:
            value = f"{_value(asking, names, name, detail[f'{name}_before'])} → {value}"
        told.append((words(f"system.{'encryption_key' if name == 'jwk' else name}"), value))
    return told


def _value(asking: Asking, names: Names, name: str, value: Any) -> str:
    words = asking.words
    if name == "department":
        return names.department(value)
    if name == "kinds":
        return words.comma.join(kind_name(asking, names, kind) for kind in value)
    if name == "url":
        return words("admin.pull") if value is None else str(value)
    if name == "allowed":
        return words("system.allowed_any") if value is None else words.comma.join(value)
    if name == "state":
        return words(f"system.state_{value}")
    if isinstance(value, bool):
        return words("common.yes" if value else "common.no")
    return str(value)


def kind_name(asking: Asking, names: Names, kind: str) -> str:
    """The name of a kind of message, or that all are taken."""
    return asking.words("system.all_kinds") if kind == ALL_KINDS else names.message(kind)


def shown_system(asking: Asking, names: Names, item: Mapping[str, Any]) -> dict[str, Any]:
    """The system with its codes in words."""
    words = asking.words
    return {
        **item,
        "department_name": names.department(item["department"]),
        "shown_kinds": words.comma.join(kind_name(asking, names, kind) for kind in item["kinds"]),
        "way": item["url"] or words("system.carrier" if item["carrier"] else "admin.pull"),
        "shown_allowed": _value(asking, names, "allowed", item["allowed"]),
        "shown_state": words(f"system.state_{item['state']}"),
        "shown_reachable": "" if item["url"] is None else words(f"system.reachable_{item['reachable']}"),
    }


def shown_changes(
    asking: Asking, names: Names, people: Any, changes: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The administrative entries about a system, in words."""
    return [
        {
            "at": one["at"],
            "act": act_name(asking, one["detail"]["act"]),
            "by": people.name(one["by"]),
            "proposed_by": people.name(one["detail"].get("proposed_by", "")),
            "detail": shown_detail(asking, names, one["detail"]),
        }
        for one in changes
    ]


def act_name(asking: Asking, act: str) -> str:
    """What an act of the register is called."""
    return asking.words(f"system.act_{act.removeprefix('system.')}")


def shown_proposals(
    asking: Asking, names: Names, people: Any, waiting: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Proposals about linked systems in words; those of the person's own named so."""
    return [
        {
            "id": one["id"],
            "system": one["detail"]["id"],
            "act": act_name(asking, one["act"]),
            "by": people.name(one["by"]),
            "at": one["at"],
            **whose(asking, one["by"]),
            "detail": shown_detail(asking, names, one["detail"]),
        }
        for one in waiting
    ]


# --- the forms


def form_fields(asking: Asking, names: Names, act: str) -> tuple[Field, ...]:
    """The inputs of the form that proposes this act."""
    words = asking.words
    kinds = Field(
        "kinds",
        words("system.kinds"),
        "codes",
        True,
        tuple(
            Choice(kind, kind_name(asking, names, kind))
            for kind in sorted(KINDS, key=lambda kind: (kind != ALL_KINDS, kind))
        ),
    )
    url = Field("url", words("system.url"), "text", hint=words("system.url_hint"), longest=URL_LENGTH_MAX)
    private = Field("allow_private", words("system.allow_private"), "boolean")
    carrier = Field("carrier", words("system.carrier"), "boolean", hint=words("system.carrier_hint"))
    allowed = Field(
        "allowed",
        words("system.allowed"),
        "long_text",
        hint=words("system.allowed_hint"),
        longest=ALLOWED_LENGTH,
    )
    public = Field(
        "public_key",
        words("system.public_key"),
        "text",
        hint=words("system.public_key_hint"),
        longest=PUBLIC_KEY_LENGTH,
    )
    overlap = Field(
        "overlap_hours",
        words("system.overlap_hours"),
        "integer",
        True,
        hint=words("system.overlap_hint"),
        lowest=0,
    )
    sealing = Field(
        "encryption_key",
        words("system.encryption_key"),
        "long_text",
        act != "system.add",
        hint=words("system.encryption_key_hint"),
        longest=JWK_LENGTH,
    )
    forms: dict[str, tuple[Field, ...]] = {
        "system.add": (
            *(*_identity(asking, names), kinds, url, carrier, private),
            *(_scheme(asking), public, sealing),
        ),
        "system.change": (kinds, url, private),
        "system.allow": (allowed,),
        "system.rotate_key": (overlap, public),
        "system.encryption_key": (sealing, overlap),
    }
    return forms[act]


def _identity(asking: Asking, names: Names) -> tuple[Field, ...]:
    words = asking.words
    known = tuple(Choice(code, names.department(code)) for code in asking.house.office.departments)
    return (
        Field("id", words("system.id"), "text", True, hint=words("system.id_hint"), longest=56),
        Field("department", words("system.department"), "code", True, known),
    )


def _scheme(asking: Asking) -> Field:
    chosen = tuple(Choice(name, f"{name} ({scheme.version})") for name, scheme in SCHEMES.items())
    return Field("scheme", asking.words("system.scheme"), "code", True, chosen)


def standing(fields: Sequence[Field], item: Mapping[str, Any]) -> Typed:
    """What stands in a form before anything is typed: the system as it is, and the usual overlap."""
    typed, known = Typed(), {**item, "overlap_hours": OVERLAP_HOURS}
    known["allowed"] = "\n".join(item.get("allowed") or ()) or None
    for field in fields:
        typed.update(write_field(field, known.get(field.name)))
    return typed


def shown_keys(item: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """The keys of a system with their instants as people read them."""
    return [
        {**key, **{name: instant(key.get(name), language) for name in ("since", "until")}}
        for key in item["keys"]
    ]
