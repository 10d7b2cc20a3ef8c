"""Goes wherever an open step leads, over HTTP alone: each step that is shown open is tried, each state is kept."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.hostile.filled import filled
from tests.hostile.fort import Fort
from tests.hostile.wire import Answer

Seen = tuple[str, str, str]
"""Chart, state and trigger."""


@dataclass(slots=True)
class Explorer:
    """What was tried, and how it ended."""

    fort: Fort
    subject: str
    id: str
    people: tuple[str, ...]
    tried: set[Seen] = field(default_factory=set)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: dict[str, list[Any]] = field(default_factory=dict)
    _here: Any = None
    _waiting: deque[Any] = field(default_factory=deque)
    _known: set[Any] = field(default_factory=set)

    @property
    def place(self) -> str:
        """Where the record is."""
        return f"/api/v1/{self.subject}s/{self.id}"

    def open_steps(self) -> Iterator[tuple[str, Any, Any]]:
        """Person, record and open step, each kind of step once from each state."""
        self._keep()
        while self._waiting:
            self._here = self._waiting.popleft()
            self.fort.bring_back(self._here)
            for login in self.people:
                told = self.fort.get(login, self.place)
                if told.status != 200:
                    continue
                record = told.json
                for step in record["steps"]:
                    seen = (step["chart"], self._state(record, step), step["trigger"])
                    if step["open"] and seen not in self.tried:
                        self.tried.add(seen)
                        yield login, record, step

    def send(self, login: str, record: Any, step: Any, **changed: Any) -> Answer:
        """The answer to the step with facts that fit its form, but for those that are changed."""
        body = {
            "trigger": step["trigger"],
            "proceeding": step["proceeding"],
            "facts": filled(step["form"]) | changed,
            "expected_version": record["version"],
        }
        return self.fort.post(login, f"{self.place}/steps", body)

    def undo(self) -> None:
        """The record is where the open steps were told."""
        self.fort.bring_back(self._here)

    def take(self, login: str, record: Any, step: Any) -> Answer:
        """The answer to the step with facts that fit its form; where it led is kept, and then undone."""
        told = self.send(login, record, step)
        if told.status == 200:
            self.accepted[step["trigger"]] += 1
            self._keep()
            self.undo()
        else:
            self.refused.setdefault(step["trigger"], []).append(told.json)
        return told

    def _keep(self) -> None:
        shown = self.fort.get(self.people[0], self.place).json
        lanes = [(one["kind"], one["state"]) for one in shown.get("proceedings", ())]
        here = (shown.get("state") or shown.get("publication", {}).get("state"), *sorted(lanes))
        if here not in self._known and len(lanes) <= 1:
            self._known.add(here)
            self._waiting.append(self.fort.photograph())

    def _state(self, record: Any, step: Any) -> str:
        for one in record.get("proceedings", ()):
            if one["id"] == step["proceeding"]:
                return str(one["state"])
        return str(record.get("state") or record.get("publication"))
