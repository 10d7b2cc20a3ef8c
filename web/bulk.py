"""The same step on several findings: one form for what nobody knows yet, and every finding decided for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.calls import an_id
from engine.core.refusals import Refusal
from engine.drafts import confidential
from web.approving import Result
from web.asking import Asking
from web.cards import with_others
from web.commanding import fresh_key, step_body, take_steps
from web.fields import Choice, Field, Typed
from web.prefill import prefilled
from web.problems import Told, told
from web.records import Folder, open_finding
from web.steps import Offer, act_book

AT_ONCE_MAX = 50
"""As many as are read whole for one page."""


@dataclass(frozen=True, slots=True)
class Case:
    """One of the findings with the act as it is offered there, and what its own record fills in."""

    folder: Folder
    offer: Offer
    known: Typed
    version: str

    @property
    def id(self) -> str:
        """The finding."""
        return str(self.folder.finding["id"])

    @property
    def label(self) -> tuple[str, str, str]:
        """Id, number and item, as results name a finding."""
        finding = self.folder.finding
        return self.id, finding["ledger_no"] or "", finding["item"]


@dataclass(frozen=True, slots=True)
class Bulk:
    """The findings on which the act can be taken together, and what became of the others."""

    cases: Sequence[Case]
    left_out: Sequence[Result]

    @property
    def offer(self) -> Offer:
        """The act, the same on all of them."""
        return self.cases[0].offer

    @property
    def fields(self) -> list[Field]:
        """What one of the findings at least does not fill in by itself; asked once for all."""
        form = self.cases[0].folder.maker.of(self.offer)
        return [one for one in form.fields if any(one.input_name not in case.known for case in self.cases)]

    @property
    def own(self) -> list[str]:
        """The names of what every finding fills in by itself."""
        form, asked = self.cases[0].folder.maker.of(self.offer), self.fields
        return [one.label for one in form.fields if one not in asked]

    @property
    def checked(self) -> bool:
        """True where the answers are shown once more before the act."""
        return any(act_book().is_checked(step.row.chart, step.row.trigger) for step in self.offer.steps)

    def people(self, field: Field, typed: Typed) -> list[Choice]:
        """Who may be named."""
        return with_others(field, typed)


def gathered(asking: Asking, typed: Typed) -> Bulk:
    """The ticked findings with the act that the form names as chart.trigger of its first step; none is confidential."""
    step, cases, out = typed.first("todo"), list[Case](), list[Result]()
    for id in list(dict.fromkeys(typed.all("finding")))[:AT_ONCE_MAX]:
        try:
            folder = open_finding(asking, an_id(id))
        except Refusal as refusal:
            out.append(Result(id, "", "", False, told(refusal, asking.words).title))
            continue
        offer = _offered(folder, step, cases[0].offer if cases else None)
        finding = folder.finding
        if offer is None:
            label = (id, finding["ledger_no"] or "", finding["item"])
            out.append(Result(*label, False, asking.words("bulk.not_offered")))
            continue
        known = prefilled(folder.maker.of(offer), offer, folder.known)
        cases.append(Case(folder, offer, known, typed.first(f"version.{id}") or str(finding["version"])))
    return Bulk(cases, out)


def _offered(folder: Folder, step: str, same: Offer | None) -> Offer | None:
    for offer in folder.offers:
        row = offer.steps[0].row
        fits = f"{row.chart}.{row.trigger}" == step and not any(confidential(one.row) for one in offer.steps)
        if fits and (same is None or offer.triggers == same.triggers):
            return offer
    return None


def taken(asking: Asking, bulk: Bulk, typed: Typed) -> tuple[list[Result], Mapping[str, Sequence[str]]]:
    """What became of each finding, and what was wrong with the inputs of the one form."""
    results, wrong = list[Result](), dict[str, Sequence[str]]()
    asked = [name for one in bulk.fields for name in typed if _belongs(name, one)]
    for case in bulk.cases:
        stated = Typed({**case.known, **{name: typed.all(name) for name in asked if typed.first(name)}})
        stated["expected_version"] = [case.version]
        form = case.folder.maker.of(case.offer)
        try:
            body = step_body(asking, case.offer, form, stated)
            take_steps(asking, "finding", case.id, body, _key(typed, case.id))
        except Refusal as refusal:
            said = told(refusal, asking.words)
            wrong |= said.errors
            results.append(Result(*case.label, False, _sentence(asking, said)))
        else:
            results.append(Result(*case.label, True, asking.words.of(case.offer)))
    return results, wrong


def _belongs(name: str, field: Field) -> bool:
    return name == field.input_name or name.startswith(f"{field.name}.")


def _sentence(asking: Asking, said: Told) -> str:
    words = asking.words
    reasons = [words.of(reason) for reason in said.reasons]
    wrong = [sentence for sentences in said.errors.values() for sentence in sentences]
    return words.semicolon.join([said.title, *reasons, *wrong])


def _key(typed: Typed, id: str) -> str:
    """A key of this form for this finding, so that a form sent twice acts once."""
    given = typed.first("idempotency_key")
    return f"{given}.{id}"[:128] if given else fresh_key()
