"""A legal basis as title, article and mark, and as officers read it; nothing is added to what the data say."""

from __future__ import annotations

import re

ARTICLE = re.compile(r"^(?P<title>[^;]*?)[\s(（]*Art (?P<article>[0-9][0-9()+,–\- ]*)")
DIGITS = "零一二三四五六七八九"
NO_ARTICLE = "未列条号"
NO_RULE = "no national rule"


PLAN = "原双随机办〔2024〕1号"
INTERNAL, INTERNAL_EN = "内部办理要求", "internal requirement"
INTERNAL_SOURCES = ("DOMAIN", "DESIGN")


def basis_of(text: str, mark: str) -> dict[str, str] | None:
    """{"title", "article", "mark", "text"}; None where the data say that no rule sets it."""
    if not text.strip("- ") or text.startswith(NO_RULE):
        return None
    if text.startswith("SEED"):
        article = text.split(";")[0].removeprefix("SEED").strip() or NO_ARTICLE
        return {"title": PLAN, "article": article, "mark": mark.split(";")[0].strip(), "text": text}
    first_mark = mark.split(";")[0].strip()
    said = {"mark": first_mark, "text": text}
    named = ARTICLE.match(text)
    if named is None or not named["title"].strip():
        return {"title": text.split(";")[0].strip()[:200], "article": NO_ARTICLE, **said}
    return {"title": named["title"].strip(), "article": _article(named["article"]), **said}


def spoken(text: str) -> str:
    """The basis in Chinese, part by part; house documents are called what they are, internal requirements."""
    parts = [_spoken_part(part.strip()) for part in text.split(";")]
    return "；".join(dict.fromkeys(part for part in parts if part)) or INTERNAL


def spoken_in_english(text: str) -> str:
    """The basis as the data cite it; house documents are called what they are, internal requirements."""
    parts = [part.strip() for part in text.split(";")]
    told = [INTERNAL_EN if _spoken_part(part) == INTERNAL else _named(part) for part in parts if part]
    return "; ".join(dict.fromkeys(told)) or INTERNAL_EN


def _named(part: str) -> str:
    return _spoken_part(part) if part.startswith("SEED") else part


def _spoken_part(part: str) -> str:
    if part.startswith("SEED"):
        return PLAN + part.removeprefix("SEED").strip()
    if part.startswith((*INTERNAL_SOURCES, NO_RULE)):
        return INTERNAL
    named = ARTICLE.match(part)
    if named is None or not named["title"].strip():
        return part
    return f"《{named['title'].strip()}》{_article(named['article'])}"


def _article(listed: str) -> str:
    """The article as officers cite it: a plain number in Chinese numerals, a list with its digits."""
    listed = listed.strip(" ,-–(+")
    return f"第{_numeral(int(listed))}条" if listed.isdigit() and int(listed) < 1000 else f"第{listed}条"


def _numeral(number: int) -> str:
    """A number from 1 to 999 in Chinese numerals."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += DIGITS[0]
    return text + (DIGITS[ones] if ones else "")
