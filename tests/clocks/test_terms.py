"""The catalogue equals the contract, and a wrong term file is refused where it is wrong."""

from dataclasses import replace

import pytest

from rules.data_file import DataFault
from rules.terms import RULES, load_term, load_terms, with_office

FOLDER = RULES / "sets" / "national" / "terms"


def test_every_term_equals_the_contract_field_by_field(contract, terms):
    stated = {term["id"]: term for term in contract("deadlines")}
    assert len(stated) == 94 and terms.keys() == stated.keys()
    for id, fields in stated.items():
        for name, value in fields.items():
            assert getattr(terms[id], name) == value, (id, name)


def test_one_term_is_the_same_read_alone(terms):
    for id in terms:
        assert load_term(RULES, id) == terms[id]


@pytest.mark.parametrize("id", ["DL04", "../facts", "", "DL28.yaml", "dl28"])
def test_a_term_that_does_not_exist_is_not_found(id):
    with pytest.raises(KeyError):
        load_term(RULES, id)


def test_extensions_are_added_to_what_they_extend(terms):
    base = {id: (terms[id].base_length, terms[id].base_unit) for id in terms if terms[id].adds}
    assert base == {
        "DL20.extended": (15, "working_day"),
        "DL23.extended": (30, "calendar_day"),
        "DL28.extended": (90, "calendar_day"),
        "DL28.collective": (120, "calendar_day"),
        "DL65.special": (30, "calendar_day"),
    }


def test_no_practice_figure_is_called_statutory(terms):
    assert {term.id for term in terms.values() if term.nature == "internal"} >= {
        "DL12",
        "DL50",
        "DL52",
        "DL77",
    }
    for term in terms.values():
        if term.mark.startswith("PRACTICE") or term.mark == "SEED":
            assert term.nature == "internal", term.id


def test_measures_against_the_party_are_never_prolonged_by_a_holiday(terms):
    burdening = {term.id for term in terms.values() if term.restricts_rights}
    assert burdening == {"DL22", "DL23", "DL23.extended"}
    assert not any(terms[id].roll for id in burdening)


def test_an_office_changes_its_internal_terms_and_no_other(contract, terms):
    ours = contract("office")["internal_terms"]
    assert {id: with_office(terms, ours)[id].value for id in ours} == ours
    assert with_office(terms, {"DL12": 7})["DL12"] == replace(terms["DL12"], value=7)
    for wrong in ({"DL28": 60}, {"DL99": 1}, {"DL18": 5}, {"DL12": -1}):
        with pytest.raises(DataFault):
            with_office(terms, wrong)


@pytest.fixture
def with_changed(tmp_path):
    """Rules whose DL28 and DL28.extended are the real ones, with one text of a file changed."""

    def change(id, old, new):
        folder = tmp_path / "sets" / "national" / "terms"
        folder.mkdir(parents=True)
        for name in ("DL28", "DL28.extended"):
            text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
            assert name != id or old in text
            (folder / f"{name}.yaml").write_text(
                text.replace(old, new) if name == id else text, encoding="utf-8"
            )
        return tmp_path

    return change


@pytest.mark.parametrize(
    ("id", "old", "new", "field"),
    [
        ("DL28", "value: 90", "value: ninety", "/value"),
        ("DL28", "value: 90", "value: -90", "/value"),
        ("DL28", "value: 90", "value: null", "/value"),
        ("DL28", "value: 90\n", "", "/value"),
        ("DL28", "unit: calendar_day", "unit: fortnight", "/unit"),
        ("DL28", "unit: calendar_day", "unit: date 02-30", "/unit"),
        ("DL28", "unit: calendar_day", "unit: set_by_order", "/value"),
        ("DL28", "roll: true", 'roll: "true"', "/roll"),
        ("DL28", "nature: statutory", "nature: lawful", "/nature"),
        ("DL28", "id: DL28", "id: DL29", "/id"),
        ("DL28", "id: DL28", "id: decision", "/id"),
        ("DL28", "restricts_rights: false", "restricts_rights: true", "/roll"),
        ("DL28", 'mark: "V[S01] 90 d', 'mark: "PRACTICE', "/nature"),
        ("DL28", "stage: null", "stage: null\nyellow_before: few", "/yellow_before"),
        ("DL28", "stage: null", "stage: null\nfollows: DL20", "/follows"),
        ("DL28", "stage: null", "stage: null\ncolour: red", "/colour"),
        ("DL28", "zh: ", "zh: 甲\nzh: ", "/zh"),
        ("DL28.extended", "of: DL28", "of: DL27", "/of"),
        ("DL28.extended", "of: DL28", "of: null", "/adds"),
    ],
)
def test_a_wrong_term_file_is_refused_with_file_and_field(with_changed, id, old, new, field):
    root = with_changed(id, old, new)
    with pytest.raises(DataFault) as caught:
        load_terms(root)
    assert caught.value.field == field
    assert caught.value.file.endswith(f"{id}.yaml") and caught.value.remedy


def test_a_new_deadline_is_one_file(with_changed):
    root = with_changed("DL28", "stage: null", "stage: null\nyellow_before: 5")
    assert load_terms(root)["DL28"].yellow_before == 5
    text = (FOLDER / "DL30.yaml").read_text(encoding="utf-8").replace("id: DL30", "id: DL97")
    (root / "sets" / "national" / "terms" / "DL97.yaml").write_text(text, encoding="utf-8")
    assert load_terms(root)["DL97"].value == 15
