"""The room of inbound matters: everything that takes them in, deals with them, counts and shows them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.callers import Callers
from engine.cursor import Cursors
from engine.desk import Desk
from engine.incoming.accepting import Accepting
from engine.incoming.arriving import Arriving
from engine.incoming.bell import IncomingBell
from engine.incoming.clocks import Clocks
from engine.incoming.dealing import Dealing
from engine.incoming.entering import Entering
from engine.incoming.following import Following
from engine.incoming.keeping import Keeping
from engine.incoming.reader import IncomingReader
from engine.incoming.sight import Sight
from rules.incoming import check_incoming_terms, load_incoming


@dataclass(frozen=True, slots=True)
class IncomingRoom:
    """What the house knows of inbound matters."""

    arriving: Arriving
    dealing: Dealing
    reader: IncomingReader
    bell: IncomingBell


def open_incoming(desk: Desk, callers: Callers, cursors: Cursors) -> IncomingRoom:
    """The room of the house with that desk, whose findings from now on tell the matters that they came from."""
    book = load_incoming()
    check_incoming_terms(book, desk.law.terms)
    sight = Sight(desk, book)
    keeping = Keeping(desk, book, Clocks(desk.office.office_id, desk.law))
    following = Following(keeping)
    desk.after_step = following.after(desk.after_step)
    return IncomingRoom(
        arriving=Arriving(desk, book, callers, keeping),
        dealing=Dealing(desk, book, sight, keeping, Entering(desk, book, keeping), Accepting(desk, book)),
        reader=IncomingReader(desk, book, sight, desk.clock, cursors),
        bell=IncomingBell(keeping, following),
    )
