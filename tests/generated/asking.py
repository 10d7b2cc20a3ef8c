"""A house asked everything that its OpenAPI document allows and forbids, as each role; run by the suite and by the soak."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from tests.generated.caller import NOBODY, SYSTEM, TOKEN, Seen, SignedBy
from tests.generated.cases import Brought, example_of
from tests.generated.house import hold_invariants
from tests.hostile.fort import Fort

CALLERS = (
    *("W01", "H01", "C02", "D01", "L01", "P01", "U01", "T01", "C01", "F01", "F02", "F03"),
    *("S01", "O01", "A01", "B01", "E01", NOBODY, TOKEN, SYSTEM),
)
PHASES = {"examples": 0.25, "coverage": 0.33, "stateful": 0.17, "fuzzing": None}
"""What part of its requests a caller sends in each phase, in the last what is left; the last operation of a phase is asked to
its end."""
STEPS_OF_A_WALK = 3
"""About as many requests as a walk along links takes; other phases have examples for each operation."""
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
)
LEFT_OUT = {
    "ignored_auth": "credentials are put on behind the generator; as nobody every operation is asked, and none lets in",
    "use_after_free": "nothing of the house can be deleted but a session, which has no id",
    "ensure_resource_availability": "what a role made it may lose by its own next step, or not be let to see",
    "object_level_authorization": "the matrix of rights asks this of every role and record (tests/rights)",
}
"""Checks of schemathesis that are not made, and why."""
NEVER_DONE: dict[str, str] = {}
"""Operations that no role needs to be answered by, and why."""


@dataclass(slots=True)
class Asked:
    """What a run found."""

    seen: Seen = field(default_factory=Seen)
    breaches: dict[tuple[str, str], str] = field(default_factory=dict)
    """Check and operation → what was said and answered first."""
    by_phase: Counter[str] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)

    def told(self) -> list[str]:
        """Everything that was wrong, a line each."""
        found = [f"{check} {operation} {said}" for (check, operation), said in sorted(self.breaches.items())]
        return [*found, *(f"{what} {answer}" for what, answer in sorted(self.seen.broken.items()))]


def ask_everything(
    fort: Fort,
    hashed: str,
    n: int,
    seed: int,
    callers: Sequence[str] = CALLERS,
    say: Callable[[str], None] = lambda _: None,
) -> Asked:
    """About N requests, an equal share by each caller; the invariants of the house hold after each of them.

    On SQLite each caller comes to the house as it was at first, on PostgreSQL to what the others made of it.
    """
    asked = Asked()
    document = json.loads(json.dumps(fort.app.openapi()))
    asked.operations = {f"{m.upper()} {path}" for path, methods in document["paths"].items() for m in methods}
    cookies = dict(fort.cookies)
    for number, who in enumerate(callers):
        if fort.kept is not None:
            fort.restore()
            fort.cookies = dict(cookies)
        fort.cookies.pop(who, None)
        fort.journal.lines.clear()
        share = max(1, (n - asked.seen.requests) // (len(callers) - number))
        _ask_as(fort, hashed, who, asked, with_examples(document, fort), share, seed + number)
        hold_invariants(fort, asked.seen)
        say(f"{asked.seen.requests} of {n} requests, as {who}")
    return asked


def with_examples(document: Any, fort: Fort) -> dict[str, Any]:
    """The document with an example of each request that is known to be answered."""
    told: dict[str, Any] = copy.deepcopy(document)
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            examples = example_of(f"{method.upper()} {path}", fort)
            for one in operation["parameters"]:
                if one["name"] in examples and one["in"] == "path":
                    one["example"] = examples[one["name"]]
            for media in operation.get("requestBody", {}).get("content", {}).values():
                if "body" in examples:
                    media["example"] = examples["body"]
    return told


def _ask_as(
    fort: Fort, hashed: str, who: str, asked: Asked, document: dict[str, Any], share: int, seed: int
) -> None:
    app = SignedBy(fort, who, asked.seen, hashed)
    asked.seen.pages.clear()
    brought = Brought(fort, who, Random(seed), asked.seen.pages)
    begun = asked.seen.requests
    for phase, part in PHASES.items():
        before = asked.seen.requests
        own = round(share * part) if part is not None else begun + share - before
        _run(app, brought, asked, document, phase, before + max(1, own), seed)
        asked.by_phase[phase] += asked.seen.requests - before


def _run(
    app: SignedBy, brought: Brought, asked: Asked, document: dict[str, Any], phase: str, until: int, seed: int
) -> None:
    """One phase, until so many requests were answered in all; operations come in an order of the seed's."""
    paths = sorted(document["paths"])
    Random(f"{seed} {phase}").shuffle(paths)
    left = until - asked.seen.requests
    examples = left // (STEPS_OF_A_WALK if phase == "stateful" else len(asked.operations)) + 1
    schema = schemathesis.openapi.from_dict(
        {**document, "paths": {path: document["paths"][path] for path in paths}},
        config=_config(phase, examples, seed),
    )
    schema.app = app
    # what it would advise is nobody's to read here, and costs a second
    schema.iter_schema_warnings = lambda: []
    with before_each(lambda case: brought.bring(case, phase == "examples")):
        running = from_schema(schema).execute()
        for event in running:
            if isinstance(event, events.FatalError):
                raise event.exception
            if isinstance(event, events.NonFatalError):
                asked.breaches.setdefault(("generation", event.label), repr(event.value)[:400])
            if isinstance(event, events.ScenarioFinished):
                _note(event, asked, app.who)
                if asked.seen.requests >= until:
                    running.stop()


@contextmanager
def before_each(bring: Callable[[Any], None]) -> Iterator[None]:
    """Each case is given to `bring` before it is sent."""

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        bring(case)

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister(before_call)


def _config(phase: str, examples: int, seed: int) -> SchemathesisConfig:
    phases: dict[str, Any] = {name: {"enabled": name == phase} for name in PHASES}
    phases["fuzzing"] |= {"operation-ordering": "none"}
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "continue-on-failure": True,
            "generation": {
                "max-examples": examples,
                "database": "none",
                "no-shrink": True,
                "with-security-parameters": False,
            },
            "phases": phases,
            "checks": {
                **{name: {"enabled": True} for name in CHECKS},
                **{name: {"enabled": False} for name in LEFT_OUT},
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]
                },
                "missing_required_header": {
                    "expected-statuses": ["400", "401", "403", "404", "413", "415", "422"]
                },
            },
        }
    )


def _note(event: Any, asked: Asked, who: str) -> None:
    """The failed checks of a scenario are kept, the first of each kind and operation."""
    recorder = event.recorder
    for case_id, checks in recorder.checks.items():
        for one in checks:
            case = recorder.cases[case_id].value
            if one.failure_info is None or (one.name == "negative_data_rejection" and _blank(case)):
                continue
            said = recorder.interactions.get(case_id)
            response = said.response if said else None
            answer = response.content[:300].decode("utf-8", "replace") if response is not None else ""
            told = f"as {who}: {one.failure_info.failure.message[:400]} · {one.failure_info.code_sample[:500]} · {answer}"
            asked.breaches.setdefault((one.name, f"{case.operation.method.upper()} {case.path}"), told)


def _blank(case: Any) -> bool:
    """True where a parameter is made of blanks, which counts as absent; OpenAPI says that of the empty one alone."""
    values = [one for given in case.query.values() for one in (given if isinstance(given, list) else [given])]
    return any(isinstance(one, str) and not one.strip() for one in values)
