"""Background jobs as their owner sees them: what is under way, how far it is, and the files that came out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response

from api.answers import file, streamed
from api.calls import an_id
from engine.core.policies import may
from engine.core.refusals import Refusal
from engine.jobs import book
from engine.jobs.work import INTAKE_IMPORT, MEDIA_TYPES, SHEET_IMPORT
from engine.sheets.taking import WORDS
from engine.sheets.template import write_intake_template
from engine.uploads import MEDIA_TYPES as UPLOADED
from engine.uploads import HandedIn, inspected
from models.jobs import ALIVE
from web.asking import Asked, Asking, Form, check_form_token, see
from web.list_sheet import job_of
from web.look import page, query_path
from web.problems import told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/jobs"


@router.get(PATH)
def jobs_page(asking: Asked) -> Response:
    """The jobs of the person, newest first, and where an edited sheet is handed in."""
    return _listed(asking, asking.query)


def _listed(asking: Asking, query: Mapping[str, list[str]], refusal: Refusal | None = None) -> Response:
    problem = None if refusal is None else told(refusal, asking.words)
    listed = book.page(asking.house, asking.who, query)
    rows = [_shown(asking, one) for one in listed["items"]]
    return page(
        asking,
        "jobs.html",
        status=problem.status if problem else 200,
        problem=problem,
        jobs=rows,
        alive=any(one["alive"] for one in rows),
        uploads=may(asking.who, "job.ask"),
        records=may(asking.who, "intake.write"),
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
    )


@router.post(PATH)
def ask(asking: Asked, posted: Form) -> Response:
    """A sheet of what a list shows is made in the background; a refused one says why."""
    check_form_token(asking, posted)
    kind, asked = job_of(asking, posted.typed.first("of"), posted.typed.first("form"))
    made = book.ask(asking.house, asking.who, kind, asked)
    return see(f"{PATH}/{made['id']}")


@router.post(PATH + "/attachments")
def hand_in(asking: Asked, posted: Form) -> Response:
    """An edited sheet, or a filled workbook of inspections, is tried in the background: nothing is done before its owner has
    seen what would be."""
    check_form_token(asking, posted)
    try:
        parts = [HandedIn(one.filename or "", one.file.read()) for one in posted.files if one.size]
        [sheet] = inspected(parts)[:1]
        if sheet.media_type != UPLOADED["xlsx"]:
            raise Refusal("upload_refused", detail=WORDS["no_sheet"])
        kind = INTAKE_IMPORT if posted.typed.first("kind") == INTAKE_IMPORT else SHEET_IMPORT
        made = book.ask(asking.house, asking.who, kind, {"name": sheet.name}, (sheet.content,))
    except Refusal as refusal:
        return _listed(asking, {}, refusal)
    return see(f"{PATH}/{made['id']}")


@router.post(PATH + "/{id}/confirm")
def confirm(asking: Asked, posted: Form, id: str) -> Response:
    """What was tried is carried out, as far as it still can be."""
    check_form_token(asking, posted)
    tried = book.one(asking.house, asking.who, an_id(id))
    made = book.ask(asking.house, asking.who, tried["kind"], {"of": id})
    return see(f"{PATH}/{made['id']}")


@router.get(PATH + "/intake.xlsx")
def blank_workbook(asking: Asked) -> Response:
    """The workbook of inspections and findings to fill in, with its code lists."""
    name, house = "检查与问题录入表.xlsx", asking.house
    with tempfile.TemporaryDirectory(prefix="bihuan-workbook-") as folder:
        path = Path(folder) / "blank.xlsx"
        write_intake_template(path, facts=house.facts, office=house.office)
        content = path.read_bytes()
    return file(content, name, MEDIA_TYPES["xlsx"])


@router.get(PATH + "/{id}")
def job_page(asking: Asked, id: str) -> Response:
    """One job: how far it is, or what came out."""
    return _show(asking, id)


@router.post(PATH + "/{id}/cancel")
def cancel(asking: Asked, posted: Form, id: str) -> Response:
    """The job ends as soon as it can."""
    check_form_token(asking, posted)
    book.cancel(asking.house, asking.who, an_id(id))
    return see(f"{PATH}/{id}")


@router.get(PATH + "/{id}/result")
def result(asking: Asked, id: str) -> Response:
    """The file that came out; where rights have changed since, the page of the job says so."""
    try:
        name, pieces = book.result(asking.house, asking.who, an_id(id))
    except Refusal as refusal:
        if refusal.code != "not_yours":
            raise
        return _show(asking, id, refusal)
    return streamed(pieces, name, MEDIA_TYPES[name.rpartition(".")[2]])


def _show(asking: Asking, id: str, refusal: Refusal | None = None) -> Response:
    shown = _shown(asking, book.one(asking.house, asking.who, an_id(id)))
    problem = None if refusal is None else told(refusal, asking.words)
    return page(asking, "job.html", status=problem.status if problem else 200, job=shown, problem=problem)


def _shown(asking: Asking, job: Mapping[str, Any]) -> dict[str, Any]:
    words = asking.words
    return {
        **job,
        "path": f"{PATH}/{job['id']}",
        "title": words(f"jobs.kind_{job['kind']}"),
        "state_title": words(f"jobs.state_{job['state']}"),
        "alive": job["state"] in ALIVE,
        "confirms": job["outcome"].get("dry_run") and job["outcome"].get("would_be_done"),
        "rows": [
            {**row, "title": words(f"jobs.outcome_{row['result']}")} for row in job["outcome"].get("rows", ())
        ]
        if isinstance(job["outcome"].get("rows"), list)
        else [],
        "facts": [
            (words(f"jobs.outcome_{name}"), value)
            for name, value in job["outcome"].items()
            if words.has(f"jobs.outcome_{name}") and not isinstance(value, list)
        ],
    }
