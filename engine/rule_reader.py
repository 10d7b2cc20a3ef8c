"""What readers may know about the use of the rules."""

from __future__ import annotations

from engine.core.commands import Principal
from engine.projections.sources import Sources
from models.database import Database
from models.reading.rule_hits import hits_by_rule
from models.reading.scope import behalf, scope


class RuleReader:
    """Counts of what the reader sees; the criminal referral's part is in none of them."""

    def __init__(self, database: Database, sources: Sources) -> None:
        self._database, self._sources = database, sources

    def hits(self, who: Principal) -> dict[str, int]:
        """Rule id → how many findings that this person sees have it in their present ruling."""
        office = self._sources.office_id
        with self._database.read(behalf(office, who)) as connection:
            return hits_by_rule(connection, scope(office, who))
