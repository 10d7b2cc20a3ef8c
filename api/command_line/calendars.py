"""`bihuan calendar load | show | diff`: which days are worked, and by which notice."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.opening import administered, house_of, password_from_stdin, proven
from api.command_line.telling import DONE, progress, told
from engine.core.calendar import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from engine.core.calendar import WorkingCalendar
    from engine.core.commands import Principal
    from engine.house import House
    from rules.calendar_notice import Notice

_WORDS = {"working": "上班 worked", "free": "放假 free"}
SATURDAY = 5


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("calendar", help="notices of the State Council")
    acts = parser.add_subparsers(dest="act", required=True)
    load = acts.add_parser("load", help="load a notice; running deadlines are counted anew by it")
    load.add_argument("file", type=Path, metavar="FILE")
    load.add_argument("--as", dest="login", metavar="LOGIN", help="who proposes it; needs --password-stdin")
    load.add_argument("--password-stdin", action="store_true")
    load.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    load.set_defaults(run=_load)
    show = acts.add_parser("show", help="the notices that stand, or the days of a year")
    show.add_argument("year", nargs="?", type=_year, metavar="YEAR")
    _of_calendar(show)
    show.set_defaults(run=_show)
    diff = acts.add_parser(
        "diff", help="the days on which a file differs from what stands, and what it would move"
    )
    diff.add_argument("file", type=Path, metavar="FILE")
    _of_calendar(diff)
    diff.set_defaults(run=_diff)
    return parser


def _of_calendar(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--calendar", metavar="NAME", help="days of that calendar, not of the office's or the file's"
    )


def _calendar(house: House, name: str | None) -> str:
    """The calendar that is named, else the office's own; raises Refusal where no file declares it."""
    from engine.core.refusals import FieldError, Refusal

    known = house.calendars.shelf.declared
    if name is None or name in known:
        return name or house.calendars.name
    words = (
        f"没有工作日历 {name}；可用：{'、'.join(known)}",
        f"no calendar {name}; use one of: {', '.join(known)}",
    )
    raise Refusal("facts_invalid", errors=[FieldError("/calendar", "vocabulary", *words)])


def _read(file: Path) -> Notice:
    """The notice of the file; raises DataFault, OSError."""
    from rules.calendars import load_shelf

    return load_shelf().read_notice(file)


def _year(text: str) -> int:
    year = int(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(f"lies outside {FIRST_YEAR} to {LAST_YEAR}")
    return year


def _load(args: argparse.Namespace) -> int:
    """0 when the notice stands and everything is counted by it, 3 when it waits for a second administrator."""
    from engine.administration import system_user

    notice = _read(args.file)
    if args.dry_run:
        return _diff(argparse.Namespace(**vars(args), calendar=None))
    password = password_from_stdin() if args.login and args.password_stdin else None
    with house_of(args) as house:
        who = _person(house, args.login, password)

        def counted() -> dict[str, Any]:
            return house.recounting.run(progress=None if args.json else progress).answer()

        with house.database.read() as connection:
            unchanged = house.calendars.same(connection, notice)
        if unchanged:  # counting that was interrupted goes on
            told(
                {"calendar": notice.calendar, "year": notice.year, "unchanged": True, **counted()},
                as_json=args.json,
            )
            return DONE
        counted()  # so that what moves afterwards was moved by this notice
        detail = {"file": dict(notice.data), "by": who.login if who else f"os:{system_user()}"}
        command = f"calendar load {notice.year} {notice.digest[:12]}"
        return administered(
            house, "calendar.load", detail, command, as_json=args.json, who=who, afterwards=counted
        )


def _person(house: House, login: str | None, password: str | None) -> Principal | None:
    """The person who signs in with the command; None where the account of the operating system stands for one."""
    from engine.core.refusals import FieldError, Refusal

    if login is None:
        return None
    if password is None:
        raise Refusal("facts_invalid", errors=[FieldError("/password-stdin", "missing")])
    return proven(house, login, password)


def _show(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        name = _calendar(house, args.calendar)
        standing, calendar = dict(house.calendars.standing[name]), house.calendars.counting(name)
    if args.year is not None and args.year not in standing:
        free = [
            day
            for day in _days(date(args.year, 1, 1), date(args.year, 12, 31))
            if not calendar.is_working(day)
        ]
        weekdays = [day.isoformat() for day in free if day.weekday() < SATURDAY]
        answer = {
            "calendar": name,
            "year": args.year,
            "provisional": True,
            "holidays_on_weekdays": weekdays,
        }
        head = f"{name}\t{args.year} 暂定 provisional"
        told(answer, as_json=args.json, words="\n".join([head, *weekdays]))
        return DONE
    shown = [one for year, one in sorted(standing.items()) if args.year in (None, year)]
    answer = {
        "notices": [
            {
                "calendar": one.notice.calendar,
                "loaded_by": one.loaded_by,
                "loaded_at": one.loaded_at.isoformat() if one.loaded_at else None,
                "digest": one.notice.digest,
                "file": dict(one.notice.data),
            }
            for one in shown
        ]
    }
    lines = [line for one in shown for line in _lines(one.notice, one.loaded_by, args.year is not None)]
    told(answer, as_json=args.json, words="\n".join(lines))
    return DONE


def _lines(notice: Notice, loaded_by: str | None, whole: bool) -> Iterator[str]:
    origin = f"装入 loaded: {loaded_by}" if loaded_by else "随程序 with the program"
    yield f"{notice.year}\t{notice.source}\t{notice.document_no or '—'}\t{notice.mark}\t{origin}"
    if whole:
        for one in notice.holidays:
            yield f"  {one.zh} {one.en}\t{one.first.isoformat()} – {one.last.isoformat()}"
        yield "  调休上班 worked instead\t" + " ".join(day.isoformat() for day in notice.worked)


def _diff(args: argparse.Namespace) -> int:
    """What the file would change, were it loaded now; nothing is changed."""
    notice = _read(args.file)
    with house_of(args) as house:
        name = notice.calendar if args.calendar is None else _calendar(house, args.calendar)
        now, then = house.calendars.counting(name), house.calendars.counting(name, notice)
        days = _differing(now, then, notice)
        provisional = notice.year not in house.calendars.standing[notice.calendar]
        would = house.recounting.would_change(notice)
    answer = {
        "calendar": name,
        "year": notice.year,
        "was_provisional": provisional,
        "days": days,
        **would,
    }
    lines = [f"{one['day']}\t{_WORDS[one['was']]} → {_WORDS[one['becomes']]}" for one in days]
    lines.append(
        f"运行中的时限 running deadlines: 移动 {would['moved']} would move; "
        f"由暂定转为确定 {would['final']} would become final"
    )
    told(answer, as_json=args.json, words="\n".join(lines))
    return DONE


def _differing(now: WorkingCalendar, then: WorkingCalendar, notice: Notice) -> list[dict[str, str]]:
    """The days that are worked by one calendar and free by the other."""
    return [
        {
            "day": day.isoformat(),
            "was": "working" if now.is_working(day) else "free",
            "becomes": "working" if then.is_working(day) else "free",
        }
        for day in _days(notice.first, notice.last)
        if now.is_working(day) != then.is_working(day)
    ]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=place) for place in range((last - first).days + 1))
