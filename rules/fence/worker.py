"""Worker process: the only place where durable_rules runs. One line of JSON in, one line of JSON out.

First line in: the rulesets. First line out: `{"ready": true}`, after each ruleset answered a probe.
Then for each `{"n", "domain", "facts"}` one `{"n", "fired"}`, or `{"n", "error"}` when no answer is safe.
The process ends when its input ends; it gets no more memory than MEMORY_BYTES. Anything else written to standard
output would break the protocol, so the protocol has a descriptor of its own and standard output is turned to
standard error.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

from durable.engine import Host

ALWAYS = "always"
SESSION = "1"
"""One session for the life of the process: the library breaks over many."""
MEMORY_BYTES = 256 << 20
"""About eight times what the worker takes; a blow-up ends the worker and not the machine."""


class QuietHost(Host):  # type: ignore[misc]  # the library has no types
    """A host without the library's timer threads, which crash beside live sessions."""

    def _run(self) -> None:
        return


class Evaluation:
    """Rulesets in this process, asked one message at a time by the one thread there is."""

    def __init__(self, definitions: dict[str, dict[str, Any]]) -> None:
        self._fired: list[str] = []
        self._host = QuietHost(
            {
                domain: {name: {**rule, "run": self._recorder(name)} for name, rule in rules.items()}
                for domain, rules in definitions.items()
            }
        )

    def fired(self, domain: str, facts: dict[str, int]) -> list[str]:
        """Keys of the rules that fired, without repetition; raises RuntimeError when no action ran."""
        self._fired.clear()
        message = {**facts, "id": 1, "sid": SESSION}
        self._host.assert_fact(domain, message)
        self._host.retract_fact(domain, message)
        if ALWAYS not in self._fired:
            raise RuntimeError("the rule that always fires did not fire")
        return sorted({name.partition("#")[0] for name in self._fired if name != ALWAYS})

    def _recorder(self, name: str) -> Callable[[Any], None]:
        """A consequent that only records: an exception in one would be swallowed."""
        return lambda _closure: self._fired.append(name)


def serve() -> None:
    """Answer every line of standard input until it ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(data: dict[str, Any]) -> None:
        answers.write(json.dumps(data) + "\n")
        answers.flush()

    definitions = json.loads(sys.stdin.readline())
    evaluation = Evaluation(definitions)
    for domain, rules in definitions.items():
        evaluation.fired(domain, dict.fromkeys(_names(rules), 0))
    answer({"ready": True})
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer({"n": question["n"], "fired": evaluation.fired(question["domain"], question["facts"])})
        except Exception as error:  # whatever the library raises, the parent learns that there is no answer
            answer({"n": question["n"], "error": f"{type(error).__name__}: {error}"})


def _names(rules: dict[str, Any]) -> set[str]:
    """Every fact that the rules of one domain compare."""
    names: set[str] = set()
    for rule in rules.values():
        test = rule["all"][0]["m"]
        for part in test.get("$and", [test]):
            name, value = next(iter(part.items()))
            names.add(next(iter(value)) if isinstance(value, dict) else name)
    return names


if __name__ == "__main__":
    serve()
