"""Bulk steps: the form for the ticked findings, the answers where they must be checked, and a result per finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Response

from web.approving import Result
from web.asking import Asked, Asking, Form, check_form_token
from web.bulk import Bulk, gathered, taken
from web.check_page import answers
from web.commanding import fresh_key
from web.fields import Typed
from web.look import page
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/work/steps"
STAGE, CHECK, ACT = "stage", "check", "act"
NOT_SENT_ON = frozenset({"csrf", STAGE})


@router.post(PATH)
def bulk_steps(asking: Asked, posted: Form) -> Response:
    """The form; then, where the act cannot be undone, the answers; then what became of each finding."""
    check_form_token(asking, posted)
    typed = posted.typed
    bulk = gathered(asking, typed)
    if not bulk.cases or typed.first(STAGE) not in (CHECK, ACT):
        return _show(asking, bulk, typed)
    if typed.first(STAGE) == CHECK:
        return _show(asking, bulk, typed, checking=True)
    results, wrong = taken(asking, bulk, typed)
    done = {one.finding for one in results if one.ok}
    left = Bulk([case for case in bulk.cases if case.id not in done], ())
    return _show(asking, left, typed, [*results, *bulk.left_out], wrong)


def _show(
    asking: Asking,
    bulk: Bulk,
    typed: Typed,
    results: Sequence[Result] = (),
    wrong: Mapping[str, Sequence[str]] | None = None,
    checking: bool = False,
) -> Response:
    some = bool(bulk.cases)
    fields = bulk.fields if some else []
    return page(
        asking,
        "bulk.html",
        status=422 if wrong else 200,
        results=results or bulk.left_out,
        decided=bool(results),
        bulk=bulk if some and (not results or wrong) else None,
        title=asking.words.of(bulk.offer) if some else "",
        fields=fields,
        own=bulk.own if some else [],
        typed=typed,
        wrong=wrong or {},
        focus=next((one.input_name for one in fields if wrong and wrong.get(one.name)), ""),
        checking=checking,
        answers=answers(bulk.cases[0].folder, tuple(fields), typed) if checking else [],
        sent=[(name, value) for name, values in typed.items() if name not in NOT_SENT_ON for value in values],
        stage=CHECK if some and bulk.checked else ACT,
        todo=typed.first("todo"),
        key=typed.first("idempotency_key") or fresh_key(),
        path=PATH,
    )
