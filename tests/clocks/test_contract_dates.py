"""Every date that the contract works out comes out the same here."""

from datetime import date, datetime

import pytest

from engine.core.calendar import SHANGHAI
from engine.core.deadlines import Exclusion, compute, light, overdue, turns

DUE = ("due_raw", "due_rolled", "due_effective")


def point(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) if "T" in text else date.fromisoformat(text)


def excluded(pairs):
    return [Exclusion(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs]


def test_every_deadline_of_every_scenario_comes_out(contract, terms, calendar):
    checked = 0
    for scenario in contract("scenarios"):
        for expected in scenario["expected_deadlines"]:
            how = expected["arithmetic"]
            dates = compute(
                terms[expected["term"]],
                point(expected["start"]),
                calendar,
                length=how["length"],
                unit=how["unit"],
                exclusions=excluded(how["exclude"]),
                extended=how["extended"],
            )
            got = {name: getattr(dates, name) for name in DUE} | {"provisional": dates.provisional}
            wanted = {name: point(expected[name]) for name in DUE} | {"provisional": expected["provisional"]}
            assert got == wanted, (scenario["id"], expected)
            checked += 1
    assert checked >= 40


def test_the_catalogue_itself_gives_the_lengths_of_the_scenarios(contract, terms, calendar):
    for scenario in contract("scenarios"):
        for expected in scenario["expected_deadlines"]:
            term, how = terms[expected["term"]], expected["arithmetic"]
            if not term.by_order:
                dates = compute(term, point(expected["start"]), calendar, exclusions=excluded(how["exclude"]))
                assert dates.due_raw == point(expected["due_raw"]), (scenario["id"], expected)
                assert (dates.length, dates.unit) == (how["length"] + how["extended"], how["unit"])


def test_the_worked_examples_of_the_lights_come_out(contract, terms, calendar):
    for example in contract("codes")["lights"]["example"]:
        dates = compute(
            terms[example["term"]],
            point(example["start"]),
            calendar,
            exclusions=excluded(pair.split("..") for pair in example.get("excluded", [])),
        )
        for name in (*DUE, "due_conservative", "yellow_on", "red_on", "severe_on"):
            assert getattr(dates, name) == point(example[name]), (example["term"], name)
        assert turns(dates).overdue_at.date() == point(example["overdue_from"])


def at(text):
    return datetime.fromisoformat(text + "+08:00")


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2024-09-12T23:59:59", "green"),
        ("2024-09-13T00:00:00", "yellow"),
        ("2024-09-14T00:00:00", "red"),
        ("2024-09-18T23:59:59", "red"),
        ("2024-09-19T00:00:00", "overdue"),
        ("2024-10-07T23:59:59", "overdue"),
        ("2024-10-08T00:00:00", "severe"),
    ],
)
def test_a_light_changes_at_midnight_in_shanghai(terms, calendar, now, shown):
    dates = compute(terms["DL60"], date(2024, 9, 12), calendar)
    assert light(dates, at(now)) == shown
    assert overdue(dates, at(now)) == (shown in ("overdue", "severe"))


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2024-09-14T03:29:59", "green"),
        ("2024-09-14T03:30:00", "yellow"),
        ("2024-09-14T06:00:00", "yellow"),
        ("2024-09-14T09:30:00", "red"),
        ("2024-09-14T15:30:00", "red"),
        ("2024-09-14T15:30:00.000001", "overdue"),
        ("2024-09-15T15:30:00", "overdue"),
        ("2024-09-15T15:30:01", "severe"),
    ],
)
def test_the_light_of_an_hour_term_changes_by_its_share_of_the_period(terms, calendar, now, shown):
    dates = compute(terms["DL61"], at("2024-09-13T15:30:00"), calendar)
    assert light(dates, at(now)) == shown
    assert overdue(dates, at(now)) == (shown in ("overdue", "severe"))


def test_the_examples_of_deadline_answers_come_out(contract, terms, calendar):
    answers = [
        contract(f"examples/deadline_{name}")["example"]
        for name in ("DL60_red", "DL61_hours", "hearing_excluded")
    ]
    answers += contract("examples/deadline_answer")["example"]["items"]
    assert len(answers) == 4
    for answer in answers:
        dates = compute(
            terms[answer["term"]],
            point(answer["start"]) if "+" not in answer["start"] else datetime.fromisoformat(answer["start"]),
            calendar,
            exclusions=excluded((one["from"], one["to"]) for one in answer.get("excluded", [])),
        )
        for name in (*DUE, "due_conservative", "yellow_on", "red_on", "severe_on"):
            if name in answer:
                assert getattr(dates, name).isoformat() == answer[name], (answer["term"], name)
        assert (dates.length, dates.unit) == (answer["length"], answer["unit"])
        assert terms[answer["term"]].zh == answer["title"]
