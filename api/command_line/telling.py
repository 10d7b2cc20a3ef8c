"""What commands print: one JSON document on stdout, or plain words; refusals as problems or on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from api.problems import problem_of, problems
from engine.core.refusals import FieldError, Refusal

DONE, REFUSED, PROPOSED, UNREACHABLE = 0, 1, 3, 4
UNREACHABLE_CODES = frozenset({"read_only", "not_ready"})


def told(body: Any, *, as_json: bool, words: str | None = None) -> None:
    """The result stands on stdout: as JSON when asked, else as these words or line by line."""
    if as_json:
        print(json.dumps(body, ensure_ascii=False, default=str))
    else:
        print(words if words is not None else in_lines(body))


def in_lines(body: Any) -> str:
    """A result for people: one line a member, and one each for what is said in both languages, such as faults."""
    if isinstance(body, Mapping):
        return "\n".join(f"{name}: {_said(value) or _short(value)}" for name, value in body.items())
    if isinstance(body, list):
        return "\n".join(_short(one) for one in body)
    return str(body)


def _said(value: Any) -> str:
    """Where each of the list says something in both languages, its other members and then that; else nothing."""
    if not isinstance(value, list) or not all(isinstance(one, Mapping) and "zh" in one for one in value):
        return ""
    named = (
        " ".join(_short(part) for name, part in one.items() if name not in ("zh", "en")) for one in value
    )
    lines = zip(named, value, strict=True)
    return "".join(f"\n  {rest}：{one['zh']} · {one['en']}" for rest, one in lines)


def _short(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)


def told_fault(fault: Exception, *, as_json: bool) -> int:
    """Why the command did nothing is told; the exit code follows. What nobody foresaw is raised again."""
    refusal = refusal_of(fault)
    if refusal is None:
        raise fault
    if as_json:
        print(json.dumps(problem_of(refusal), ensure_ascii=False, default=str))
    else:
        print(_spoken(refusal), file=sys.stderr)
    return UNREACHABLE if refusal.code in UNREACHABLE_CODES else REFUSED


def refusal_of(fault: Exception) -> Refusal | None:
    """The fault as a refusal of the contract, when it is one that people can do something about.

    What it knows is loaded here: commands that are not refused need not wait for it.
    """
    from engine.intake.records import FileRefused
    from models.database import DatabaseUnsafe
    from rules.data_file import DataFault
    from rules.mapping import MappingFault

    if isinstance(fault, Refusal):
        return fault
    if isinstance(fault, DatabaseUnsafe):
        return Refusal("not_ready", detail=str(fault))
    if isinstance(fault, FileRefused):
        return Refusal("facts_invalid", errors=[FieldError("/file", "format", fault.zh, fault.en)])
    if isinstance(fault, DataFault):
        zh, en = (f"{fault.place}: {words}" for words in fault.said)
        return Refusal("facts_invalid", errors=[FieldError("/file", "format", zh, en)])
    if isinstance(fault, MappingFault):
        return Refusal("facts_invalid", errors=[FieldError("/file", "format", str(fault), str(fault))])
    if isinstance(fault, OSError):
        return Refusal("facts_invalid", errors=[FieldError("/file", "format", *_of_a_file(fault))])
    return None


FILE_FAULTS: tuple[tuple[type[OSError], str, str], ...] = (
    (
        FileExistsError,
        "文件已经存在，不会覆盖，请换一个文件名",
        "the file is there already and is not overwritten: name another",
    ),
    (FileNotFoundError, "没有这个文件或者文件夹", "there is no such file or folder"),
    (PermissionError, "没有读写这个文件的权限", "this account may not read or write the file"),
    (IsADirectoryError, "这是一个文件夹，不是文件", "it is a folder and no file"),
)


def _of_a_file(fault: OSError) -> tuple[str, str]:
    """What is wrong with which file, in both languages."""
    name = fault.filename if fault.filename is not None else fault
    for kind, zh, en in FILE_FAULTS:
        if isinstance(fault, kind):
            return f"{zh}：{name}", f"{en}: {name}"
    return f"文件不可用：{fault}", str(fault)


def _spoken(refusal: Refusal) -> str:
    known = problems()[refusal.code]
    lines = [f"{known.zh} · {known.en}"]
    if refusal.detail:
        lines.append(f"  {refusal.detail}")
    for error in refusal.errors:
        said = error.answer()
        lines.append(f"  {error.pointer.lstrip('/')}：{said['zh']} · {said['en']}")
    lines += [f"  {reason.zh} · {reason.en}" for reason in refusal.reasons]
    if not refusal.errors and not refusal.reasons and known.remedy:
        lines.append(f"  {known.remedy['zh']} · {known.remedy['en']}")
    return "\n".join(lines)


def progress(count: int) -> None:
    """How far it is, on stderr."""
    print(f"… {count}", file=sys.stderr)
