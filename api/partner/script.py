"""What a simulated partner answers: a file that names, for each kind of message, the receipts with their data and delays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.core.envelope import wire_instant
from rules.data_file import Fields, read_as
from rules.exchange import load_receipts

SCRIPTS = Path(__file__).parent / "scripts"
RECEIPTS = tuple(load_receipts())
BLANK = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")
MESSAGE_TYPE = re.compile(r"bihuan\.message\.([a-z_]{1,40})\.v1")


@dataclass(frozen=True, slots=True)
class Reply:
    """One receipt: so many seconds after the message came, or held until it is asked for."""

    receipt: str
    after: int = 0
    hold: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a message of that kind, whose data has these members, is answered with."""

    to: str
    when: Mapping[str, Any]
    replies: tuple[Reply, ...]

    def fits(self, event: Mapping[str, Any]) -> bool:
        """True when the message is one that is answered so."""
        data = event.get("data", {})
        return kind_of(event) == self.to and all(
            data.get(name) == wanted for name, wanted in self.when.items()
        )


@dataclass(frozen=True, slots=True)
class Script:
    """How one partner behaves."""

    answers: tuple[Answer, ...]

    def replies_to(self, event: Mapping[str, Any]) -> tuple[Reply, ...]:
        """The receipts of the first answer that fits; none where the script is silent."""
        return next((answer.replies for answer in self.answers if answer.fits(event)), ())


def kind_of(event: Mapping[str, Any]) -> str | None:
    """The kind of a message, when its type names one."""
    named = event.get("type")
    found = MESSAGE_TYPE.fullmatch(named) if isinstance(named, str) else None
    return found[1] if found else None


def roles() -> list[str]:
    """The partners whose script lies beside the program."""
    return sorted(path.stem for path in SCRIPTS.glob("*.yaml"))


def load_script(path: Path) -> Script:
    """The script of the file; raises DataFault that names file, line and remedy."""
    return read_as(path, _script)


def filled(value: Any, blanks: Mapping[str, Any]) -> Any:
    """The value with its blanks `{now}`, `{today}`, `{data.items}` … filled in; a text that is one blank becomes its value.

    Raises KeyError for a blank that the message does not fill.
    """
    if isinstance(value, Mapping):
        return {name: filled(one, blanks) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, blanks) for one in value]
    if not isinstance(value, str):
        return value
    whole = BLANK.fullmatch(value)
    if whole:
        return _found(whole[1], blanks)
    return BLANK.sub(lambda blank: str(_found(blank[1], blanks)), value)


def blanks_of(event: Mapping[str, Any], now: Callable[[], Any], number: int) -> dict[str, Any]:
    """What may be filled in: the time, the message, and the count of receipts that this partner has made."""
    told = wire_instant(now())
    return {
        "now": told,
        "today": told[:10],
        "year": told[:4],
        "number": number,
        "message": event["id"],
        "own": event["recipient"],
        "data": event["data"],
    }


def _found(path: str, blanks: Mapping[str, Any]) -> Any:
    value: Any = blanks
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            raise KeyError(path)
        value = value[name]
    return value


def _script(data: Any) -> Script:
    fields = Fields(data, known=("answers",))
    listed = fields.items("answers")
    fields.done()
    return Script(tuple(_answer(one, f"/answers/{place}") for place, one in enumerate(listed)))


def _answer(data: Any, at: str) -> Answer:
    fields = Fields(data, at, known=("to", "when", "with"))
    to, when, replies = fields.text("to", 40), _mapping(fields, "when"), fields.items("with")
    fields.done()
    return Answer(to, when, tuple(_reply(one, f"{at}/with/{place}") for place, one in enumerate(replies)))


def _reply(data: Any, at: str) -> Reply:
    fields = Fields(data, at, known=("receipt", "after", "hold", "data"))
    reply = Reply(
        fields.code("receipt", RECEIPTS),
        fields.integer("after") if fields.has("after") else 0,
        fields.boolean("hold", False),
        _mapping(fields, "data"),
    )
    fields.done()
    if reply.after < 0:
        raise fields.fault("after", "negative")
    return reply


def _mapping(fields: Fields, name: str) -> dict[str, Any]:
    """The members written there; none when the field is absent."""
    said = fields.take(name) if fields.has(name) else {}
    if not isinstance(said, dict):
        raise fields.fault(name, "not_mapping")
    return said
