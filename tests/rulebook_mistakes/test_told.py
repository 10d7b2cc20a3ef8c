"""The command line tells a mistake in a rule file in both languages, and ends with one."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from api.command_line import main
from rules.rulebook import load_rulebook
from tests.rules.conftest import copy_of_the_law

ZH = "没有名为“own_powers”的事实。是不是想写“own_power”？使用 facts.yaml 中的名称。"
EN = "there is no fact 'own_powers'. Did you mean 'own_power'? Use a name of facts.yaml."


def test_a_mistake_in_a_rule_file_is_told_by_every_command_that_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copy_of_the_law(tmp_path)
    rule = root / "sets/national/routing/R20.yaml"
    text = rule.read_text(encoding="utf-8")
    for name in ("engine.checking.load_rulebook", "rules.rulebook.load_rulebook"):
        monkeypatch.setattr(name, partial(load_rulebook, root))
    place = f"{rule}:13: /when/all/2/0: "

    rule.write_text(text.replace("[own_power,", "[own_powers,"), encoding="utf-8")
    assert main(["check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["faults"] == [f"{place}{ZH} · {EN}"]
    assert main(["rules", "test", "--json"]) == 1
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["zh"], error["en"]) == (place + ZH, place + EN)

    rule.write_text(text.replace("own_power: true", "own_power: false"), encoding="utf-8")
    assert main(["check"]) == 1
    told = capsys.readouterr().out
    assert f"faults: {rule}:31: /examples/2/fired: R20@1 的第 3 个例子写明不成立，条件却成立。" in told
    assert told.endswith("faults: 1\n")
