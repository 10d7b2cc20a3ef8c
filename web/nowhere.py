"""What the house refuses before any page is asked, told as a page to browsers: no such path, too many requests."""

from __future__ import annotations

from fastapi import Request, Response

from engine.core.refusals import Refusal
from web.look import finished, open_problem_page, problem_page

INTERFACE = ("/api/", "/openapi.json")
HURRIED = "rate_limited"


def refusal_page(request: Request, refusal: Refusal) -> Response | None:
    """The page for a browser that asks for one; None for programs, and for everything under the interface's paths.

    Who asks too often is told without the session being looked up.
    """
    if request.url.path.startswith(INTERFACE) or "text/html" not in request.headers.get("accept", ""):
        return None
    show = open_problem_page if refusal.code == HURRIED else problem_page
    return finished(request, show(request, refusal))
