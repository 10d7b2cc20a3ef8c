"""What a draft opens that the live rulebook keeps shut: a suspicion that is no longer one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rules.proof.declared import Declared
from rules.proof.faults import ProofFault, fault
from rules.proof.regions import PROVEN_FROM, regions
from rules.proof.space import any_of, negated
from rules.rulebook import Rulebook


def weaker_faults(draft: Rulebook, live: Rulebook, declared: Declared) -> Iterator[ProofFault]:
    """Every criminal rule of the live rulebook under which the draft, for some facts on some day, suspects nothing.

    Then a fine would stand open where there is a referral today (law 2). Only a basis that was read, declared in
    lawful.yaml as `threshold`, makes it lawful.
    """
    words = replace(draft.facts, by_name={**live.facts.by_name, **draft.facts.by_name})
    both = replace(
        draft,
        facts=words,
        rules=(
            *draft.rules,
            *(replace(rule, id=f"live {rule.id}") for rule in live.rules if rule.confidential),
        ),
    )
    told: set[str] = set()
    for region in regions(both, PROVEN_FROM):
        space = region.space(both)
        before = [rule for rule in region.rules if rule.id.startswith("live ")]
        after = [rule for rule in region.rules if rule.confidential and rule not in before]
        suspected = any_of(space.holds(rule.when) for rule in after)
        for rule in before:
            name = rule.id.removeprefix("live ")
            if name in told or declared.threshold(name):
                continue
            facts = space.example(space.holds(rule.when), negated(suspected))
            if facts is not None:
                told.add(name)
                yield fault("weaker", both, region, facts, rules=(f"{name}@{rule.version}",))
