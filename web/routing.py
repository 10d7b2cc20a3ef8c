"""Routes of pages: what goes wrong becomes a page, and who is not signed in is sent to sign in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from api.attempts import note_attempt
from engine.core.refusals import Refusal
from web.asking import Asking, ProofNeeded, SignInNeeded, SomethingOwed, see, wanted_after_signing_in
from web.look import finished, problem_page
from web.problems import TOLD
from web.rights import PAGES

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def _ask_proof(request: Request, asking: Asking) -> Response:
    """The page that asks the person to prove again who they are."""
    from web.step_up_page import ask_proof

    return ask_proof(request, asking)


async def _keep_draft(request: Request) -> None:
    """What was typed outlives the session."""
    from web.after_time_out import keep_what_was_sent

    await keep_what_was_sent(request)


def _note(request: Request, refusals: list[Refusal]) -> None:
    """What the person was refused is on record, wherever the page tells it."""
    for refusal in refusals:
        note_attempt(request, PAGES, refusal)


class PageRoute(APIRoute):
    """A route whose refusals are pages, and whose answers carry the policy that lets nothing foreign in."""

    def get_route_handler(self) -> Handler:
        """The handler that answers every request of this route."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            refusals: list[Refusal] = []
            TOLD.set(refusals)
            try:
                response = await inner(request)
            except SignInNeeded:
                await _keep_draft(request)
                response = see(f"/login?next={quote(wanted_after_signing_in(request), safe='')}")
            except SomethingOwed as owed:
                response = see(f"{owed.path}?next={quote(wanted_after_signing_in(request), safe='')}")
            except ProofNeeded as needed:
                response = await run_in_threadpool(_ask_proof, request, needed.asking)
            except Refusal as refusal:
                refusals.append(refusal)
                response = await run_in_threadpool(problem_page, request, refusal)
            if refusals:
                await run_in_threadpool(_note, request, refusals)
            return finished(request, response)

        return handler
