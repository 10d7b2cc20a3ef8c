"""The first day with pictures: every step on a demonstration office of its own, as a browser shows it, in both languages.

Run as a module with a folder it leaves the pictures there, and first-day.md with them in place. They are made anew whenever
somebody wants them and are never committed, so that no picture shows a page that is no more.
"""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from rules.charts import load_charts
from tests.browser import ROOT, open_browser
from web.first_day import chapters, page_text, picture_name
from web.wording import LANGUAGES

SHOWN_TO = {
    "look_around": "C01",
    "officer": "C01",
    "intake": "W01",
    "legal": "L01",
    "head": "H01",
    "supervisor": "S01",
    "clerk": "D01",
    "administrator": "A01",
}
"""Chapter of the first day → the account of the demonstration office for whom its pages are pictured."""
SIZE = {"width": 1280, "height": 860}
PATIENCE_SECONDS = 60
BIHUAN = (sys.executable, "-P", "-m", "api.command_line")


def main(folder: Path) -> None:
    """The pictures and the page that shows them are in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with served() as (base, password), sync_playwright() as playwright:
        browser = open_browser(playwright)
        for language in LANGUAGES:
            taken = sum(take(browser, base, password, language, folder))
            print(f"{language}: {taken}")
        browser.close()
    names = {code: str(one["zh"]) for code, one in load_charts().dictionary["roles"].items()}
    (folder / "first-day.md").write_text(page_text(names, pictures=True), encoding="utf-8")
    print(folder / "first-day.md")


def take(browser: Browser, base: str, password: str, language: str, folder: Path) -> Iterator[int]:
    """The pictures of one language; gives how many each chapter has."""
    for chapter in chapters():
        context = browser.new_context(viewport=SIZE, locale={"zh": "zh-CN", "en": "en-US"}[language])
        page = context.new_page()
        page.goto(f"{base}/login")
        page.fill("#login", SHOWN_TO[chapter.id])
        page.fill("#password", password)
        page.click(".login button[type=submit]")
        for number, step in enumerate(chapter.steps, 1):
            page.goto(base + step.path, wait_until="networkidle")
            page.screenshot(path=folder / picture_name(chapter, number, language))
        context.close()
        yield len(chapter.steps)


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """The address and everybody's password of a demonstration office, which is gone afterwards."""
    password = secrets.token_urlsafe(12)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        demo = [*BIHUAN, "--data", data, "demo", "--password-stdin"]
        subprocess.run(
            demo, input=f"{password}\n", text=True, check=True, cwd=ROOT, stdout=subprocess.DEVNULL
        )
        serve = [*BIHUAN, "--data", data, "serve", "--port", str(port)]
        server = subprocess.Popen(serve, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            await_answer(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", password
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)


def await_answer(base: str) -> None:
    """Returns when the house answers; raises TimeoutError when it does not in time."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(f"{base}/healthz"):
                return
        except URLError:
            time.sleep(0.2)
    raise TimeoutError(base)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var" / "pictures"))
