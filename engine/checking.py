"""`bihuan check`: the proofs over charts, rules, terms and papers, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.core.prove import Fault, faults_of, missing_against
from engine.core.prove_hands import hand_faults
from engine.documents import DocumentPress
from engine.documents.office_templates import read_folder
from engine.templates import house_papers
from rules.arbiter import Arbiter
from rules.charts import chart_files, load_charts
from rules.data_file import DataFault, read_data
from rules.edition import WORKED
from rules.examination import examined
from rules.offices import Office, load_office
from rules.open_questions import Setting, load_open_questions
from rules.proof.declared import load_declared
from rules.proof.prove import worked_faults
from rules.proof.worked import load_worked
from rules.rulebook import ROOT, Rulebook, load_rulebook
from rules.schema import Rule
from rules.terms import load_terms

RULES = Path(__file__).parent.parent / "rules"


@dataclass(slots=True)
class Checked:
    """Faults must not be; what is unverified, pending or missing is said and is no fault."""

    faults: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)
    pending_papers: list[str] = field(default_factory=list)
    open_questions: list[str] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        """The result as the command line prints it."""
        return {
            "faults": self.faults,
            "missing": self.missing,
            "unverified": self.unverified,
            "pending_papers": self.pending_papers,
            "open_questions": self.open_questions,
        }


def check(against: Path | None = None, templates: Path | None = None) -> Checked:
    """Every proof was tried; `against` compares the charts with a contract's, `templates` is the office's own folder."""
    checked, charts = Checked(), load_charts()
    terms = load_terms(RULES)
    checked.faults += [str(fault) for fault in faults_of(charts, terms)]
    checked.faults += [str(Fault(*one)) for one in hand_faults(charts)]
    checked.faults += _role_faults(load_office(RULES / "offices" / "yuanping.yaml"), charts.dictionary)
    try:
        book = _check_rulebook(checked)
        checked.open_questions = [
            f"{one.id}：{one.question.zh}？{one.meanwhile.zh}（{'、'.join(_told(said) for said in one.settings)}）"
            for one in load_open_questions(book, terms)
        ]
    except DataFault as fault:
        checked.faults.append(str(fault))
    checked.unverified += [
        f"期限 {id}：{term.zh}（{term.mark}，待核）" for id, term in terms.items() if _unmarked(term)
    ]
    press = DocumentPress(RULES / "documents")
    if templates is not None:
        checked.faults += read_folder(templates, press.rules, house_papers(charts)).faults
    checked.pending_papers = [
        f"{kind}：{declared['zh']}（文书待制）"
        for kind, declared in charts.dictionary["documents"].items()
        if declared["issuer"] == "house" and kind not in press.kinds()
    ]
    if against is not None:
        checked.missing = missing_against(chart_files(), read_data(against))
    return checked


def _told(setting: Setting) -> str:
    return f"{setting.kind}:{setting.name} = {setting.value} {setting.unit or ''}".rstrip()


def _check_rulebook(checked: Checked) -> Rulebook:
    """Rules and classes of publication were examined; raises DataFault where they cannot even be read."""
    book = load_rulebook()
    arbiter = Arbiter(book, book.facts, book.office)
    try:
        arbiter.start()
        checked.faults += examined(arbiter)
    finally:
        arbiter.close()
    checked.faults += [str(fault) for fault in worked_faults(book, load_worked(WORKED, book.facts))]
    declared = load_declared(ROOT, book.sets, book.facts)
    checked.unverified += [
        f"人工处理 {hand.domain}/{'、'.join(hand.violations)}：{hand.reason}（{hand.signed_by}，待核）"
        for hand in declared.by_hand
        if not hand.verified
    ]
    checked.unverified += [
        f"规则 {rule.key}：{rule.title}（待核）" for rule in book.rules if not rule.verified
    ]
    checked.unverified += [
        f"规则 {rule.key} 轻于 {key}：从旧兼从轻由人判断（待核）"
        for rule in book.rules
        for key in rule.lighter_than
    ]
    checked.unverified += _flag_bases(book.rules)
    checked.unverified += [
        f"公示档 {one.id}：{one.title}（待核）" for one in book.credit.classes if not one.verified
    ]
    return book


def _flag_bases(rules: Sequence[Rule]) -> list[str]:
    """Each unread article that carries a flag of rules, once, with the rules that rest on it."""
    resting: dict[str, list[str]] = {}
    marks: dict[str, str] = {}
    for rule in rules:
        for basis in rule.basis:
            if basis.for_flag is not None and not basis.verified:
                name = f"{basis.for_flag}：{basis.title}{basis.article}"
                resting.setdefault(name, []).append(rule.key)
                marks[name] = basis.mark
    return [
        f"信用惩戒 {name}（规则 {'、'.join(resting[name])}）（{marks[name]}，待核）"
        for name in sorted(resting)
    ]


def _unmarked(term: Any) -> bool:
    """A statutory term whose basis nobody has read."""
    return bool(term.nature == "statutory" and not term.mark.startswith("V"))


def _role_faults(office: Office, dictionary: Any) -> list[str]:
    """A document series that the charts name stands in the office file."""
    wanted = {one["series"] for one in dictionary["documents"].values() if "series" in one}
    return [f"文书编号 {name} 不在单位文件中" for name in sorted(wanted - set(office.document_series))]
