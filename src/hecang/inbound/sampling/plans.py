"""Finding the sampling plan of a lot."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hecang.inbound.sampling.tables import CODE_LETTERS, LEVELS, LIMITS, NORMAL, REDUCED, TIGHTENED

Table = Mapping[str, tuple[int, str]]
TABLES: Final[Mapping[str, Table]] = {"normal": NORMAL, "tightened": TIGHTENED, "reduced": REDUCED}
_LIMITS: Final = [Decimal(text) for text in LIMITS]


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """What holds for a lot and one class of defects.

    :param letter: code letter of the plan that is used, after arrows; empty without a table.
    :param size: units to look at, at most the lot.
    :param accept: the lot is accepted with up to so many units bad.
    :param reject: and refused from so many on. Between the two (reduced inspection only) it is accepted, but
        the next lot is inspected normally.
    """

    letter: str
    size: int
    accept: int
    reject: int

    def verdict(self, bad: int) -> bool:
        """Whether a lot with so many bad units in its sample is accepted."""
        return bad < self.reject


def limit_known(aql: Decimal) -> bool:
    """Whether the tables have this limit (0 stands for “not one”)."""
    return aql == 0 or aql in _LIMITS


def limit_tighter(aql: Decimal) -> Decimal | None:
    """The next stricter limit of the tables; ``None`` at the strictest."""
    at = bisect_left(_LIMITS, aql)
    return _LIMITS[at - 1] if at > 0 else None


def code_letter(lot_size: int, level: str) -> str:
    """Table I. Raises ValueError for an unknown level or an empty lot."""
    if lot_size < 1:
        raise ValueError("a lot has at least one unit")
    column = LEVELS.index(level)
    letters = next(row for largest, row in CODE_LETTERS if largest is None or lot_size <= largest)
    return letters[column]


def plan_for(lot_size: int, *, level: str, aql: Decimal, severity: str) -> SamplingPlan:
    """The single sampling plan of a lot. A sample as large as the lot means every unit.

    :param aql: one of the limits of the tables, or 0: then the sample is that of the code letter and not one
        unit may be bad.
    :param severity: ``normal``, ``tightened`` or ``reduced``.
    :raises ValueError: a limit that the tables do not have.
    """
    letter = code_letter(lot_size, level)
    table = TABLES[severity]
    if aql == 0:
        return SamplingPlan(letter, min(table[letter][0], lot_size), 0, 1)
    column = _LIMITS.index(aql)
    found = _followed(table, letter, column)
    size, entries = table[found]
    accept, reject = _numbers(entries.split()[column])
    return SamplingPlan(found, min(size, lot_size), accept, reject)


def whole(lot_size: int) -> SamplingPlan:
    """Every unit is looked at: bad ones are sorted out, the lot itself is never refused for them."""
    return SamplingPlan("", lot_size, lot_size, lot_size + 1)


def fixed(lot_size: int, size: int) -> SamplingPlan:
    """A fixed number of units, none of which may be bad."""
    return SamplingPlan("", min(size, lot_size), 0, 1)


def _followed(table: Table, letter: str, column: int) -> str:
    """Where the arrows lead. They never lead in a circle: a plan lies at the end of each column's arrows."""
    letters = list(table)
    at = letters.index(letter)
    for _step in letters:
        entry = table[letters[at]][1].split()[column]
        if entry not in "v^":
            break
        at += 1 if entry == "v" else -1
    return letters[at]


def _numbers(entry: str) -> tuple[int, int]:
    accept, _slash, reject = entry.partition("/")
    return int(accept), int(reject) if reject else int(accept) + 1
