"""How pages look: the templates with their words, and the headers that every page carries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, Undefined
from jinja2.utils import missing

from api.problems import problem_of
from engine.core.policies import may
from engine.core.refusals import Refusal
from engine.core.two_persons import ADMINISTRATORS
from engine.core.visibility import OVERSEES, reads_findings
from engine.house import House
from engine.marks import marks_of
from web.asking import (
    LANGUAGE_COOKIE,
    PAGE_PARAMETERS,
    Asking,
    SignInNeeded,
    asked_by,
    house_of,
    language_of,
)
from web.assets import address
from web.dates import filters_in, instant
from web.fields import person_label
from web.glossary import term_of
from web.naming import Names
from web.problems import remedy_of
from web.wording import LANGUAGES, Words

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
NAVIGATION = (
    *("work", "board", "intake", "incoming", "ledger", "deadlines"),
    *("duties", "calendar", "rulebook", "exchange", "admin", "admin/accounts", "admin/record"),
)


class Absent(Undefined):
    """An optional member of an answer counts as empty; a name that no page gives is a fault."""

    def __init__(self, hint: str | None = None, obj: Any = missing, *args: Any, **more: Any) -> None:
        super().__init__(hint, obj, *args, **more)
        if obj is missing:
            self._fail_with_undefined_error()


@cache
def environment(language: str) -> Environment:
    """The templates in one language; a name that no page gives is a fault, not an empty space."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=Absent,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(filters_in(language), person=person_label)
    made.globals.update(static=address, glossed=term_of)
    return made


def page(asking: Asking, name: str, *, status: int = 200, **context: Any) -> Response:
    """The page of that template for a signed-in person."""
    house, who = asking.house, asking.who
    frame: dict[str, Any] = {
        "who": who,
        "csrf": asking.visit.csrf,
        "navigation": [] if asking.visit.owes else navigation(asking),
        "searches": not asking.visit.owes and reads_findings(who),
        "searched_for": "",
        "department_name": _department(house, asking.words, who.department),
        "flash": asking.parameter("flash"),
        "flash_title": did(asking),
    }
    return _rendered(asking.request, house, asking.words, name, status, frame | context)


def open_page(request: Request, name: str, *, status: int = 200, **context: Any) -> Response:
    """The page of that template for somebody who need not be signed in."""
    house = house_of(request)
    frame: dict[str, Any] = {
        "who": None,
        "csrf": "",
        "navigation": [],
        "searches": False,
        "searched_for": "",
        "department_name": "",
        "flash": "",
        "flash_title": "",
    }
    return _rendered(request, house, Words(language_of(request, None)), name, status, frame | context)


def _rendered(
    request: Request, house: House, words: Words, name: str, status: int, context: Mapping[str, Any]
) -> Response:
    template = environment(words.language).get_template(name)
    other = LANGUAGES[1 - LANGUAGES.index(words.language)]
    query = [
        (key, value)
        for key, value in request.query_params.multi_items()
        if key not in ("lang", "flash", "did")
    ]
    frame: dict[str, Any] = {
        "t": words,
        "language": words.language,
        "other_language": other,
        "switch": f"{request.url.path}?{urlencode([*query, ('lang', other)])}",
        "page_name": name.removesuffix(".html"),
        "clock": "test" if house.clock.is_test else "real",
        "leap": house.clock.anchor.leap,
        "doubted": house.witness.doubted,
        "now": _now(house, words.language),
        "demo": "demo" in marks_of(house),
        "sandbox": house.sandbox,
        "single_sign_on": house.single_sign_on is not None,
    }
    return HTMLResponse(template.render({**frame, **context}), status_code=status)


def _now(house: House, language: str) -> str:
    try:
        return instant(house.clock.now(), language)
    except Refusal:
        return "—"


def navigation(asking: Asking) -> list[dict[str, Any]]:
    """The pages that this person has a use for, the present one marked."""
    roles, path = asking.who.roles, asking.request.url.path
    sees_cases = bool(roles - ADMINISTRATORS)
    shown = {
        "work": sees_cases,
        "board": not roles.isdisjoint(OVERSEES),
        "intake": "inspector" in roles,
        "incoming": sees_cases,
        "ledger": sees_cases,
        "deadlines": sees_cases,
        "duties": asking.house.duty_reader.open_to(asking.who),
        "calendar": True,
        "rulebook": True,
        "exchange": may(asking.who, "exchange.read"),
        "admin": may(asking.who, "administration.decide"),
        "admin/accounts": may(asking.who, "account.read"),
        "admin/record": may(asking.who, "record.read"),
    }
    return [
        {"name": name, "path": f"/{name}", "here": path == f"/{name}"} for name in NAVIGATION if shown[name]
    ]


def did(asking: Asking) -> str:
    """The words of the steps that were just taken, as the address names them."""
    charts, words = asking.house.charts, asking.words
    titles = []
    for trigger in asking.parameter("did").split("+")[:20]:
        chart = next((one for one in charts.by_name.values() if trigger in one.triggers), None)
        if chart is not None:
            titles.append(words.of(chart.any_row(trigger)))
    return words.comma.join(titles)


def _department(house: House, words: Words, code: str | None) -> str:
    department = house.office.departments.get(code or "")
    if department is None:
        return ""
    return str(department.short if words.language == "zh" else department.en)


def problem_page(request: Request, refusal: Refusal) -> Response:
    """The page that says why something was refused and what helps."""
    try:
        asking = asked_by(request)
    except (SignInNeeded, Refusal):
        return open_problem_page(request, refusal)
    name, told = _told(asking.house, asking.words, refusal)
    return page(asking, name, status=told["problem"]["status"], **told)


def open_problem_page(request: Request, refusal: Refusal) -> Response:
    """The same without asking who it is."""
    name, told = _told(house_of(request), Words(language_of(request, None)), refusal)
    return open_page(request, name, status=told["problem"]["status"], **told)


def _told(house: House, words: Words, refusal: Refusal) -> tuple[str, dict[str, Any]]:
    problem, names = problem_of(refusal), Names(house, words)
    who_may = words.comma.join(names.role(role) for role in problem.get("roles", ()))
    name = "not_found.html" if refusal.code == "not_found" else "problem.html"
    return name, {"problem": problem, "remedy": remedy_of(problem, words, who_may)}


def finished(request: Request, response: Response) -> Response:
    """The answer with the headers of pages, and the language chosen by ?lang= kept for the session."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    chosen = request.query_params.get("lang")
    if chosen in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, str(chosen), path="/", httponly=True, samesite="lax")
    return response


def query_path(path: str, query: Mapping[str, list[str]], **more: str) -> str:
    """The path with these parameters; those of the page itself are left out."""
    pairs = [(name, value) for name, values in query.items() if name not in more for value in values]
    pairs += [(name, value) for name, value in more.items() if value]
    kept = [(name, value) for name, value in pairs if name not in PAGE_PARAMETERS or name in more]
    return f"{path}?{urlencode(kept)}" if kept else path
