"""Whether what comes in holds: form, dates, codes, identifiers and rule facts, all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.fact_types import Names, read_person
from engine.core.guards import EXCLUSIVE_RESULTS
from engine.core.identifiers import identifier_faults
from engine.core.intake_forms import (
    InspectionForm,
    LoneFindingForm,
    check_dates,
    check_form,
    check_instants,
    check_texts,
)
from engine.core.refusals import Faults, FieldError, Refusal

FactFault = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IntakeCheck:
    """Checks intake bodies; `facts` gives the faults of entered rule facts, `violations` the codes per domain."""

    facts: Callable[[Mapping[str, Any]], Sequence[FactFault]]
    violations: Mapping[str, frozenset[str]]
    departments: frozenset[str]

    def inspection(self, body: Mapping[str, Any]) -> None:
        """Returns when the inspection and every finding in it hold; else refuses with every fault."""
        faults = Faults()
        check_form(InspectionForm, body, faults)
        check_texts(body, "", faults)
        check_instants(body, ("started_at", "finished_at"), "", faults)
        self._results(body, faults)
        self._officers(body, faults)
        findings = body.get("findings")
        for index, finding in enumerate(findings if isinstance(findings, list) else ()):
            if isinstance(finding, dict):
                self._finding(finding, f"/findings/{index}", body.get("finished_at"), faults)
        if isinstance(body.get("publication"), dict):
            check_dates(body["publication"], ("published_on",), "/publication", faults)
        faults.refuse()
        self._departments(body)
        check_party(body["party"], "/party")

    def finding(self, body: Mapping[str, Any]) -> None:
        """Returns when the lone finding holds; else refuses with every fault."""
        faults = Faults()
        check_form(LoneFindingForm, body, faults)
        check_texts(body, "", faults)
        self._finding(body, "", None, faults)
        faults.refuse()

    def _finding(self, body: Mapping[str, Any], prefix: str, finished_at: Any, faults: Faults) -> None:
        check_instants(body, ("discovered_at",), prefix, faults)
        check_dates(body, ("act_started_on", "act_ended_on"), prefix, faults)
        letters = body.get("letters")
        for index, letter in enumerate(letters if isinstance(letters, list) else ()):
            if isinstance(letter, dict):
                check_dates(letter, ("posted_on", "returned_on"), f"{prefix}/letters/{index}", faults)
        self._violation(body, prefix, faults)
        if body.get("handler") is not None:
            read_person(body["handler"], f"{prefix}/handler", faults, self._names())
        if isinstance(body.get("facts"), dict):
            for fault in self.facts(body["facts"]):
                faults.add(
                    f"{prefix}/facts{fault['pointer']}",
                    fault["code"],
                    fault.get("zh", ""),
                    fault.get("en", ""),
                )
        if _later(body.get("discovered_at"), finished_at):
            faults.add(
                f"{prefix}/discovered_at",
                "inconsistent",
                "发现时间晚于检查结束时间",
                "found after the inspection ended",
            )
        if _ordered_wrongly(body.get("act_started_on"), body.get("act_ended_on")):
            faults.add(f"{prefix}/act_ended_on", "inconsistent", "结束早于开始", "ends before it starts")

    def _names(self) -> Names:
        """Departments are known here, accounts are not: whoever is named by login may stand."""
        return Names(lambda code: code if code in self.departments else None, lambda _: {}, frozenset())

    def _violation(self, body: Mapping[str, Any], prefix: str, faults: Faults) -> None:
        domain, violation = body.get("domain"), body.get("violation")
        if isinstance(domain, str) and domain not in self.violations:
            faults.add(f"{prefix}/domain", "vocabulary")
        elif (
            isinstance(domain, str)
            and isinstance(violation, str)
            and violation not in self.violations[domain]
        ):
            known = any(violation in codes for codes in self.violations.values())
            faults.add(f"{prefix}/violation", "domain_mismatch" if known else "vocabulary")

    def _results(self, body: Mapping[str, Any], faults: Faults) -> None:
        codes = body.get("result_codes")
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            return
        for name in ("result_codes", "participating"):
            _check_each_once(body.get(name), f"/{name}", faults)
        if set(codes) & EXCLUSIVE_RESULTS:
            if len(set(codes)) > 1:
                faults.add(
                    "/result_codes",
                    "exclusive",
                    "“未发现问题”不得与其他结果并存",
                    "NO_PROBLEM excludes all others",
                )
            if body.get("findings"):
                faults.add(
                    "/findings", "exclusive", "“未发现问题”的检查不得有问题条目", "NO_PROBLEM has no findings"
                )

    def _officers(self, body: Mapping[str, Any], faults: Faults) -> None:
        officers = body.get("officers")
        if isinstance(officers, list) and len(officers) >= 2:
            named = {_officer_key(one) for one in officers}
            if len(named) < len(officers):
                faults.add("/officers", "too_few", "须为不同的两名以上人员", "at least two different people")

    def _departments(self, body: Mapping[str, Any]) -> None:
        for name in ("department", "lead_department"):
            if body.get(name) is not None and body[name] not in self.departments:
                raise Refusal("department_unknown", errors=[FieldError(f"/{name}", "vocabulary")])
        for index, code in enumerate(body.get("participating") or ()):
            if code not in self.departments:
                raise Refusal(
                    "department_unknown", errors=[FieldError(f"/participating/{index}", "vocabulary")]
                )


def _check_each_once(codes: Any, pointer: str, faults: Faults) -> None:
    if isinstance(codes, list) and len(codes) != len({str(code) for code in codes}):
        faults.add(pointer, "too_many", "不得重复选择", "no code twice")


def check_party(party: Mapping[str, Any], prefix: str) -> None:
    """Returns when the party can be identified and its numbers hold; else refuses `uscc_invalid` or `party_unknown`."""
    errors = []
    for index, identifier in enumerate(party["identifiers"]):
        for fault in identifier_faults(identifier):
            pointer = f"{prefix}/identifiers/{index}/{fault.field}"
            errors.append((identifier["scheme"], FieldError(pointer, fault.code)))
    if errors:
        code = "uscc_invalid" if errors[0][0] == "uscc" else "facts_invalid"
        raise Refusal(code, errors=[error for _, error in errors])
    only_named = all(one["scheme"] == "unidentified" for one in party["identifiers"])
    if only_named and not party.get("address"):
        raise Refusal("party_unknown", errors=[FieldError(f"{prefix}/address", "missing")])


def _officer_key(officer: Any) -> tuple[str, ...]:
    if isinstance(officer, str):
        return ("login", officer.casefold())
    if isinstance(officer, dict) and officer.get("login"):
        return ("login", str(officer["login"]).casefold())
    if isinstance(officer, dict):
        return ("named", str(officer.get("name")), str(officer.get("certificate_no")))
    return ("other", repr(officer))


def _later(one: Any, other: Any) -> bool:
    try:
        return datetime.fromisoformat(one) > datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False


def _ordered_wrongly(first: Any, last: Any) -> bool:
    return isinstance(first, str) and isinstance(last, str) and last < first
