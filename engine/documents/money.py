"""Sums of money, kept in fen, as a Chinese paper writes them: in figures, and in numerals nobody can alter."""

NUMERALS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
LARGEST = 10**18


def _fen(value: object) -> int | None:
    """The sum, or nothing where it is none that can be written."""
    right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST
    return value if right else None  # type: ignore[return-value]  # what is right is an int


def in_yuan(value: object) -> str:
    """The sum as 15000元 or 15000.50元; nothing where it is no sum."""
    fen = _fen(value)
    if fen is None:
        return ""
    yuan, rest = divmod(fen, 100)
    return f"{yuan}.{rest:02d}元" if rest else f"{yuan}元"


def in_capitals(value: object) -> str:
    """The sum as 壹万伍仟元整 or 壹万伍仟元伍角整; nothing where it is no sum."""
    fen = _fen(value)
    if fen is None:
        return ""
    yuan, rest = divmod(fen, 100)
    jiao, single = divmod(rest, 10)
    written = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        written += f"{NUMERALS[jiao]}角"
    elif single and yuan:
        written += "零"
    return written + (f"{NUMERALS[single]}分" if single else "整")


def _whole(number: int) -> str:
    """A whole number in groups of four digits, a 零 wherever digits are passed over."""
    if number == 0:
        return NUMERALS[0]
    written, gap = "", False
    for group in range(len(GROUPS) - 1, -1, -1):
        four = number // 10000**group % 10000
        if four == 0:
            gap = bool(written)
            continue
        if written and (gap or four < 1000):
            written += NUMERALS[0]
        written += _four(four) + GROUPS[group]
        gap = False
    return written


def _four(number: int) -> str:
    written, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(written)
            continue
        written += (NUMERALS[0] if gap else "") + NUMERALS[digit] + PLACES[place]
        gap = False
    return written
