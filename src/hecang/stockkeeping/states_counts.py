"""The life of counts, their places and their lines: three tables, drawn in ``docs/reference/stockkeeping-counts.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from hecang.kernel.errors import StateConflict
from hecang.stockkeeping.models import CountLineState as Line
from hecang.stockkeeping.models import CountPlaceState as Place
from hecang.stockkeeping.models import CountState as Count

Transitions = Mapping[str, frozenset[str]]

COUNT: Final[Transitions] = {
    Count.DRAFT: frozenset({Count.OPEN, Count.CANCELLED}),
    Count.OPEN: frozenset({Count.COUNTED, Count.CLOSED, Count.CANCELLED}),
    # A place that is sent back for another reading opens the count again.
    Count.COUNTED: frozenset({Count.OPEN, Count.CLOSED}),
    Count.CLOSED: frozenset(),
    Count.CANCELLED: frozenset(),
}

PLACE: Final[Transitions] = {
    Place.OPEN: frozenset({Place.COUNTING, Place.DONE, Place.SKIPPED, Place.CANCELLED}),
    Place.COUNTING: frozenset({Place.OPEN, Place.DONE, Place.SKIPPED, Place.CANCELLED}),
    # Round and round: another person counts again.
    Place.DONE: frozenset({Place.OPEN}),
    Place.SKIPPED: frozenset({Place.OPEN}),
    Place.CANCELLED: frozenset(),
}

LINE: Final[Transitions] = {
    Line.RECOUNT: frozenset({Line.MATCHED, Line.RECOUNT, Line.APPROVE, Line.ACCEPTED, Line.DISMISSED}),
    Line.APPROVE: frozenset({Line.ACCEPTED, Line.RECOUNT, Line.DISMISSED}),
    Line.ACCEPTED: frozenset({Line.POSTED, Line.BLOCKED, Line.SUPERSEDED, Line.RECOUNT, Line.DISMISSED}),
    Line.BLOCKED: frozenset({Line.POSTED, Line.SUPERSEDED, Line.RECOUNT, Line.DISMISSED}),
    Line.MATCHED: frozenset({Line.RECOUNT, Line.APPROVE, Line.ACCEPTED}),
    Line.POSTED: frozenset(),
    Line.DISMISSED: frozenset(),
    Line.SUPERSEDED: frozenset(),
}

TABLES: Final[Mapping[str, Transitions]] = {"count": COUNT, "place": PLACE, "line": LINE}

#: Somebody still has to do something about the line.
UNDECIDED: Final = frozenset({Line.RECOUNT.value, Line.APPROVE.value})
#: Something is still to be written into the books.
UNPOSTED: Final = frozenset({Line.ACCEPTED.value, Line.BLOCKED.value})


def may(entity: str, source: str, target: str) -> bool:
    """Whether the table of ``entity`` has this step."""
    return target in TABLES[entity].get(source, frozenset())


def require(entity: str, source: str, target: str, *, what: str) -> None:
    """Raise :class:`StateConflict` unless the table of ``entity`` has this step."""
    if not may(entity, source, target):
        raise StateConflict(
            _("%(what)s is %(source)s and cannot become %(target)s. Reload to see what can be done with it.")
            % {"what": what, "source": source, "target": target},
            data={"entity": entity, "number": what, "state": source, "wanted": target},
        )


def mermaid(entity: str) -> str:
    """The table of an entity as a Mermaid state diagram, as the docs show it."""
    table = TABLES[entity]
    starts = {"line": [Line.MATCHED, Line.RECOUNT, Line.APPROVE, Line.ACCEPTED]}.get(
        entity, [next(iter(table))]
    )
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f"    [*] --> {state}" for state in map(str, table) if state in starts]
    for source, following in table.items():
        lines += [f"    {source} --> {target}" for target in map(str, table) if target in following]
    lines += [f"    {state} --> [*]" for state, following in table.items() if not following]
    return "\n".join(lines)
