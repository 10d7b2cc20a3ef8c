"""A person at the pages without a browser: forms are read from the HTML and sent as a browser would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from tests.web.officer import PASSWORD


@dataclass(slots=True)
class PageForm:
    """A form of a page: where it goes, its triggers, and what stands in its inputs."""

    action: str
    triggers: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def sent(self, **changed: Any) -> dict[str, list[str]]:
        """What a browser would send, with some inputs changed; None empties one."""
        values = dict(self.values)
        for name, value in changed.items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value if isinstance(value, list) else [value]
        return values


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.wrong: list[str] = []
        self.focus: list[str] = []
        self._form: PageForm | None = None
        self._select: str | None = None
        self._area: str | None = None
        self._template = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._template += 1
        if self._template:
            return
        if "data-field-error" in given:
            self.wrong.append(given["data-field-error"])
        if "autofocus" in given:
            self.focus.append(given.get("name", tag))
        if tag == "form":
            self._form = PageForm(given.get("action", ""), given.get("data-trigger", ""))
            self.forms.append(self._form)
        elif self._form is not None:
            self._input(tag, given)

    def _input(self, tag: str, given: Mapping[str, str]) -> None:
        assert self._form is not None
        values = self._form.values
        name = given.get("name", "")
        if tag == "input" and name:
            if given.get("type") in ("checkbox", "radio"):
                if "checked" in given:
                    values.setdefault(name, []).append(given["value"])
            else:
                values.setdefault(name, []).append(given.get("value", ""))
        elif tag == "select":
            self._select = name
            values[name] = [""]
        elif tag == "option" and self._select is not None and "selected" in given:
            values[self._select] = [given["value"]]
        elif tag == "textarea":
            self._area = name
            values[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._form is not None:
            self._form.values[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._template -= 1
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


@dataclass(slots=True)
class Visitor:
    """A person's browser without a screen."""

    client: TestClient
    last: Response | None = None

    @classmethod
    def sign_in(cls, app: Any, login: str, **headers: str) -> Visitor:
        """The person is signed in through the page."""
        visitor = cls(TestClient(app, base_url="http://127.0.0.1", follow_redirects=False, headers=headers))
        answer = visitor.client.post("/login", data={"login": login, "password": PASSWORD, "next": "/work"})
        assert answer.status_code == 303, answer.text
        return visitor

    def get(self, path: str) -> Response:
        """The page at that path."""
        self.last = self.client.get(path)
        return self.last

    def form(self, triggers: str) -> PageForm:
        """The form of the last page with these triggers."""
        return next(one for one in self.read().forms if one.triggers == triggers)

    def read(self) -> _Reader:
        """The forms and errors of the last page."""
        assert self.last is not None
        reader = _Reader()
        reader.feed(self.last.text)
        return reader

    @property
    def csrf(self) -> str:
        """What the forms of the last page carry against foreign sites."""
        return next(one.values["csrf"][0] for one in self.read().forms if "csrf" in one.values)

    def send(self, form: PageForm, **changed: Any) -> Response:
        """The form is sent with some inputs changed."""
        self.last = self.client.post(form.action, data=form.sent(**changed))
        return self.last

    @property
    def problem(self) -> str:
        """The code of the problem that the last page tells."""
        assert self.last is not None
        found = re.search(r'data-problem="(\w+)"', self.last.text)
        return found.group(1) if found else ""
