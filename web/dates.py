"""Dates and times as an office writes them: 2024年5月13日 in Chinese, 2024-05-13 in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from engine.reminder_words import shown_end
from web.fields import CIVIL

ISO_DAY = re.compile(r"(?<![0-9-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9T-])")
DAY_LENGTH = len("2024-05-13")


def day(value: Any, language: str) -> str:
    """A civil date, or the civil day of an instant."""
    return _said(_iso(value)[:DAY_LENGTH], language)


def instant(value: Any, language: str) -> str:
    """An instant to the minute in Asia/Shanghai; a civil date as it is."""
    return _said(_iso(value), language)


def end(value: datetime, language: str) -> str:
    """The last day of a term that ends at this instant; one that ends within a day, to the minute."""
    return _said(shown_end(value), language)


def spoken(sentence: str, language: str) -> str:
    """A sentence of the house, never what somebody typed, with its dates in that language."""
    return ISO_DAY.sub(lambda found: _said(found[0], language), sentence)


def filters_in(language: str) -> Mapping[str, Callable[[Any], str]]:
    """What templates of one language write dates with."""
    written = (("day", day), ("instant", instant), ("end", end), ("spoken", spoken))
    return {name: partial(one, language=language) for name, one in written}


def _iso(value: Any) -> str:
    if not value:
        return ""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and len(value) == DAY_LENGTH:
        return value
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(CIVIL).strftime("%Y-%m-%d %H:%M")


def _said(iso: str, language: str) -> str:
    if language != "zh" or not iso:
        return iso
    year, month, of_month = iso[:DAY_LENGTH].split("-")
    return f"{year}年{int(month)}月{int(of_month)}日{iso[DAY_LENGTH:]}"
