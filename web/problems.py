"""A refusal as a page tells it: the sentence, what helps, the reasons, and which inputs are wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from api.problems import problem_of
from engine.core.refusals import Refusal
from web.fields import Field
from web.forms import errors_by_input
from web.wording import Words

TIMES = {"occurred_in_future", "occurred_too_early", "too_late_entry"}
FORM_STATUSES = (409, 422)


@dataclass(frozen=True, slots=True)
class Told:
    """What a refused form says."""

    code: str
    status: int
    title: str
    remedy: str
    detail: str
    reasons: Sequence[Mapping[str, Any]]
    happened: Sequence[Mapping[str, Any]]
    not_before: str
    limit_days: int | None
    errors: Mapping[str, Sequence[str]]
    """By input name."""


Query = Mapping[str, list[str]]
Listed = TypeVar("Listed")


def read_filtered(
    query: Query, words: Words, read: Callable[[Query], Listed]
) -> tuple[Listed, Query, Told | None]:
    """What the filters ask for, with them; where these are wrong, the whole list, no filters, and what was wrong."""
    try:
        return read(query), query, None
    except Refusal as refusal:
        if refusal.code != "parameter_invalid":
            raise
        return read({}), {}, told(refusal, words)


def told(refusal: Refusal, words: Words) -> Told:
    """The refusal in the reader's language."""
    problem = problem_of(refusal)
    return Told(
        code=refusal.code,
        status=problem["status"],
        title=words.of(problem),
        remedy=remedy_of(problem, words),
        detail=problem.get("detail", ""),
        reasons=problem.get("reasons", ()),
        happened=problem.get("happened", ()),
        not_before=problem.get("not_before", ""),
        limit_days=problem.get("limit_days"),
        errors=errors_by_input(refusal.errors, words),
    )


def remedy_of(problem: Mapping[str, Any], words: Words, who_may: str = "") -> str:
    """What helps, said to a person, where the interface tells programs of keys, members and headers.

    who_may: the names of the roles that a refusal names, where the page knows them.
    """
    key = "remedy." + problem["code"]
    if key == "remedy.not_yours" and not who_may:
        key += "_plain"
    if not words.has(key):
        return words.of(problem["remedy"])
    return words(key, roles=who_may, seconds=problem.get("retry_after", ""))


def errors_of(fields: Sequence[Field], problem: Told | None) -> dict[str, list[str]]:
    """What is wrong with each input; a fault of one of several ticks stands with them all."""
    told_of = problem.errors if problem else {}
    return {
        field.name: [
            sentence
            for name, sentences in told_of.items()
            if name == field.name or name.startswith(f"{field.name}.")
            for sentence in sentences
        ]
        for field in fields
    }
