"""`bihuan deadline`: what it prints, what it refuses, and what it never loads."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.command_line.deadline import add_parser
from tests.schemas import faults

LATE = ("--term", "DL31", "--from", "2024-05-01")
ROOT = Path(__file__).parents[2]
EXPLAINED = Path(__file__).with_name("explained.txt").read_text(encoding="utf-8")


@pytest.fixture
def deadline(capsys):
    """Runs the command; gives exit code, stdout and stderr."""

    def run(*arguments):
        parser = argparse.ArgumentParser(prog="bihuan")
        add_parser(parser.add_subparsers(required=True))
        args = parser.parse_args(["deadline", *arguments])
        code = args.run(args)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_it_answers_with_the_members_of_the_contract(deadline):
    code, out, err = deadline(
        *("--term", "DL28", "--from", "2024-07-15", "--exclude", "2024-10-10..2024-10-20"),
        *("--exclude", "2024-10-15..2024-10-30", "--json"),
    )
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "term": "DL28",
        "start": "2024-07-15",
        "due_raw": "2024-11-03",
        "due_rolled": "2024-11-04",
        "due_effective": "2024-11-04",
        "due_conservative": "2024-11-03",
        "provisional": False,
    }


def test_every_scenario_comes_out_on_the_command_line(contract, deadline):
    checked = 0
    for scenario in contract("scenarios"):
        for expected in scenario["expected_deadlines"]:
            how = expected["arithmetic"]
            asked = ["--term", expected["term"], "--length", str(how["length"]), "--unit", how["unit"]]
            start = expected["start"] + (":00+08:00" if "T" in expected["start"] else "")
            asked += ["--from", start, "--extended", str(how["extended"]), "--json"]
            for first, last in how["exclude"]:
                asked += ["--exclude", f"{first}..{last}"]
            code, out, _ = deadline(*asked)
            answer = json.loads(out)
            assert code == 0 and answer["provisional"] == expected["provisional"]
            for name in ("due_raw", "due_rolled", "due_effective"):
                assert answer[name].removesuffix(":00+08:00") == expected[name], (scenario["id"], expected)
            checked += 1
    assert checked >= 40


def test_a_term_set_by_order_takes_length_and_unit(deadline):
    code, out, _ = deadline(
        *("--term", "DL10", "--from", "2024-04-26T17:00:00+08:00", "--unit", "working_day", "--length", "10"),
        "--json",
    )
    assert code == 0 and json.loads(out)["due_effective"] == "2024-05-13"


def test_a_reader_is_told_law_and_dates_in_both_languages(deadline):
    code, out, err = deadline("--term", "DL44", "--from", "2024-07-08")
    assert (code, err) == (0, "")
    for said in (
        "严重违法失信名单期限",
        "serious-list duration",
        "法定时限",
        "待核",
        "2027-07-08",
        "暂定",
        "36 个月",
    ):
        assert said in out
    _, out, _ = deadline("--term", "DL12", "--from", "2024-07-08")
    assert "内部时限" in out and "法定" not in out


@pytest.mark.parametrize(
    ("arguments", "pointer", "fault"),
    [
        (["--term", "DL04", "--from", "2024-05-01"], "/term", "vocabulary"),
        (["--term", "DL28", "--from", "2024-02-30"], "/from", "format"),
        (["--term", "DL28", "--from", "yesterday"], "/from", "format"),
        (["--term", "DL28", "--from", "20240501"], "/from", "format"),
        (["--term", "DL61", "--from", "2024-09-13T15:30:00"], "/from", "format"),
        (["--term", "DL61", "--from", "2024-09-13T25:30:00+08:00"], "/from", "format"),
        (["--term", "DL61", "--from", "2024-09-13"], "/from", "format"),
        (["--term", "DL28", "--from", "1024-09-13"], "/from", "format"),
        (["--term", "DL10", "--from", "2024-05-01"], "/length", "missing"),
        (["--term", "DL28", "--from", "2024-05-01", "--length", "-3"], "/length", "range"),
        (["--term", "DL28", "--from", "2024-05-01", "--length", "999999999"], "/length", "range"),
        (["--term", "DL28", "--from", "2024-05-01", "--extended", "-1"], "/extended", "range"),
        (
            ["--term", "DL28", "--from", "2024-05-01", "--exclude", "2024-05-09..2024-05-03"],
            "/exclude",
            "inconsistent",
        ),
        (["--term", "DL28", "--from", "2024-05-01", "--exclude", "2024-05-09"], "/exclude/0", "format"),
        (
            ["--term", "DL28", "--from", "2024-05-01", "--exclude", "2024-02-30..2024-03-01"],
            "/exclude/0",
            "format",
        ),
        (["--term", "DL31", "--from", "2024-05-01", "--length", "0"], "/length", "range"),
        (["--term", "DL31", "--from", "2024-05-01", "--length", "101"], "/length", "range"),
        (["--term", "DL31", "--from", "2024-05-01", "--extended", "1"], "/length", "range"),
        (["--term", "DL31", "--from", "2024-05-01", "--unit", "month"], "/length", "missing"),
        (["--term", "DL31", "--from", "2150-12-20"], "/length", "range"),
        ([*LATE, "--amount", "1"], "/until", "missing"),
        ([*LATE, "--until", "2024-05-09"], "/amount", "missing"),
        ([*LATE, "--amount", "-1", "--until", "2024-05-09"], "/amount", "range"),
        ([*LATE, "--amount", str(2**53 + 1), "--until", "2024-05-09"], "/amount", "range"),
        ([*LATE, "--amount", "1", "--until", "2024-02-30"], "/until", "format"),
        ([*LATE, "--amount", "1", "--until", "2024-05-09T10:00:00+08:00"], "/until", "format"),
        (["--term", "DL30", "--from", "2024-05-01", "--amount", "1"], "/amount", "inconsistent"),
        (["--term", "DL30", "--from", "2024-05-01", "--until", "2024-05-09"], "/until", "inconsistent"),
    ],
)
def test_what_gives_no_date_is_refused_with_a_problem(contract, deadline, arguments, pointer, fault):
    code, out, err = deadline(*arguments, "--json")
    problem = json.loads(out)
    assert (code, err) == (1, "")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, fault)]
    assert faults("problem", problem) == []
    stated = next(one for one in contract("codes")["problems"] if one["code"] == "facts_invalid")
    assert {name: problem[name] for name in ("status", "zh", "en", "remedy")} == {
        name: stated[name] for name in ("status", "zh", "en", "remedy")
    }
    code, out, err = deadline(*arguments)
    assert (code, out) == (1, "") and problem["errors"][0]["zh"] in err


def test_all_faults_are_told_at_once(deadline):
    code, out, _ = deadline("--term", "X", "--from", "Y", "--exclude", "Z", "--extended", "-1", "--json")
    assert code == 1
    assert [error["pointer"] for error in json.loads(out)["errors"]] == [
        "/term",
        "/from",
        "/exclude/0",
        "/extended",
    ]


@pytest.mark.parametrize(
    "arguments",
    [["--term", "DL28"], ["--from", "2024-05-01"], ["--term", "DL28", "--from", "2024-05-01", "--unit", "y"]],
)
def test_wrong_usage_is_told_by_the_exit_code(deadline, arguments):
    with pytest.raises(SystemExit) as caught:
        deadline(*arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    "example", EXPLAINED.removeprefix("$ ").split("\n$ "), ids=lambda one: one.split("\n")[0]
)
def test_a_reader_is_told_how_it_is_counted(deadline, example):
    asked, _, expected = example.partition("\n")
    arguments = asked.split()
    code, out, err = deadline(*arguments, *(["--explain"] if "--days" not in arguments else []))
    _, without, _ = deadline(*[one for one in arguments if one != "--days"])
    assert (code, err) == (0, "")
    assert out == without + "\n" + expected.rstrip("\n") + "\n"


def test_every_term_of_the_catalogue_is_explained_or_says_why_it_has_no_date(contract, deadline):
    without_date = set()
    for term in contract("deadlines"):
        start = "2024-07-15T09:00:00+08:00" if term["unit"] == "hour" else "2024-07-15"
        code, out, err = deadline("--term", term["id"], "--from", start, "--explain")
        if code:
            assert term["id"] not in out and len(err.split(" · ")) == 2
            without_date.add(term["id"])
        else:
            assert "怎么算的" in out and "How it is counted" in out
    by_order = {"DL01.review", "DL10", "DL18", "DL28.collective", "DL30.instalment", "DL48.ban"}
    assert without_date == by_order


def test_the_reckoning_is_a_member_of_the_answer_when_it_is_asked_for(deadline):
    asked = ("--term", "DL28", "--from", "2024-07-15", "--exclude", "2024-10-10..2024-10-30", "--json")
    plain, explained = json.loads(deadline(*asked)[1]), json.loads(deadline(*asked, "--explain")[1])
    reckoning = explained.pop("reckoning")
    assert explained == plain
    assert (reckoning["exclusions"], reckoning["otherwise"]["due_raw"]) == ("closed", "2024-11-02")
    assert [(one["kind"], one["units"]) for one in reckoning["stretches"]] == [
        ("day_zero", 0),
        ("counted", 86),
        ("excluded", 0),
        ("counted", 4),
        ("rolled", 0),
    ]
    assert {one["rule"]: one.get("basis", {}).get("mark") for one in reckoning["rules"]} == {
        "start": "V[S47]",
        "calendar_days": None,
        "exclusions": None,
        "rolls": "V[S47]",
        "weekend": None,
    }
    by_day = json.loads(deadline(*asked, "--days")[1])["reckoning"]["stretches"]
    assert len(by_day) == 113 and sum(one["units"] for one in by_day) == 90


def test_the_additional_fine_ends_on_the_day_it_equals_the_fine(deadline):
    """S03: due on 29 August; nothing excluded, then a reconsideration in between, then another rate."""
    asked = ("--term", "DL31", "--from", "2024-08-29", "--json")
    answer = json.loads(deadline(*asked)[1])
    assert (answer["due_raw"], answer["due_effective"]) == (
        "2024-10-02",
        "2024-10-02",
    )  # National Day, not rolled
    assert answer["due_rolled"] == "2024-10-08" and answer["due_conservative"] == "2024-10-02"
    contested = json.loads(deadline(*asked, "--exclude", "2024-09-05..2024-09-14")[1])
    assert contested["due_raw"] == "2024-10-12"
    assert json.loads(deadline(*asked, "--length", "50")[1])["due_raw"] == "2024-08-31"
    assert json.loads(deadline(*asked[:-1], "--explain", "--json")[1])["reckoning"]["counts"] == 34


def test_the_sum_by_a_day_is_told_with_its_stretches(deadline):
    asked = (*LATE, "--exclude", "2024-05-04..2024-05-05", "--amount", "1500000", "--until", "2024-05-09")
    plain = json.loads(deadline(*asked, "--json")[1])
    assert plain["late_fine"] == {
        "fine_fen": 1_500_000,
        "percent_per_day": 3,
        "due_on": "2024-05-01",
        "until": "2024-05-09",
        "days": 6,
        "sum_fen": 270_000,
        "reached_on": None,
    }
    told = json.loads(deadline(*asked, "--explain", "--json")[1])["late_fine"]
    assert {name: told[name] for name in plain["late_fine"]} == plain["late_fine"]
    assert [(one["kind"], one["last"], one["fen"], one["total_fen"]) for one in told["stretches"]] == [
        ("day_zero", "2024-05-01", 0, 0),
        ("counted", "2024-05-03", 90_000, 90_000),
        ("excluded", "2024-05-05", 0, 90_000),
        ("counted", "2024-05-09", 180_000, 270_000),
    ]
    assert told["otherwise_fen"] == 315_000
    by_day = json.loads(deadline(*asked, "--days", "--json")[1])["late_fine"]["stretches"]
    assert len(by_day) == 9 and sum(one["fen"] for one in by_day) == 270_000
    code, out, err = deadline(*asked, "--explain")
    assert (code, err) == (0, "")
    for said in (
        "截至 2024-05-09 周四：计 6 日，加处罚款 2,700.00 元",
        "4 日 × 3% × 15,000.00 元 = 1,800.00 元  [累计 2,700.00 元]",
        "4 days × 3 % × 15,000.00 yuan = 1,800.00 yuan  [2,700.00 yuan so far]",
        "《行政处罚法》第七十三条",
    ):
        assert said in out, said


def test_it_loads_no_database_and_no_web_framework():
    program = (
        "import argparse, sys\n"
        "from api.command_line.deadline import add_parser\n"
        "parser = argparse.ArgumentParser()\n"
        "add_parser(parser.add_subparsers())\n"
        "args = parser.parse_args(['deadline', '--term', 'DL12', '--from', '2024-05-11', '--json', '--explain'])\n"
        "code = args.run(args)\n"
        "print(code, sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert '"due_effective": "2024-05-24"' in done.stdout
    for heavy in ("sqlalchemy", "sqlmodel", "fastapi", "pydantic", "jinja2", "httpx", "durable", "typst"):
        assert f"'{heavy}'" not in done.stdout
