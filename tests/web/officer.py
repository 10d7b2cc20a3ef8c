"""An officer at a browser, whose clicks and typed fields are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

PASSWORD = "correct horse battery"


@dataclass(slots=True)
class Effort:
    """What a piece of work cost: clicks, fields typed, choices made."""

    clicks: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{len(self.clicks)} clicks {self.clicks}; {len(self.typed)} typed {self.typed}; "
            f"{len(self.choices)} choices {dict(Counter(self.choices))}"
        )


@dataclass(slots=True)
class Officer:
    """One signed-in person in a browser of their own; everything the browser complains about is kept."""

    page: Page
    context: BrowserContext
    base: str
    effort: Effort
    complaints: list[str]

    @classmethod
    def sign_in(
        cls,
        browser: Browser,
        base: str,
        login: str,
        effort: Effort | None = None,
        *,
        width: int = 1280,
        language: str = "zh-CN",
        script: bool = True,
    ) -> Officer:
        """The person is signed in and sees their work; signing in costs nothing."""
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=language, java_script_enabled=script
        )
        page = context.new_page()
        complaints: list[str] = []

        def hear(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and "status of 4" not in message.text:
                complaints.append(message.text)

        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{base}/login")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click(".login button[type=submit]")
        expect(page.locator("body")).to_have_attribute("data-page", "work")
        return cls(page, context, base, effort or Effort(), complaints)

    def leave(self) -> None:
        """The browser of this person is closed."""
        self.context.close()

    def click(self, selector: str) -> None:
        """A link or button is activated."""
        self.page.locator(selector).first.click()
        self.effort.clicks.append(selector)

    def open_finding(self, item: str) -> None:
        """The finding with that item is opened from the list."""
        self.page.locator("tr[data-finding] a", has_text=item).first.click()
        self.effort.clicks.append(f"finding {item}")
        expect(self.page.locator("body")).to_have_attribute("data-page", "finding")

    def type(self, form: str, values: Mapping[str, str]) -> None:
        """Texts, numbers and dates that were not prefilled are typed."""
        for name, value in values.items():
            box = self.page.locator(f'{form} [name="{name}"]')
            assert box.input_value() == "", f"{name} was prefilled with {box.input_value()!r}"
            box.fill(value)
            self.effort.typed.append(name)

    def choose(self, form: str, values: Mapping[str, Any]) -> None:
        """Selects, radios and checkboxes are set."""
        for name, value in values.items():
            boxes = self.page.locator(f'{form} [name="{name}"]')
            if boxes.first.evaluate("node => node.tagName") == "SELECT":
                boxes.first.select_option(value)
                self.effort.choices.append(name)
                continue
            for one in value if isinstance(value, list) else [value]:
                self.page.locator(f'{form} [name="{name}"][value="{one}"]').check()
                self.effort.choices.append(name)

    def submit(self, form: str) -> None:
        """The form is sent, and nothing was wrong with it."""
        first = self.page.locator(f"{form} [data-check-first]")
        if first.count():
            self.click(f"{form} [data-check-first]")
            self.click("[data-confirm]")
        else:
            self.click(f"{form} button[type=submit][data-trigger]")
        problem = self.page.locator("[data-problem]")
        assert problem.count() == 0, problem.first.inner_text()
        expect(self.page.locator("[data-flash]")).to_be_visible()

    def approve(self, trigger: str) -> None:
        """The first finding of the list that waits for this approval is approved from the list."""
        self.click(f'button[data-trigger="{trigger}"]')
        expect(self.page.locator('[data-result="recorded"]')).to_be_visible()

    def unfold(self, form: str, title: str) -> None:
        """A folded section of a form is opened, which costs a click."""
        self.page.locator(f"{form} summary", has_text=title).first.click()
        self.effort.clicks.append(title)

    @property
    def finding(self) -> str:
        """The id of the finding that the page shows."""
        return str(self.page.locator("article[data-finding]").get_attribute("data-finding"))
