"""`bihuan rules backtest`: a draft of the rulebook is tried on every stored finding, and what changes is told."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.telling import DONE, told

if TYPE_CHECKING:
    from rules.vocabulary import Vocabulary

ROWS_SHOWN = 20
FEN = 100
TURNS = {"lost": "不再 lost", "gained": "新增 gained"}
BANDS = {
    "none": "金额不详 unknown",
    "under_10000": "不足1万元 < 10,000",
    "under_50000": "1万元以上不足5万元 < 50,000",
    "under_250000": "5万元以上不足25万元 < 250,000",
    "from_250000": "25万元以上 >= 250,000",
}


def add_backtest(acts: Any) -> None:
    """The act stands among those of `bihuan rules`."""
    parser = acts.add_parser("backtest", help="every stored finding decided under a draft: what would change")
    parser.add_argument(
        "--with",
        dest="draft",
        required=True,
        type=Path,
        metavar="DIR",
        help="the draft, a folder shaped like rules/",
    )
    parser.add_argument(
        "--resume", action="store_true", help="only go on with a run of this draft that was interrupted"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how the report is told")
    parser.add_argument(
        "--limit", type=_rows, default=ROWS_SHOWN, metavar="N", help="at most so many rows of each list"
    )
    parser.set_defaults(run=_backtest)


def _rows(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 1000:
        raise argparse.ArgumentTypeError("must be from 0 to 1000")
    return number


def _backtest(args: argparse.Namespace) -> int:
    """0 whatever would change: the report is for a person to judge."""
    from api.command_line.opening import house_of
    from engine.backtest import Backtest
    from engine.backtest_reader import backtest_report
    from engine.judging import Judging

    with house_of(args) as house:
        live = Judging(house.office, house.arbiter)
        backtest = Backtest(house.database, house.writer, house.clock, live)
        run = backtest.run(args.draft, resume=args.resume, progress=progress_told)
        report = backtest_report(house.database, house.office.office_id, run, args.limit)
        as_json = args.json or args.format == "json"
        told(report, as_json=as_json, words=None if as_json else spoken(report, house.facts.vocabulary))
    return DONE


def progress_told(done: int, total: int) -> None:
    """How far it is, on stderr."""
    print(f"… {done}/{total}", file=sys.stderr)


def spoken(report: Mapping[str, Any], words: Vocabulary) -> str:
    """The report for people; what a code of the draft means that this house does not know is told by its code."""
    return "\n".join(_lines(report, words))


def _lines(report: Mapping[str, Any], words: Vocabulary) -> Iterator[str]:
    run, changed = report["run"], report["changed"]
    yield f"回溯测算 back-test {run['id']}"
    yield f"  草案 draft {run['draft']['version']} {run['draft']['digest']}"
    yield f"  现行 live  {run['live']['version']} {run['live']['digest']}"
    yield f"  已测算问题 findings decided: {run['done']}"
    yield f"  结论改变 changed: {_figures(changed)}"
    yield f"  两版均无法认定 facts unknown to both: {run['undecidable']}"
    yield f"  两个求值器不一致 evaluators differ: {changed['disagreements']}"
    criminal = report["criminal"]
    yield f"  criminal: {criminal['findings']} ({criminal['disagreements']})"
    yield from _group(
        "由何路径到何路径 from what to what",
        [
            (f"{_routes(one['from'], words)} → {_routes(one['to'], words)}", one)
            for one in report["by_routes"]
        ],
    )
    for title, name, known in (
        ("路径 by route", "by_route", words.routes),
        ("信用惩戒 by flag", "by_flag", words.flags),
    ):
        lines = [(f"{TURNS[one['turn']]} {_word(one['code'], known)}", one) for one in report[name]]
        yield from _group(title, lines)
    yield from _group(
        "其他 other",
        [(f"{TURNS[one['turn']]} {one['subject']} {one['code']}", one) for one in report["by_other"]],
    )
    yield from _group("部门 by department", [(one["department"], one) for one in report["by_department"]])
    yield from _group(
        "领域 by domain", [(_word(one["domain"], words.domains), one) for one in report["by_domain"]]
    )
    yield from _group("金额 by money", [(BANDS[one["money"]], one) for one in report["by_money"]])
    yield from _group("当事人 by party", [(one["name"], one) for one in report["by_party"]])
    yield from _rows_told(report, words)


def _rows_told(report: Mapping[str, Any], words: Vocabulary) -> Iterator[str]:
    if report["changes"]:
        yield "改变的问题 changed findings (bihuan explain …)"
    for one in report["changes"]:
        was, becomes = (_side(one[name], words) for name in ("was", "becomes"))
        yield f"  {one['finding']}  {one['ledger_no'] or '-'}  {was} → {becomes}"
    for one in report["disagreements"]:
        yield f"  ! 求值器不一致 evaluators differ: {one['finding']}  {one['trace']}"


def _side(outcome: Mapping[str, Any] | None, words: Vocabulary) -> str:
    if outcome is None:
        return _routes([], words)
    flags = "、".join(_word(flag, words.flags) for flag in outcome["flags"])
    return _routes(outcome["routes"], words) + (f"［{flags}］" if flags else "")


def _routes(codes: list[str], words: Vocabulary) -> str:
    return "、".join(_word(code, words.routes) for code in codes) or "无法认定 undecidable"


def _word(code: str, known: Mapping[str, Any]) -> str:
    return f"{known[code].zh} {code}" if code in known else code


def _group(title: str, lines: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    if lines:
        yield title
    for name, one in lines:
        yield f"  {name}: {_figures(one)}"


def _figures(one: Mapping[str, Any]) -> str:
    fine, amount = (one[name] / FEN for name in ("fine_fen", "amount_fen"))
    return (
        f"{one['findings']} 件 findings, {one['parties']} 户 parties, "
        f"罚款 fines {fine:,.2f} 元, 涉案金额 sums {amount:,.2f} 元"
    )
