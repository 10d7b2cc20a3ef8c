"""`bihuan documents`: templates of papers that an office changes, seen before they are in force, and whole files."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.opening import administered, house_of, password_from_stdin, proven, settings_of
from api.command_line.telling import DONE, REFUSED, told
from engine.core.refusals import FieldError, Refusal

if TYPE_CHECKING:
    from engine.documents import DocumentPress
    from engine.documents.bound import Bound
    from engine.documents.office_templates import OfficeTemplates


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("documents", help="papers and their templates")
    acts = parser.add_subparsers(dest="act", required=True)
    listed = acts.add_parser("list", help="every kind of paper, and which template it is issued with")
    listed.set_defaults(run=_list)
    copy = acts.add_parser(
        "copy", help="lay the program's template into the office's folder, to be changed; opens no database"
    )
    copy.add_argument("kind", metavar="KIND")
    copy.set_defaults(run=_copy)
    preview = acts.add_parser(
        "preview", help="print an example with the office's template, else the program's; opens no database"
    )
    preview.add_argument("kind", metavar="KIND")
    preview.add_argument("file", type=Path, metavar="FILE.pdf|FILE.docx")
    preview.add_argument("--empty", action="store_true", help="with nothing known: every blank is seen")
    preview.set_defaults(run=_preview)
    file = acts.add_parser("file", help="the whole file of a finding (卷宗) with cover and index, as one PDF")
    file.add_argument(
        "finding", metavar="FINDING", help="its id or ledger number; of a criminal referral its id"
    )
    file.add_argument("file", type=Path, metavar="FILE.pdf")
    file.add_argument("--referral", action="store_true", help="of a criminal referral: needs --as")
    file.add_argument(
        "--as", dest="login", metavar="LOGIN", help="who reads it, on its list; needs --password-stdin"
    )
    file.add_argument("--password-stdin", action="store_true")
    file.set_defaults(run=_file)
    accept = acts.add_parser("accept", help="what stands in the office's folder is in force")
    accept.add_argument("--as", dest="login", metavar="LOGIN", help="who proposes it; needs --password-stdin")
    accept.add_argument("--password-stdin", action="store_true")
    accept.set_defaults(run=_accept)
    return parser


def _list(args: argparse.Namespace) -> int:
    """0; 1 where a file of the folder is at fault."""
    with house_of(args) as house:
        office, waiting, read = house.templates.in_force(), house.templates.waiting(), house.templates.read
        named = house.charts.dictionary["documents"]
        items = []
        for kind in sorted(house.templates.kinds):
            force = office.get(kind) or house.press.program.get(kind)
            items.append(
                {
                    "kind": kind,
                    "zh": named[kind]["zh"] if kind in named else force.template.title if force else kind,
                    "template": "office" if kind in office else "program" if force else None,
                    "digest": force.digest if force else None,
                    "waiting": kind in waiting,
                }
            )
    lines = [
        f"{one['kind']}: {one['zh']} · {one['template'] or '文书待制'}{' · 待确认 waiting' if one['waiting'] else ''}"
        for one in items
    ]
    told({"items": items, "faults": read.faults}, as_json=args.json, words="\n".join([*lines, *read.faults]))
    return REFUSED if read.faults else DONE


def _copy(args: argparse.Namespace) -> int:
    from engine.lawbook_of_the_house import RULES

    folder = settings_of(args).templates
    source, file = RULES / "documents" / f"{args.kind}.yaml", folder / f"{args.kind}.yaml"
    if not args.kind.isidentifier() or not source.is_file():
        raise _unknown(args.kind)
    if file.exists():
        fault = FieldError("/file", "inconsistent", f"{file} 已经有了", f"{file} is there already")
        raise Refusal("facts_invalid", errors=[fault])
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(source.read_bytes())
    told({"file": str(file)}, as_json=args.json)
    return DONE


def _preview(args: argparse.Namespace) -> int:
    """0 when the file is written; 1 with the faults where the office's template has any."""
    from engine.documents.example import example

    press, read = _read(args)
    template = read.offered.get(args.kind) or press.program.get(args.kind)
    own = [one for one in read.faults if f"{args.kind}.yaml:" in one or "house.yaml:" in one]
    if own:
        told({"faults": own}, as_json=args.json, words="\n".join(own))
        return REFUSED
    if template is None:
        raise _unknown(args.kind)
    args.file.write_bytes(_printed(press, template, {} if args.empty else example(template), args.file))
    told({"file": str(args.file), "digest": template.digest}, as_json=args.json)
    return DONE


def _printed(press: DocumentPress, template: Bound, content: dict[str, Any], file: Path) -> bytes:
    from engine.documents import PRESSED_WITH
    from engine.documents.example import DAY

    kind = template.template.kind
    press.use({kind: template})
    make = press.docx if file.suffix == ".docx" else press.pdf
    return make(kind, content | {PRESSED_WITH: template.digest}, issued_on=date.fromisoformat(DAY))


def _read(args: argparse.Namespace) -> tuple[DocumentPress, OfficeTemplates]:
    """The program's press with the office's typefaces, and what the office's folder offers."""
    from engine.templates import press_over
    from rules.charts import load_charts

    return press_over(settings_of(args).templates, load_charts())


def _unknown(kind: str) -> Refusal:
    fault = FieldError("/kind", "vocabulary", f"没有 {kind} 的模板", f"no template for {kind}")
    return Refusal("facts_invalid", errors=[fault])


def _file(args: argparse.Namespace) -> int:
    from api.command_line.explain import anybody_in, id_of
    from engine.dossier import of_findings, of_referrals

    password = password_from_stdin() if args.login and args.password_stdin else None
    if args.referral and password is None:
        missing = FieldError(
            "/as", "missing", "请写明 --as 和 --password-stdin", "give --as and --password-stdin"
        )
        raise Refusal("facts_invalid", errors=[missing])
    with house_of(args) as house:
        who = anybody_in(house) if password is None else proven(house, args.login, password)
        if args.referral:
            name, made = of_referrals(house).bound(who, args.finding)
            args.file.touch(mode=0o600)
        else:
            name, made = of_findings(house).bound(who, id_of(house, who, args.finding))
        args.file.write_bytes(made)
    told({"file": str(args.file), "title": name, "size": len(made)}, as_json=args.json)
    return DONE


def _accept(args: argparse.Namespace) -> int:
    """0 when it is in force, or nothing has changed; 1 where a file is at fault; 3 when it waits for a second person."""
    from engine.administration import system_user

    password = password_from_stdin() if args.login and args.password_stdin else None
    with house_of(args) as house:
        faults, waiting = house.templates.read.faults, house.templates.waiting()
        if faults or not waiting:
            told({"faults": faults, "templates": {}}, as_json=args.json, words="\n".join(faults))
            return REFUSED if faults else DONE
        who = proven(house, args.login, password) if password else None
        detail = {"templates": waiting, "by": who.login if who else f"os:{system_user()}"}
        command = f"documents accept {' '.join(sorted(waiting))}"
        return administered(house, "documents.accept", detail, command, as_json=args.json, who=who)
