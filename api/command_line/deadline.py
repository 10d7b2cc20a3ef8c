"""`bihuan deadline`: the dates of one term from the command line, without a database."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import date, datetime
from typing import Any

from engine.core.calendar import is_day
from engine.core.counting import DeadlineError, Exclusion
from engine.core.deadlines import Dates, How, Point
from engine.core.late_fine import LateFine, accrued
from engine.core.reckoning import Reckoning, reckon
from engine.core.refusals import FieldError, Refusal
from engine.core.term import Term
from rules.calendars import load_calendar
from rules.late_fine_answer import late_fine_answer, sum_answer
from rules.late_fine_teller import LateFineTeller
from rules.offices import load_office
from rules.reckoning_answer import reckoning_answer
from rules.reckoning_teller import LANGUAGES, Line, ReckoningTeller
from rules.terms import RULES, load_term, with_lights, with_office

OFFICE = RULES / "offices" / "yuanping.yaml"
UNITS = {
    "calendar_day": "日 · calendar days",
    "working_day": "个工作日 · working days",
    "month": "个月 · months",
    "hour": "小时 · hours",
    "working_day_before": "个工作日之前 · working days before",
    "immediate": "立即 · at once",
}
NATURES = {"statutory": "法定时限 · statutory", "internal": "内部时限 · internal"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_FIELDS = {
    "length_missing": ("/length", "missing"),
    "length_invalid": ("/length", "range"),
    "start_invalid": ("/from", "format"),
    "exclusion_invalid": ("/exclude", "inconsistent"),
    "unit_unsupported": ("/unit", "vocabulary"),
}
LATE_FINE = "DL31"
"""The term that is a rate: its length is per cent a day, day 0 the last day to pay, its end the day of the limit."""
AMOUNT_MAX = 2**53
"""No sum on the wire is larger, in fen."""
_PROBLEM = {
    "type": "urn:bihuan:problem:facts_invalid",
    "title": "填报内容不完整或者不符合要求。",
    "status": 422,
    "code": "facts_invalid",
    "zh": "填报内容不完整或者不符合要求。",
    "en": "Facts are missing or wrong.",
    "remedy": {"zh": "按 errors 逐项更正。", "en": "Correct each entry of errors."},
    "instance": "urn:bihuan:request:none",
}


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "deadline", help="count a deadline; opens no database"
    )
    parser.add_argument("--term", required=True, metavar="ID", help="a term of the catalogue, as DL28")
    parser.add_argument(
        "--from", required=True, dest="start", metavar="DATE|INSTANT", help="day 0, not counted"
    )
    parser.add_argument("--unit", choices=tuple(UNITS), help="instead of the term's own")
    parser.add_argument(
        "--length", type=int, metavar="N", help="instead of the term's own; of DL31, per cent a day"
    )
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="A..B", help="both days not counted"
    )
    parser.add_argument("--extended", type=int, default=0, metavar="N", help="added in the term's unit")
    parser.add_argument(
        "--amount", type=int, metavar="FEN", help="of DL31: the fine; tells what has come on top by --until"
    )
    parser.add_argument("--until", metavar="DATE", help="of DL31: the last day that counts, as of payment")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="also how it is counted, stretch by stretch, and by which rules",
    )
    parser.add_argument("--days", action="store_true", help="the same, day by day")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """The dates are printed: 0; or why there are none: 1."""
    try:
        reckoning, exclusions, fine = _counted(args)
    except Refusal as refusal:
        return _refused(refusal, as_json=args.json)
    explained = args.explain or args.days
    if args.json:
        answer = {"term": reckoning.term.id, **_answer(reckoning.dates)}
        if explained:
            answer["reckoning"] = reckoning_answer(reckoning, by_day=args.days)
        if fine is not None:
            answer["late_fine"] = late_fine_answer(fine, by_day=args.days) if explained else sum_answer(fine)
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    print(_told(reckoning.term, reckoning.dates, exclusions))
    if fine is not None:
        print(*(LateFineTeller(language).notes(fine)[0] for language in LANGUAGES), sep="\n")
    for language in LANGUAGES if explained else ():
        print("", *_explained(reckoning, ReckoningTeller(language), by_day=args.days), sep="\n")
        if fine is not None:
            print("", *_sum_explained(fine, LateFineTeller(language), by_day=args.days), sep="\n")
    return 0


def _counted(args: argparse.Namespace) -> tuple[Reckoning, list[Exclusion], LateFine | None]:
    """What was counted, the exclusions and the sum asked for; raises Refusal with every fault of its fields at once."""
    faults: list[FieldError] = []
    term = _term(args.term, faults)
    start = _point(args.start, "/from", faults)
    exclusions = _exclusions(args.exclude, faults)
    if args.extended < 0:
        words = "延长不得为负数", "an extension is not negative"
        faults.append(FieldError("/extended", "range", *words))
    until = _until(args, faults)
    if term is None or start is None or faults:
        raise Refusal("facts_invalid", errors=faults)
    how = How(length=args.length, unit=args.unit, exclusions=exclusions, extended=args.extended)
    office = load_office(OFFICE)
    if exclusions:
        how["half_open"] = office.half_open
    try:
        reckoning = reckon(term, start, load_calendar(name=office.calendar), **how)
        return reckoning, exclusions, _sum(args.amount, until, reckoning, exclusions)
    except DeadlineError as error:
        fault = FieldError(*_FIELDS[error.code], error.zh, error.en)
        raise Refusal("facts_invalid", errors=[fault]) from error


def _term(id: str, faults: list[FieldError]) -> Term | None:
    """The term with the office's own length where it is internal, and the office's own light."""
    try:
        term = load_term(RULES, id)
    except KeyError:
        faults.append(FieldError("/term", "vocabulary", f"没有 {id} 这一期限", f"there is no term {id}"))
        return None
    office = load_office(OFFICE)
    lengths = {id: office.internal_terms[id]} if id in office.internal_terms else {}
    lights = {id: office.lights[id]} if id in office.lights else {}
    return with_lights(with_office({id: term}, lengths), lights)[id]


def _until(args: argparse.Namespace, faults: list[FieldError]) -> date | None:
    """The day by which the sum is asked for; None where no sum is, and with a fault."""
    if args.amount is None and args.until is None:
        return None
    if args.term != LATE_FINE or args.unit is not None:
        words = "只有 DL31 按日加处，可以算出数额", "only DL31, a rate a day, comes to a sum"
        faults.append(FieldError("/amount" if args.amount is not None else "/until", "inconsistent", *words))
    elif args.amount is None or args.until is None:
        words = "--amount 与 --until 应当同时写明", "state --amount and --until together"
        faults.append(FieldError("/amount" if args.amount is None else "/until", "missing", *words))
    elif not 0 <= args.amount <= AMOUNT_MAX:
        words = "罚款数额以分计，应当在0至2^53之间", "the fine lies between 0 and 2^53, in fen"
        faults.append(FieldError("/amount", "range", *words))
    elif not _DAY.fullmatch(args.until):
        words = f"{args.until} 应当写成 2024-09-12", f"write {args.until} as 2024-09-12"
        faults.append(FieldError("/until", "format", *words))
    else:
        point = _point(args.until, "/until", faults)
        return point if is_day(point) else None
    return None


def _sum(
    amount: int | None, until: date | None, reckoning: Reckoning, exclusions: list[Exclusion]
) -> LateFine | None:
    """What has come on top by that day, where it was asked for."""
    start, percent = reckoning.dates.start, reckoning.percent
    if amount is None or until is None or percent is None or not is_day(start):
        return None
    return accrued(amount, percent, start, until, exclusions, half_open=reckoning.half_open)


def _point(text: str, pointer: str, faults: list[FieldError]) -> Point | None:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        faults.append(FieldError(pointer, "format", f"{text} 不存在", f"there is no {text}"))
        return None
    words = (
        f"{text} 应当写成 2024-09-12，或者带时区的 2024-09-13T15:30:00+08:00",
        f"write {text} as 2024-09-12, or with an offset as 2024-09-13T15:30:00+08:00",
    )
    faults.append(FieldError(pointer, "format", *words))
    return None


def _exclusions(texts: list[str], faults: list[FieldError]) -> list[Exclusion]:
    exclusions = []
    for place, text in enumerate(texts):
        pointer = f"/exclude/{place}"
        first, dots, last = text.partition("..")
        if not (dots and _DAY.fullmatch(first) and _DAY.fullmatch(last)):
            words = f"{text} 应当写成 2024-10-10..2024-10-30", f"write {text} as 2024-10-10..2024-10-30"
            faults.append(FieldError(pointer, "format", *words))
            continue
        days = [_point(day, pointer, faults) for day in (first, last)]
        if days[0] is not None and days[1] is not None:
            exclusions.append(Exclusion(days[0], days[1]))
    return exclusions


def _answer(dates: Dates) -> dict[str, Any]:
    return {
        "start": dates.start.isoformat(),
        "due_raw": dates.due_raw.isoformat(),
        "due_rolled": dates.due_rolled.isoformat(),
        "due_effective": dates.due_effective.isoformat(),
        "due_conservative": dates.due_conservative.isoformat(),
        "provisional": dates.provisional,
    }


def _told(term: Term, dates: Dates, exclusions: list[Exclusion]) -> str:
    """The same for a reader: what is counted, from when, by which law, and what came out."""
    unverified = "" if term.mark.startswith("V") or term.nature == "internal" else " 待核 · not verified"
    length = "" if dates.length is None else f"{dates.length} {UNITS.get(dates.unit, dates.unit)}"
    lines = [
        f"{term.id} {term.zh} · {term.en}",
        f"{NATURES[term.nature]}；{term.basis} [{term.mark}]{unverified}",
        f"起算 · from          {dates.start.isoformat()}（当日不计 · day 0, not counted）",
        *([f"长度 · length        {length}"] if length else []),
        *(f"扣除 · excluded      {one.first.isoformat()}..{one.last.isoformat()}" for one in exclusions),
        f"届满 · due           {dates.due_raw.isoformat()}",
        f"顺延 · rolled        {dates.due_rolled.isoformat()}",
        f"有效 · effective     {dates.due_effective.isoformat()}",
        f"保守 · conservative  {dates.due_conservative.isoformat()}",
    ]
    if dates.provisional:
        lines.append(
            "暂定 · provisional   涉及国务院尚未发布放假安排的年份 · touches a year without a notice"
        )
    return "\n".join(lines)


def _explained(reckoning: Reckoning, teller: ReckoningTeller, *, by_day: bool) -> list[str]:
    """How it is counted, in one language, line by line."""
    return _listed(teller.title(), teller.lines(reckoning, by_day=by_day), teller.notes(reckoning))


def _sum_explained(fine: LateFine, teller: LateFineTeller, *, by_day: bool) -> list[str]:
    """How the sum came to be, in one language, line by line."""
    return _listed(teller.title(), teller.lines(fine, by_day=by_day), teller.notes(fine))


def _listed(title: str, lines: list[Line], notes: list[str]) -> list[str]:
    told = [f"  {line.when}  {line.said}" + (f"  [{line.total}]" if line.total else "") for line in lines]
    return [title, *told, *(f"  · {note}" for note in notes)]


def _refused(refusal: Refusal, *, as_json: bool) -> int:
    """The refusal is told, as a problem on stdout or in plain words on stderr."""
    if as_json:
        problem = {**_PROBLEM, "errors": [error.answer() for error in refusal.errors]}
        print(json.dumps(problem, ensure_ascii=False))
    else:
        for error in refusal.errors:
            print(f"{error.pointer.lstrip('/')}：{error.zh} · {error.en}", file=sys.stderr)
    return 1
