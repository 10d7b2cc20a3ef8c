"""Writing values as a Chinese paper does: long dates, tick boxes, blanks where something is unknown."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from re import Match

from engine.documents.content import SENTENCE_ENDS, Content, civil, codes, entries, words
from engine.documents.money import in_capitals, in_yuan
from engine.documents.paper import Span, Spans
from engine.documents.template import PLACEHOLDER, FieldDeclaration, Part, Text, conditions, filters_of

MEMBER = FieldDeclaration(zh="", blank=6)
NUMBER_OF_BLANK = 8
Choices = Mapping[str, Mapping[str, str]]


def long_date(value: date) -> str:
    """The date as 2024年4月28日."""
    return f"{value.year}年{value.month}月{value.day}日"


def long_moment(value: date | datetime) -> str:
    """The time as 2024年4月26日10时05分, or the date alone where no time is known."""
    clock = f"{value.hour}时{value.minute:02d}分" if isinstance(value, datetime) else ""
    return long_date(value) + clock


def text_spans(text: str) -> Spans:
    """The text with a line break at each end of line."""
    spans: list[Span] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            spans.append(Span("break"))
        if line:
            spans.append(Span("text", line))
    return tuple(spans)


def blank_spans(declared: FieldDeclaration) -> Spans:
    """The blank to fill in where the field is unknown; a date keeps its 年月日."""
    if declared.written not in ("date", "moment"):
        return (Span("blank", width=declared.blank),)
    parts = [(3, "年"), (2, "月"), (2, "日")] + (
        [(2, "时"), (2, "分")] if declared.written == "moment" else []
    )
    return tuple(span for width, unit in parts for span in (Span("blank", width=width), Span("text", unit)))


class Wording:
    """Turns texts of a template into spans, with the choices that template knows."""

    def __init__(self, choices: Choices) -> None:
        """Afterwards boxes can be drawn for each of the choices."""
        self._choices = choices

    def holds(self, condition: str | None, content: Content) -> bool:
        """True where the condition of a template holds for this content."""
        return condition is None or all(self._holds(one, content) for one in conditions(condition))

    def _holds(self, match: Match[str], content: Content) -> bool:
        value = content.raw(match["name"])
        if match["test"] == "is":
            found = words(value) == match["value"]
        elif match["test"] == "has":
            found = match["value"] in words(value)
        else:
            several = isinstance(value, Sequence) and not isinstance(value, str)
            found = bool(value if several else self._written(match["name"], value, content))
        return found is not bool(match["negated"])

    def spans(self, text: Text, content: Content, *, answer: bool = False) -> Spans:
        """The text with its placeholders filled; an answer cell that is one unknown one stays empty."""
        if isinstance(text, str):
            return self._sentence(text, content, answer)
        chosen = [part for part in text if isinstance(part, str) or self.holds(part.when, content)]
        texts = [part.text if isinstance(part, Part) else part for part in chosen]
        return tuple(span for one in texts for span in self._sentence(one, content, answer))

    def _sentence(self, text: str, content: Content, answer: bool) -> Spans:
        spans: list[Span] = []
        end = 0
        for match in PLACEHOLDER.finditer(text):
            spans += text_spans(text[end : match.start()])
            end = match.end()
            if match[1] == "blank":
                spans.append(Span("blank", width=int(match[3] or NUMBER_OF_BLANK)))
                continue
            alone = answer and match[0] == text
            spans += self._placeholder(match[1], filters_of(match[2]), content, alone)
        return (*spans, *text_spans(text[end:]))

    def _placeholder(
        self, name: str, filters: Sequence[tuple[str, str]], content: Content, alone: bool
    ) -> Sequence[Span]:
        value = content.raw(name)
        for filter_name, argument in filters:
            if filter_name == "unless":
                value = None if words(value) == argument else value
            else:
                return self._boxes(argument, value)
        written = self._written(name, value, content)
        if written:
            return text_spans(written)
        return () if alone else blank_spans(content.fields.get(name, MEMBER))

    def _boxes(self, choice: str, value: object) -> Sequence[Span]:
        held = codes(value)
        return [Span("box", zh, ticked=code in held) for code, zh in self._choices[choice].items()]

    def _written(self, name: str, value: object, content: Content) -> str:
        declared = content.fields.get(name, MEMBER)
        if declared.written in ("date", "moment"):
            when = civil(value)
            if when is not None:
                return long_date(when) if declared.written == "date" else long_moment(when)
            return words(value)
        if declared.written == "code":
            return "、".join(self._code(name, code, content) for code in codes(value))
        if declared.written in ("money", "capitals"):
            return in_yuan(value) if declared.written == "money" else in_capitals(value)
        if declared.written == "identifiers":
            return "、".join(self._identifiers(value))
        if declared.written in ("lines", "rows"):
            return "\n".join(entries(value))
        text = words(value)
        if declared.written == "clause":
            return text.rstrip("。；;，, ").removesuffix("的规定").removesuffix("之规定")
        if declared.written == "sentence" and text and text[-1] not in SENTENCE_ENDS:
            return text + "。"
        return text

    def _code(self, name: str, code: str, content: Content) -> str:
        named = self._choices.get(content.fields[name].choice or "", {})
        return named.get(code) or content.label(name, code)

    def _identifiers(self, value: object) -> list[str]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            return [words(value)] if value else []
        found = []
        for one in value:
            scheme = words(one.get("scheme")) if isinstance(one, Mapping) else ""
            number = words(one.get("value") if isinstance(one, Mapping) else one)
            kind = self._choices.get("scheme", {}).get(scheme)
            found += [f"{number}（{kind}）" if kind else number] if number else []
        return found
