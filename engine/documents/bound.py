"""A template with everything that it takes from what all papers share: what is kept of it once a paper is issued."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from engine.core.audit import canonical
from engine.documents.template import (
    HOUSE,
    FieldDeclaration,
    HouseRules,
    Style,
    Template,
    load_house,
    load_template,
    names_in,
)

Choices = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Bound:
    """One template that needs no file any more; two of the same digest make the same papers."""

    template: Template
    style: Style
    choices: Choices
    declared: dict[str, FieldDeclaration]

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The declared fields that it prints or asks about, in reading order."""
        return tuple(self.declared)

    @cached_property
    def text(self) -> str:
        """The whole as canonical JSON."""
        parts: dict[str, Any] = {
            "template": _plain(self.template),
            "style": _plain(self.style),
            "choices": self.choices,
            "fields": [[name, _plain(one)] for name, one in self.declared.items()],
        }
        return canonical(parts)

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the text."""
        return "sha256:" + hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every template of a folder by kind, and what they share."""

    rules: HouseRules
    by_kind: dict[str, Bound]


def load_shelf(folder: Path) -> Shelf:
    """The folder as it is now.

    A template that says something unknown raises TemplateFault, DataFault or a ValidationError.
    """
    rules = load_house(folder)
    files = [path for path in sorted(folder.glob("*.yaml")) if path.name != HOUSE]
    return Shelf(rules, {path.stem: bound(load_template(path, rules), rules) for path in files})


def bound(template: Template, house: HouseRules) -> Bound:
    """The template with the style, the choices and those fields of the house that it names."""
    named = dict.fromkeys(name for name, _, _ in names_in(template) if name in house.fields)
    fields = {name: house.fields[name] for name in named}
    return Bound(template, house.style, house.choices | template.choices, fields)


def bound_from(text: str) -> Bound:
    """The same from its text."""
    said = orjson.loads(text)
    fields = {name: FieldDeclaration.model_validate(one) for name, one in said["fields"]}
    template, style = Template.model_validate(said["template"]), Style.model_validate(said["style"])
    return Bound(template, style, said["choices"], fields)


def _plain(model: Template | Style | FieldDeclaration) -> Any:
    return model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
