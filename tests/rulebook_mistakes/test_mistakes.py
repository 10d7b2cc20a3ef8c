"""Each broken file beside this one gets the one sentence it must get, in both languages, at its line and field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from rules.data_file import DataFault, read_data
from rules.examination import example_faults
from rules.faults import catalogue
from rules.fence.rulesets import durable_rulesets
from rules.rulebook import load_rulebook
from tests.rules.conftest import copy_of_the_law

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MISTAKES = sorted(HERE.glob("*.yaml"))


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy of the law for all mistakes, each put right again; of the rules only those with mistakes, for speed."""
    root = copy_of_the_law(tmp_path_factory.mktemp("law"))
    named = {Path(read_data(path)["file"]).stem.partition("-")[0] for path in MISTAKES}
    for rule in (root / "sets/national/routing").iterdir():
        if rule.stem.partition("-")[0] not in named:
            rule.unlink()
    return root


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_gets_its_sentence(path: Path, scratch: Path) -> None:
    mistake = read_data(path)
    says = mistake["says"]
    with _made(mistake, scratch):
        found = _found(scratch)
    assert [(fault.said.zh, fault.said.en) for fault in found] == [(says["zh"], says["en"])]
    place = Path(found[0].file).relative_to(scratch).as_posix(), found[0].line, found[0].field
    assert place == (says.get("file", mistake["file"]), says["line"], says["field"])
    assert str(found[0]) == f"{scratch / place[0]}:{place[1]}: {place[2] or '/'}: {says['zh']} · {says['en']}"


def _found(scratch: Path) -> list[DataFault]:
    """What loading refuses, else what the examples show."""
    try:
        book = load_rulebook(scratch)
        durable_rulesets(book)
    except DataFault as fault:
        return [fault]
    return example_faults(book)


@contextmanager
def _made(mistake: Mapping[str, Any], scratch: Path) -> Iterator[None]:
    path = scratch / mistake["file"]
    before = path.read_bytes() if path.is_file() else None
    if mistake.get("remove", False):
        path.unlink()
    else:
        path.write_bytes(_broken(mistake, scratch))
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


def _broken(mistake: Mapping[str, Any], scratch: Path) -> bytes:
    if "bytes" in mistake:
        return bytes.fromhex(mistake["bytes"])
    if "text" in mistake:
        return str(mistake["text"]).encode()
    text = (scratch / mistake.get("copy_of", mistake["file"])).read_text(encoding="utf-8")
    if "replace" in mistake:
        replace = mistake["replace"]
        assert replace["old"] in text, "the rule no longer says what the mistake replaces"
        text = text.replace(replace["old"], replace["new"] * replace.get("times", 1), 1)
    if "examples" in mistake:
        text = text[: text.index("\nexamples:\n")] + "\nexamples:\n" + str(mistake["examples"])
    return text.encode()


def test_without_a_mistake_there_is_no_fault(scratch: Path) -> None:
    assert _found(scratch) == []


def test_there_are_mistakes_enough_and_each_says_something_of_its_own() -> None:
    read = [read_data(path) for path in MISTAKES]
    assert len(read) >= 110
    assert len({one["says"]["zh"] for one in read}) >= 95
    assert all(one["what"] for one in read)


def test_every_word_is_there_in_both_languages_with_the_same_places() -> None:
    known = catalogue()
    said = [*known.phrases.values(), *(sentence for pair in known.faults.values() for sentence in pair)]
    for sentence in said:
        assert sentence.zh.strip() and sentence.en.strip()
        # Only the Chinese title of a fact has no English counterpart.
        assert _places(sentence.zh) - {"title"} == _places(sentence.en), sentence.en
    for problem, remedy in known.faults.values():
        assert not problem.zh.endswith("。") and not problem.en.endswith(".")
        assert remedy.zh[-1] in "。；" and remedy.en.endswith(".")
    assert set(known.syntax.values()) <= set(known.faults)


def _places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_no_word_is_kept_that_nobody_says() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in ("rules", "engine")
        for path in (ROOT / room).rglob("*.py")
    )
    known = catalogue()
    said = {name for name in known.faults if f'"{name}"' in code} | set(known.syntax.values())
    assert said == set(known.faults)
