"""A first day on the demonstration office, for each role; the same words as docs/first-day.md.

Run as a module, it prints that page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.commands import Principal
from engine.core.policies import may
from rules.data_file import Fields, read_as
from web.rights import PAGES
from web.wording import LANGUAGES

FILE = Path(__file__).with_name("first_day.yaml")


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and the page on which it is done."""

    path: str
    zh: str
    en: str

    @property
    def action(self) -> str:
        """The policy of the page; raises KeyError where there is no such page."""
        return PAGES["GET " + self.path.partition("?")[0]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The steps of some roles; without roles, of everybody."""

    id: str
    zh: str
    en: str
    roles: frozenset[str]
    steps: tuple[Step, ...]


@cache
def chapters() -> tuple[Chapter, ...]:
    """Every chapter in its order; raises DataFault where the file says it wrongly."""
    return read_as(FILE, lambda data: tuple(_chapter(one, f"/{at}") for at, one in enumerate(data)))


def _chapter(data: Any, at: str) -> Chapter:
    fields = Fields(data, at, ("id", "zh", "en", "roles", "steps"))
    steps = tuple(_step(one, f"{at}/steps/{place}") for place, one in enumerate(fields.items("steps")))
    roles = frozenset(fields.codes("roles"))
    return Chapter(fields.text("id"), fields.text("zh"), fields.text("en"), roles, steps)


def _step(data: Any, at: str) -> Step:
    fields = Fields(data, at, ("path", "zh", "en"))
    return Step(fields.text("path"), fields.text("zh"), fields.text("en"))


def steps_for(who: Principal) -> list[tuple[Chapter, list[Step]]]:
    """The chapters for the person's roles, each with those steps whose page is open to them."""
    told = []
    for chapter in chapters():
        if not chapter.roles or not chapter.roles.isdisjoint(who.all_roles):
            steps = [step for step in chapter.steps if may(who, step.action)]
            if steps:
                told.append((chapter, steps))
    return told


def picture_name(chapter: Chapter, number: int, language: str) -> str:
    """The name of the file that shows that step, counted from 1, in that language."""
    return f"{chapter.id}-{number}-{language}.png"


def page_text(role_names: Mapping[str, str], pictures: bool = False) -> str:
    """The page for reading on paper: every chapter in both languages; with a picture of each step where they lie beside it."""
    return "\n".join(_lines(role_names, pictures)) + "\n"


def _lines(role_names: Mapping[str, str], pictures: bool) -> Iterator[str]:
    yield from ("# 第一天 · A first day", "")
    yield "`./dev run` 打开演示单位并打印口令；登录以后 `/help/first-day` 只列出与本人角色有关的几步，可以直接点开。"
    yield "`./dev run` shows the demonstration office and prints the password; `/help/first-day` lists the steps of your roles."
    yield "本页由 `python -m web.first_day` 生成；带图片的由 `./dev pictures` 现做，放在 `var/pictures/`。"
    yield "This page is made by `python -m web.first_day`; `./dev pictures` makes it with pictures in `var/pictures/`."
    for chapter in chapters():
        yield from ("", f"## {chapter.zh} · {chapter.en}", "")
        if chapter.roles:
            yield "、".join(role_names[role] for role in sorted(chapter.roles))
            yield ""
        for number, step in enumerate(chapter.steps, 1):
            yield f"{number}. `{step.path}` {step.zh}<br>{step.en}"
            if pictures:
                yield from (f"   ![]({picture_name(chapter, number, one)})" for one in LANGUAGES)


if __name__ == "__main__":
    from rules.charts import load_charts

    print(
        page_text({code: str(one["zh"]) for code, one in load_charts().dictionary["roles"].items()}), end=""
    )
