"""A snapshot beside the one that was read, for a decision that is only tried; many times faster than a deep copy."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from engine.core.snapshot import Deadline, Record, Snapshot


def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(one.name for one in fields(kind)))


SNAPSHOT, RECORD, DEADLINE = map(_values_of, (Snapshot, Record, Deadline))


def forked(snapshot: Snapshot) -> Snapshot:
    """A snapshot that a decision may change, equal to this one. Facts and dates are never changed in place, and shared."""
    fork = Snapshot(*SNAPSHOT(snapshot))
    fork.main = _forked_record(snapshot.main)
    fork.proceedings = {id: _forked_record(one) for id, one in snapshot.proceedings.items()}
    fork.deadlines = [_forked_deadline(one) for one in snapshot.deadlines]
    fork.registers = copy.deepcopy(snapshot.registers)
    fork.suspicions = list(snapshot.suspicions)
    return fork


def _forked_record(record: Record) -> Record:
    fork = Record(*RECORD(record))
    fork.facts, fork.acts = dict(record.facts), dict(record.acts)
    fork.actors = {trigger: dict(people) for trigger, people in record.actors.items()}
    return fork


def _forked_deadline(one: Deadline) -> Deadline:
    fork = Deadline(*DEADLINE(one))
    fork.exclusions, fork.suspended, fork.history = (
        list(one.exclusions),
        dict(one.suspended),
        list(one.history),
    )
    return fork
