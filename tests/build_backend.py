"""How Bihuan is installed: editable, from its checkout; a wheel or source archive is refused."""

from typing import NoReturn

from setuptools.build_meta import build_editable, get_requires_for_build_editable

__all__ = ["build_editable", "build_sdist", "build_wheel", "get_requires_for_build_editable"]

REFUSAL = (
    "Bihuan is never built as a wheel or source archive: its packages have generic names and its rules, "
    "charts and templates are read from the checkout. Clone it and run ./dev run."
)


def build_wheel(*_: object, **__: object) -> NoReturn:
    """Never returns: no wheel exists."""
    raise SystemExit(REFUSAL)


def build_sdist(*_: object, **__: object) -> NoReturn:
    """Never returns: no source archive exists."""
    raise SystemExit(REFUSAL)
