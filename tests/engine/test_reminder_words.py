"""What a reminder says and to whom: every clock of the catalogue, in every voice, as the contract's schema has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.core.envelope import message_event
from engine.core.ladder import ENDED, WHENS, Rung
from engine.core.messages import REMINDER, compose
from engine.core.reminding import CHASING, LEAD, OWN, RECEIVER, Turn, addressed
from engine.reminder_words import FILE, ReminderWords, asked_in, receivers_turn
from rules.charts import load_charts
from rules.data_file import read_data
from rules.offices import load_office
from rules.terms import RULES, load_terms
from tests.schemas import faults

TERMS = load_terms()
WORDS = ReminderWords(TERMS)
OFFICE = load_office(RULES / "offices" / "yuanping.yaml")
VOICES = (OWN, CHASING, RECEIVER, LEAD)
LATE = datetime.fromisoformat("2024-05-24T08:30:00+08:00")


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("turn", WHENS)
def test_a_reminder_of_every_clock_obeys_its_schema(voice: str, turn: str) -> None:
    for id, term in TERMS.items():
        due = "2024-05-23T17:00:00+08:00" if term.unit == "hour" else "2024-05-23"
        text = WORDS.message(voice, turn, id, term.nature, due, "消防救援大队")
        ours, other = ("内部时限", "法定时限") if term.nature == "internal" else ("法定时限", "内部时限")
        assert text.count("。") == 1 and text.endswith("。") and "{" not in text and "  " not in text
        assert term.zh in text and ours in text and other not in text
        assert term.nature == "statutory" or "违法" not in text
        content = {
            "ledger_no": None,
            "finding_id": "01928413-3249-74fd-8a92-c56d23b0f7ce",
            "proceeding_id": None,
            "requirement": text,
            "term": {"id": id, "title": term.zh, "due_effective": due, "light": turn, "nature": term.nature},
            "number": 3,
            "now": LATE.isoformat(),
        }
        kind, queue, data = compose(REMINDER, content)
        event = message_event(
            office_id="yuanping",
            message_id="01924fc7-f5ac-7810-8cab-b8c6a8c87702",
            kind=kind,
            queue=queue,
            sequence=1,
            sender="market_regulation",
            recipient="lead_office",
            subject="原台〔2024〕0032",
            now=LATE,
            data=data,
        )
        assert faults("message_reminder", event) == [], id
        assert data["text"] == text, "nothing was cut"


def test_what_the_end_means_is_said_from_the_end_on_where_the_catalogue_says_it() -> None:
    for turn in WHENS:
        said = WORDS.message(OWN, turn, "DL20", "statutory", "2024-05-23", "市场监管局")
        assert ("逾期后果" in said) == (turn in ENDED)
        assert "逾期后果" not in WORDS.message(OWN, turn, "DL12", "internal", "2024-05-23", "市场监管局")


def test_what_the_words_name_exists() -> None:
    words, charts = read_data(FILE), load_charts()
    for chart, terms in words["turn_of_the_receiver"].items():
        opened = {term for row in charts[chart].rows for term in row.opens}
        assert set(terms) <= opened, chart
        assert not any(receivers_turn(None, term) for term in terms)
    ends = {term.on_expiry for term in TERMS.values()}
    assert set(words["copied_to_lead_office"]) <= ends
    for term, name in words["asked_in"].items():
        rows = [row for row in charts["finding"].rows if f"dispatch:{name}" in row.effects]
        assert rows and all(term in row.opens for row in rows)
        assert asked_in(term) == name and asked_in("DL14") is None
    assert set(words["messages"]) == {*VOICES, "consequence"}
    assert all(set(words["messages"][voice]) == set(WHENS) for voice in VOICES)


ROLES = ("case_officer", "unit_head", "department_head", "supervisor")
RUNG = some.builds(
    Rung,
    name=some.integers(0, 10**9).map(str),
    when=some.sampled_from(WHENS),
    working_days=some.just(0),
    roles=some.lists(some.sampled_from(ROLES), min_size=1, unique=True).map(tuple),
    zh=some.just("甲"),
    en=some.just("a"),
    mark=some.just("PRACTICE"),
    message=some.booleans(),
)
TURN = some.builds(
    Turn,
    department=some.just("market_regulation"),
    receiver=some.sampled_from([None, "fire_rescue", "lead_office"]),
    copied=some.booleans(),
)


@given(passed=some.lists(RUNG, max_size=6, unique_by=lambda rung: rung.name), turn=TURN)
def test_each_recipient_hears_once_of_the_highest_rung_that_reaches_it(
    passed: list[Rung], turn: Turn
) -> None:
    told = addressed(passed, turn)
    recipients = [one.recipient for one in told]
    assert len(recipients) == len(set(recipients))
    assert set(recipients) <= {turn.department, turn.receiver, "lead_office"}
    for one in told:
        later = passed[passed.index(one.rung) + 1 :]
        assert one.rung.message
        if one.recipient == turn.department:
            assert all(rung.roles == ("supervisor",) for rung in later)
        elif one.recipient == turn.receiver:
            assert later == [] and one.voice == RECEIVER
        else:
            assert one.voice == LEAD and not any("supervisor" in rung.roles for rung in later)
    if passed and not passed[-1].message:
        assert all(one.rung != passed[-1] for one in told)


def test_a_silent_higher_rung_sends_no_lower_one() -> None:
    red, overdue = OFFICE.escalation[1], replace(OFFICE.escalation[2], message=False)
    assert addressed([red, overdue], Turn("market_regulation")) == []
    assert [one.rung.name for one in addressed([red], Turn("market_regulation"))] == ["red"]
