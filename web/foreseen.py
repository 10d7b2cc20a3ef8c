"""What a form means whose steps are not open any more, so that the desk can say why."""

from __future__ import annotations

from engine.core.chart import Charts
from web.steps import OPENS, PlannedStep


def foreseen(
    triggers: str, proceeding: str | None, kind: str | None, charts: Charts
) -> tuple[PlannedStep, ...]:
    """The steps that a list of triggers means whatever the state, for the desk to refuse; empty where one is unknown.

    `kind` is the chart of the proceeding; a step on a proceeding that the act itself opens follows its opening.
    """
    planned: list[PlannedStep] = []
    opened: tuple[str, str] | None = None
    stray = proceeding if proceeding is not None and kind is None else None
    for trigger in triggers.split():
        places = [*([opened] if opened else []), *([(kind, proceeding)] if kind else []), ("finding", stray)]
        found = next((place for place in places if trigger in charts[str(place[0])].triggers), None)
        if found is None:
            return ()
        row = charts[str(found[0])].any_row(trigger)
        for effect in row.effects:
            if effect.startswith(OPENS) and effect.removeprefix(OPENS) in charts:
                opened = (effect.removeprefix(OPENS), f"@{len(planned)}")
        planned.append(PlannedStep(row, found[1]))
    return tuple(planned)
