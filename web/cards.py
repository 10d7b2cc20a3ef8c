"""A form on a page: what is offered, what stands in its inputs, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.core.basis import spoken, spoken_in_english
from engine.drafts import Kept, confidential
from web.commanding import fresh_key
from web.fields import Choice, Field, Typed, person_label
from web.forms import StepForm
from web.glossary import term_for
from web.prefill import prefilled
from web.problems import Told
from web.records import Folder
from web.steps import Offer, act_book


@dataclass(frozen=True, slots=True)
class Card:
    """An act as a form: its inputs with what is typed, and the hidden values that go with it."""

    title: str
    triggers: str
    chart: str
    proceeding: str
    action: str
    back: str
    form: StepForm
    typed: Typed
    version: int
    idempotency_key: str
    first: bool
    titles: Sequence[str]
    basis: str
    mark: str
    carried: frozenset[str]
    """Names of inputs that started with what was stated before."""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    draft: str = ""
    """Under which name the browser keeps what is typed; empty for what must not stay on the machine."""
    place: str = ""
    """The path of the record, under which forms are checked and drafts kept."""
    checked: bool = False
    """True where the answers are shown again before the act, because it cannot be undone."""
    kept: Kept | None = None
    term: str = ""
    """The term that explains the act; empty where none does."""
    """The draft that stands in the inputs."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells one card of a page from another."""
        return self.triggers, self.proceeding

    @property
    def name(self) -> str:
        """A name for ids of the page."""
        return "-".join(["step", *self.triggers.split(), self.proceeding[-12:]]).strip("-")

    @property
    def to_fill(self) -> list[Field]:
        """The inputs that nobody filled in before."""
        return [one for one in self.form.fields if one.name not in self.carried]

    @property
    def filled(self) -> list[Field]:
        """The inputs that hold what is known already."""
        return [one for one in self.form.fields if one.name in self.carried]

    @property
    def focus(self) -> str:
        """The first input that was wrong."""
        return next((one.input_name for one in self.form.all if self.wrong(one)), "")

    @property
    def loose(self) -> list[str]:
        """What was wrong without belonging to any input."""
        names = [one.name for one in self.form.all]
        return [
            f"{name} {sentence}".strip()
            for name, told in self.errors.items()
            if not any(name == one or name.startswith(one + ".") for one in names)
            for sentence in told
        ]

    def wrong(self, one: Field) -> list[str]:
        """What is wrong with an input, its members included."""
        return wrong_in(self.errors, one)

    def people(self, one: Field) -> list[Choice]:
        """Who may be ticked: the department's people, and who stands in the input without being one of them."""
        return with_others(one, self.typed)


def wrong_in(errors: Mapping[str, Sequence[str]], one: Field) -> list[str]:
    """What is wrong with an input, its members included."""
    return [
        said
        for name, told in errors.items()
        if name == one.name or name.startswith(one.name + ".")
        for said in told
    ]


def with_others(one: Field, typed: Typed) -> list[Choice]:
    """The choices of an input of persons, and those in it who are not among them."""
    known = {choice.code for choice in one.choices}
    others = [token for token in typed.all(one.name) if token and token not in known]
    return [*one.choices, *(Choice(token, person_label(token)) for token in others)]


def standing_first(
    cards: Sequence[Card], again: Card | None, wanted: tuple[str, str]
) -> tuple[Card | None, list[Card]]:
    """The one big next step and the others: the form that was refused, else the one asked for, else the suggested one."""
    others = [one for one in cards if again is None or one.key != again.key]
    first = again or next((one for one in others if wanted[0] and one.key == wanted), None)
    first = first or next((one for one in others if one.first), None)
    return first, [one for one in others if one is not first]


def card(folder: Folder, offer: Offer, subject: str = "finding") -> Card:
    """The form of an act with what is known already."""
    form = folder.maker.of(offer)
    return _card(folder, offer, subject, form, None, fresh_key(), {})


def refused_card(folder: Folder, offer: Offer, typed: Typed, said: Told, subject: str = "finding") -> Card:
    """The form again as it was typed, with what was wrong; a used-up key is replaced."""
    form = folder.maker.of(offer)
    key = typed.first("idempotency_key")
    if said.code in ("key_reused", "key_missing") or not key:
        key = fresh_key()
    return _card(folder, offer, subject, form, typed, key, said.errors)


def typed_card(folder: Folder, offer: Offer, typed: Typed, subject: str) -> Card:
    """The form as it was typed, to be changed before it is sent."""
    return _card(folder, offer, subject, folder.maker.of(offer), typed, fresh_key(), {})


def _card(
    folder: Folder,
    offer: Offer,
    subject: str,
    form: StepForm,
    typed: Typed | None,
    key: str,
    errors: Mapping[str, Sequence[str]],
) -> Card:
    words = folder.asking.words
    known = prefilled(form, offer, folder.known)
    record = folder.record(subject)
    place = f"/{subject}s/{record['id']}"
    action = f"{place}/steps"
    kept = (
        folder.drafts.get((record["id"], offer.triggers, offer.proceeding or "")) if typed is None else None
    )
    row = offer.steps[0].row
    return Card(
        title=words.of(offer),
        triggers=offer.triggers,
        chart=offer.chart,
        proceeding=offer.proceeding or "",
        action=action,
        back=folder.home,
        form=form,
        typed=_standing(known, typed, kept),
        version=record["version"],
        idempotency_key=key,
        first=offer.first,
        titles=[words.of(step.row) for step in offer.steps],
        basis=spoken(row.basis) if words.language == "zh" else spoken_in_english(row.basis),
        mark=row.mark,
        carried=frozenset(one.name for one in form.fields if one.input_name in known),
        errors=errors,
        draft=""
        if any(confidential(step.row) for step in offer.steps)
        else f"{action} {offer.triggers} {offer.proceeding or ''}",
        place=place,
        checked=any(act_book().is_checked(step.row.chart, step.row.trigger) for step in offer.steps),
        kept=kept,
        term=term_for(offer.chart, offer.zh),
    )


def _standing(known: Typed, typed: Typed | None, kept: Kept | None) -> Typed:
    """What stands in the inputs: what was sent just now, else the draft, else what is known."""
    if typed is not None:
        return typed
    return known if kept is None else Typed({name: list(values) for name, values in kept.typed.items()})
