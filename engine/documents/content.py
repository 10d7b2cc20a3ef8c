"""Reading what a paper is told: every declared field as clean words, or nothing where it is unknown."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.documents.template import FieldDeclaration

CIVIL_ZONE = ZoneInfo("Asia/Shanghai")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
ENTRY_MARK = re.compile(
    r"^\s*(?:\d{1,2}[.、．)）](?!\d)|[(（]\s*[\d一二三四五六七八九十]{1,3}\s*[)）]|[一二三四五六七八九十]{1,3}、)\s*"
)
SENTENCE_ENDS = "。！？…；!?;"
KEPT_FORMAT = "\u200c\u200d"
"""Joiners carry meaning within a word; every other format character, direction switches above all, goes."""


def clean(text: str) -> str:
    """The text without control characters, direction switches, lone surrogates and noncharacters."""
    lines = LINE_ENDS.sub("\n", text).replace("\t", " ")
    return "".join(character for character in lines if _kept(character)).strip()


def _kept(character: str) -> bool:
    if character == "\n" or character in KEPT_FORMAT:
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs") and ord(character) & 0xFFFE != 0xFFFE


def words(value: object) -> str:
    """The value as one clean text: words, numbers, dates, names, legal bases, or several of these."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | int | float):
        return clean(str(value))
    if isinstance(value, Mapping):
        return basis(value) if "article" in value else words(value.get("name"))
    if isinstance(value, Sequence):
        return "；".join(filter(None, map(words, value)))
    return ""


def basis(value: Mapping[str, object]) -> str:
    """A legal basis as 《law》（order no.）article; one whose mark is not V or V2 says 待核."""
    title, _, order = words(value.get("title")).partition("（")
    verified = words(value.get("mark")).startswith("V")
    return f"《{title}》{order and '（' + order}{words(value.get('article'))}{'' if verified else '（待核）'}"


def civil(value: object) -> date | datetime | None:
    """The value as a date or as a time in Shanghai, or nothing where it is neither."""
    if isinstance(value, str):
        try:
            text = value.strip()
            value = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(CIVIL_ZONE) if value.tzinfo else value
    return value if isinstance(value, date) else None


def entries(value: object) -> list[str]:
    """The entries of a list, or of a text with one entry a line; numbers written before them are dropped."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        found = [words(one) for one in value]
    else:
        found = words(value).split("\n")
    return [bare for one in found if (bare := ENTRY_MARK.sub("", one).strip())]


def codes(value: object) -> list[str]:
    """The codes of a coded fact, which holds one or several."""
    held = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return [code for one in held if (code := words(one))]


@dataclass(frozen=True, slots=True)
class Content:
    """What is known for a paper: `told` as the desk assembled it, `row` the member a grid row stands for."""

    told: Mapping[str, object]
    fields: Mapping[str, FieldDeclaration]
    row: Mapping[str, object] = field(default_factory=dict)

    def raw(self, name: str) -> object:
        """The value of a field as it was told, None where it is unknown."""
        if name in self.row or name == "each" or name.startswith("each."):
            return self.row.get(name)
        declared = self.fields[name]
        for path in declared.source or (name,):
            value = self._at(path)
            if value is not None and value != "" and value != [] and value != {}:
                return value
        return None

    def _at(self, path: str) -> object:
        value: object = self.told
        for step in path.split("."):
            if not isinstance(value, Mapping):
                return None
            value = value.get(step)
        return value

    def members(self, name: str) -> list["Content"]:
        """One content for each member of a list field, in order."""
        declared, value = self.fields[name], self.raw(name)
        if declared.written == "rows":
            listed = value if isinstance(value, Sequence) and not isinstance(value, str) else []
            rows = [one if isinstance(one, Mapping) else {declared.members[0]: one} for one in listed]
        elif declared.written == "code":
            rows = [{"": code, "zh": self.label(name, code)} for code in codes(value)]
        else:
            rows = [{"": one} for one in entries(value)]
        return [self._member(number, row) for number, row in enumerate(rows, start=1)]

    def empty_member(self, number: int) -> "Content":
        """The content of a row that stands there to be filled in by hand."""
        return self._member(number, {})

    def _member(self, number: int, row: Mapping[str, object]) -> "Content":
        named = {f"each.{name}" if name else "each": value for name, value in row.items()}
        return Content(self.told, self.fields, {"each": None, **named, "each.number": number})

    def label(self, name: str, code: str) -> str:
        """The Chinese name of a code of that field as the desk told it, or the code itself."""
        labels = self.told.get("labels")
        for path in self.fields[name].source or (name,):
            named = labels.get(path.rpartition(".")[2]) if isinstance(labels, Mapping) else None
            if isinstance(named, Mapping) and words(named.get(code)):
                return words(named.get(code))
        return code
