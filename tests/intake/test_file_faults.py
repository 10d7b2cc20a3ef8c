"""A file that cannot be read is refused with a plain sentence, before anything is taken."""

import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.intake import FileRefused, excel
from engine.intake.tables import read_table

COLUMNS = {"no": ("编号", "no"), "name": ("名称",), "day": ("日期",)}
HEAD = "编号,名称,日期\n"


def read(path: Path, **options: object) -> list[tuple[int, dict[str, object], list[str]]]:
    table = read_table(path, COLUMNS, frozenset(["day"]), **options)  # type: ignore[arg-type]  # options of the call
    return [(line.number, dict(line.cells), [fault.code for fault in line.faults]) for line in table.lines]


def refused(path: Path, **options: object) -> FileRefused:
    with pytest.raises(FileRefused) as told:
        read(path, **options)
    assert told.value.zh
    assert told.value.en
    assert "{" not in told.value.zh + told.value.en
    return told.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n\n", "header_missing"),
        ("甲,乙\n1,2\n".encode(), "header_missing"),
        ("编号,名称,编号\n1,2,3\n".encode(), "header_repeated"),
        ("编号,名称,no\n1,2,3\n".encode(), "header_repeated"),
        (HEAD.encode() + b'1,"open', "quote_open"),
        (HEAD.encode() + b'1,"shut"again,2024\n', "quote_open"),
        (HEAD.encode() + b"1," + b"x" * 200_000 + b",\n", "quote_open"),
        (HEAD.encode() + b"1," + b"\xff\xfe\x00,\n", "encoding_unknown"),
        (HEAD.encode() + "1,滏香火锅店与前进西街".encode()[:-1] + b"\n", "encoding_unknown"),
        ("编号\t名称\n1\t2\n".encode("utf-16"), "encoding_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
        (b"PK\x03\x04 and no more", "not_a_workbook"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "encoding_unknown"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert refused(path).code == code


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.csv").code == "file_unreadable"
    assert refused(tmp_path).code == "file_unreadable"


def test_an_unknown_heading_is_refused_where_the_mapping_says_so(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("编号,名称,说明\n1,甲,乙\n", "utf-8")
    assert read(path)[0][1] == {"no": "1", "name": "甲"}
    fault = refused(path, refuse_extra=True)
    assert (fault.code, "说明" in fault.zh) == ("header_unknown", True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_keeps_quoted_newlines_and_physical_line_numbers(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(
        '标题\r\n\r\n编号*,名称（必填）,日期\r\n007,"两\r\n行",\r\n\r\n  ,,\r\n8,"=1+1",x\r\n'.encode(
            encoding
        )
    )
    assert read(path) == [
        (4, {"no": "007", "name": "两\r\n行"}, []),
        (8, {"no": "8", "name": "=1+1", "day": "x"}, []),
    ]


def test_a_bad_row_is_marked_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(HEAD.encode() + b"1,a\0b,\n2,c,,,more\n3\n4,d,\n")
    assert [(number, faults) for number, _, faults in read(path)] == [
        (2, ["control_character"]),
        (3, ["too_many_cells"]),
        (4, ["too_few_cells"]),
        (5, []),
    ]


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(HEAD.encode() + b"1,a,\n" * 200_000)
    assert len(read(path)) == 200_000
    path.write_bytes(HEAD.encode() + b"1,a,\n" * 200_001)
    assert refused(path).code == "too_many_rows"


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    assert refused(path).code == "file_too_large"


def test_a_workbook_keeps_zeros_dates_and_formulas_as_they_stand(workbook: Callable[..., Path]) -> None:
    path = workbook(
        [
            ["某某局检查台账"],
            ["编号", "名称", "日期"],
            ["007", "=1+1", datetime(2024, 4, 26, 10, 5)],
            [7.0, 1.5, "2024-04-26"],
            [None, None, None],
            [140981000000001234, "x", None],
        ]
    )
    assert read(path) == [
        (3, {"no": "007", "name": "=1+1", "day": datetime(2024, 4, 26, 10, 5)}, []),
        (4, {"no": "7", "name": "1.5", "day": "2024-04-26"}, []),
        (6, {"no": "140981000000001200", "name": "x"}, ["long_number"]),
    ]


def test_a_missing_sheet_is_refused_with_the_sheets_there_are(workbook: Callable[..., Path]) -> None:
    fault = refused(workbook([["编号", "名称"]], sheet="表一"), sheet="检查与问题")
    assert (fault.code, "表一" in fault.zh) == ("sheet_missing", True)


def with_entry(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def with_cell(path: Path, reference: str) -> Path:
    """Rewrite the first cell of the sheet to stand somewhere else."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'r="B2"', f'r="{reference}"'.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def lying(path: Path, name: str, claimed: int) -> Path:
    """Make the directory of the archive claim another unpacked size of a part."""
    content = bytearray(path.read_bytes())
    entry = content.rindex(name.encode()) - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    struct.pack_into("<I", content, entry + 24, claimed)
    path.write_bytes(content)
    return path


def test_macros_are_refused(workbook: Callable[..., Path]) -> None:
    path = with_entry(workbook([["编号", "名称"], ["1", "a"]]), "xl/vbaProject.bin", b"macro")
    assert refused(path).code == "macro_workbook"


def test_another_archive_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refused(path).code == "not_a_workbook"


@pytest.mark.parametrize("claimed", [None, 10])
def test_a_workbook_that_swells_is_refused_whatever_it_claims(
    workbook: Callable[..., Path], claimed: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "LARGEST_UNPACKED", 4)
    path = with_entry(workbook([["编号", "名称"], ["1", "a"]]), "xl/media/zeros.bin", b"\0" * (5 << 20))
    assert path.stat().st_size < 50_000
    if claimed is not None:
        lying(path, "xl/media/zeros.bin", claimed)
    assert refused(path).code == "workbook_swells"


@pytest.mark.parametrize(("cell", "code"), [("ZZZ2", "too_many_columns"), ("B1048576", "too_many_rows")])
def test_a_far_away_cell_does_not_cost_memory(workbook: Callable[..., Path], cell: str, code: str) -> None:
    path = with_cell(workbook([["编号", "名称"], ["1", "a"]]), cell)
    assert refused(path).code == code


def test_a_broken_part_of_a_workbook_is_refused(workbook: Callable[..., Path]) -> None:
    path = workbook([["编号", "名称"], ["1", "a"]])
    content = path.read_bytes()
    for cut in (len(content) // 2, len(content) - 30):
        path.write_bytes(content[:cut])
        assert refused(path).code == "not_a_workbook"
    path.write_bytes(content.replace(content[60:90], b"\xff" * 30, 1))
    assert refused(path).code == "not_a_workbook"


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=200).map(lambda tail: HEAD.encode() + tail)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        rows = read(path)
    except FileRefused as fault:
        assert fault.zh
    else:
        numbers = [number for number, _, _ in rows]
        assert numbers == sorted(set(numbers))


@pytest.fixture
def whole(workbook: Callable[..., Path]) -> bytes:
    """A workbook with two rows; it says when it was made, so that each second would make another one."""
    path = workbook([["编号", "名称", "日期"], ["1", "甲", datetime(2024, 4, 26)], ["2", "乙", None]])
    return path.read_bytes()


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_a_damaged_workbook_is_read_or_refused(whole: bytes, tmp_path: Path, data: st.DataObject) -> None:
    path, content = tmp_path / "damaged.xlsx", bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        rows = read(path)
    except FileRefused as fault:
        assert fault.zh
    else:
        assert len(rows) <= 2
