"""Numbered units on their way through the books: every entry that carries them names them (ADR 0010).

For the services that write the ledger: :func:`serials_plan` after the stock rows are locked and before they are
changed, :func:`serials_write` when the entries have their ids. Serials are locked last of all, and move only
under the lock of the stock rows that they leave and reach.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.inventory.errors import PostingInvalid
from hecang.inventory.keys import Place, StockRow
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.errors import Problem

_NAMED = """
SELECT s.sku_id, s.number, s.id, s.stock_id
FROM unnest(%s::bigint[], %s::text[]) AS d (sku_id, number) JOIN serial s USING (sku_id, number)
ORDER BY s.id FOR NO KEY UPDATE OF s
"""

# Those that nobody has scanned for anything go first: a claimed one is known to be elsewhere in the hand.
_STANDING = """
SELECT r.id, r.units, s.id, s.number, s.is_claimed
FROM (
    SELECT d.id, d.most, (SELECT count(*) FROM serial c WHERE c.stock_id = d.id) AS units
    FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, most)
) r
CROSS JOIN LATERAL (
    SELECT s.id, s.number, s.claim_id IS NOT NULL AS is_claimed FROM serial s WHERE s.stock_id = r.id
    ORDER BY 3, s.id LIMIT r.most
) s
ORDER BY r.id, s.is_claimed DESC, s.id DESC
"""

_LAST = """
SELECT DISTINCT ON (x.serial_id) x.serial_id, l.kind
FROM movement_serial x JOIN movement m ON m.id = x.movement_id JOIN location l ON l.id = m.to_location_id
WHERE x.serial_id = ANY(%s::bigint[]) ORDER BY x.serial_id, x.movement_id DESC
"""

_WHERE = """
SELECT s.id, w.code, l.code, c.code
FROM stock s JOIN location l ON l.id = s.location_id JOIN warehouse w ON w.id = s.warehouse_id
LEFT JOIN container c ON c.id = s.container_id WHERE s.id = ANY(%s::bigint[])
"""

_MAKE = """
INSERT INTO serial (sku_id, number, stock_id, claim_kind, claim_id, created_at)
SELECT d.sku_id, d.number, d.stock_id, '', NULL, %s
FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS d (sku_id, number, stock_id)
ON CONFLICT DO NOTHING RETURNING sku_id, number, id
"""

_PLACE = """
UPDATE serial s SET stock_id = d.stock_id,
    claim_kind = CASE WHEN d.stock_id IS NULL THEN '' ELSE s.claim_kind END,
    claim_id = CASE WHEN d.stock_id IS NULL THEN NULL ELSE s.claim_id END
FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, stock_id) WHERE s.id = d.id
"""

_CARRY = """
INSERT INTO movement_serial (movement_id, serial_id, is_presumed)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[])
"""

_LONGEST = 64


class Carry(NamedTuple):
    """What one ledger entry takes along.

    :param source: where it takes units from; ``None`` outside of the warehouse.
    :param target: where it brings them; ``None`` outside.
    :param named: numbers, none or as many as ``quantity``.
    :param from_kind: kind of the virtual location that it comes from.
    """

    sku_id: int
    quantity: int
    source: Place | None
    target: Place | None
    named: tuple[str, ...] = ()
    from_kind: str = ""


@dataclass(slots=True)
class _Unit:
    """One numbered unit while the entries go by."""

    sku_id: int
    number: str
    id: int | None = None
    place: Place | None = None
    #: Stock row where it stands that is none of the caller's.
    elsewhere: int | None = None
    moved: bool = False


@dataclass(slots=True)
class SerialPlan:
    """Which entry carries which units; empty where nothing numbered moves."""

    units: list[_Unit] = field(default_factory=list)
    #: (index of the entry, unit, presumed).
    carried: list[tuple[int, _Unit, bool]] = field(default_factory=list)
    rows: Mapping[Place, StockRow] = field(default_factory=dict)


def serials_plan(
    carries: Sequence[Carry], rows: Mapping[Place, StockRow], *, tracked: set[int] | None = None
) -> SerialPlan:
    """Decide which numbered units go with each entry.

    In the order of the entries. Named ones must stand at the source, or come into the house there. Of an entry that names none, unnumbered
    units of the row go first, then numbered ones by presumption, oldest first. At most three statements, one
    where nothing numbered is near, none where ``tracked`` says so.

    :param rows: the locked stock rows of all places inside, as they were before.
    :param tracked: SKUs that are kept by serial; ``None`` where the caller does not know.
    :raises PostingInvalid: a number is not where it is taken from, or already in the house; names the entries.
    """
    concerned = [
        (index, carry)
        for index, carry in enumerate(carries)
        if tracked is None or carry.sku_id in tracked or carry.named
    ]
    if not concerned:
        return SerialPlan()
    run = _Run(rows)
    run.read([carry for _index, carry in concerned])
    for index, carry in concerned:
        run.follow(index, carry)
    run.require_sound()
    return SerialPlan([unit for unit in run.units.values() if unit.moved], run.carried, rows)


def serials_write(plan: SerialPlan, movement_ids: Sequence[int]) -> None:
    """Write where the units stand now, and into the history which entry carried them. Three statements at most.

    :param movement_ids: ids of the entries, in the order of the plan's.
    :raises PostingInvalid: somebody has brought one of the numbers into the house at the same moment.
    """
    if not plan.carried:
        return
    made = sorted((u for u in plan.units if u.id is None), key=lambda u: (u.sku_id, u.number))
    if made:
        given = columns(((u.sku_id, u.number, _stock_id(plan, u)) for u in made), 3)
        ids = {(row[0], row[1]): row[2] for row in fetch(_MAKE, [clock.now(), *given])}
        problems = [
            Problem(
                _("Serial %(number)s has just come in elsewhere.") % {"number": u.number}, code="serial_taken"
            )
            for u in made
            if (u.sku_id, u.number) not in ids
        ]
        _refuse(problems)
        for unit in made:
            unit.id = ids[unit.sku_id, unit.number]
    fresh = {id(unit) for unit in made}
    known = [(u.id, _stock_id(plan, u)) for u in plan.units if id(u) not in fresh]
    if known:
        execute(_PLACE, columns(known, 2))
    execute(_CARRY, columns(((movement_ids[i], u.id, presumed) for i, u, presumed in plan.carried), 3))


def _stock_id(plan: SerialPlan, unit: _Unit) -> int | None:
    return None if unit.place is None else plan.rows[unit.place].id


class _Run:
    """Entries going by, one after the other."""

    def __init__(self, rows: Mapping[Place, StockRow]) -> None:
        self.rows = rows
        self.quantity = {place: row.quantity for place, row in rows.items()}
        self.numbered: Counter[Place] = Counter()
        self.units: dict[tuple[int, str], _Unit] = {}
        #: Units at a place that may be presumed, the last one first.
        self.pool: dict[Place, list[_Unit]] = defaultdict(list)
        #: How often entries that are still to come name a unit; until then nobody presumes it.
        self.named: Counter[tuple[int, str]] = Counter()
        self.kinds: dict[int, str] = {}
        self.carried: list[tuple[int, _Unit, bool]] = []
        self.problems: list[Problem] = []

    def read(self, carries: Sequence[Carry]) -> None:
        """The named units, those at the rows that unnamed ones leave, and how the ones outside went."""
        self.named = Counter((carry.sku_id, number) for carry in carries for number in carry.named)
        place_of = {row.id: place for place, row in self.rows.items()}
        if self.named:
            for sku_id, number, key, stock_id in fetch(_NAMED, columns(sorted(self.named), 2)):
                place = place_of.get(stock_id)
                elsewhere = stock_id if place is None else None
                self.units[sku_id, number] = _Unit(sku_id, number, key, place, elsewhere)
            outside = [
                unit.id for unit in self.units.values() if unit.place is None and unit.elsewhere is None
            ]
            self.kinds = dict(fetch(_LAST, [outside])) if outside else {}
        self._read_pools(carries, place_of)

    def _read_pools(self, carries: Sequence[Carry], place_of: Mapping[int, Place]) -> None:
        wanted: Counter[Place] = Counter()
        for carry in carries:
            if carry.source is not None and not carry.named:
                wanted[carry.source] += carry.quantity
        for unit in self.units.values():
            if (
                unit.place is not None and unit.place in wanted
            ):  # it may be among the first, and not to be presumed
                wanted[unit.place] += 1
        if not wanted:
            return
        limits = [(self.rows[place].id, most) for place, most in wanted.items()]
        for row_id, count, key, number, _claimed in fetch(_STANDING, columns(limits, 2)):
            place = place_of[row_id]
            self.numbered[place] = count
            unit = self.units.setdefault((place.sku_id, number), _Unit(place.sku_id, number, key, place))
            if not self.named[place.sku_id, number]:
                self.pool[place].append(unit)

    def follow(self, index: int, carry: Carry) -> None:
        units = self._named(index, carry) if carry.named else self._presumed(carry)
        for unit in units:
            unit.place, unit.elsewhere, unit.moved = carry.target, None, True
            self.carried.append((index, unit, not carry.named))
            if carry.named:
                self.named[unit.sku_id, unit.number] -= 1
            if carry.target is not None and not self.named[unit.sku_id, unit.number]:
                self.pool[carry.target].append(unit)
        for place, sign in ((carry.source, -1), (carry.target, 1)):
            if place is not None:
                self.quantity[place] += sign * carry.quantity
                self.numbered[place] += sign * len(units)

    def _presumed(self, carry: Carry) -> list[_Unit]:
        if carry.source is None:
            return []
        source = carry.source
        unnumbered = max(self.quantity[source] - self.numbered[source], 0)
        count = min(max(carry.quantity - unnumbered, 0), len(self.pool[source]))
        return [self.pool[source].pop() for _unit in range(count)]

    def _named(self, index: int, carry: Carry) -> list[_Unit]:
        if fault := _fault_of_form(carry):
            self._problem(index, *fault)
            return []
        found = []
        for number in carry.named:
            unit = self.units.get((carry.sku_id, number))
            if unit is None and carry.source is None:
                unit = self.units[carry.sku_id, number] = _Unit(carry.sku_id, number)
            elif fault := self._fault(unit, number, carry):
                self._problem(index, *fault)
                continue
            assert unit is not None
            found.append(unit)
        return found

    def _fault(self, unit: _Unit | None, number: str, carry: Carry) -> tuple[str, str] | None:
        if unit is None:
            return "serial_unknown", _(
                "Serial %(number)s is not known. Check the number; it may have come in without one."
            ) % {"number": number}
        stands = unit.place is not None or unit.elsewhere is not None
        if carry.source is not None:
            if unit.place == carry.source:
                return None
            text = _("Serial %(number)s is not at the place it is taken from; it %(where)s.")
            return "serial_not_there", text % {"number": number, "where": self._where(unit)}
        if stands:
            text = _("Serial %(number)s cannot come in: it %(where)s. A number is given once.")
            return "serial_in_house", text % {"number": number, "where": self._where(unit)}
        left_to = self.kinds.get(unit.id or 0, carry.from_kind)
        if carry.from_kind not in {left_to, "adjustment"}:
            text = _("Serial %(number)s cannot come in from here: it %(where)s. It comes back from there.")
            return "serial_left", text % {"number": number, "where": self._where(unit)}
        return None

    def _where(self, unit: _Unit) -> str:
        stock_id = unit.elsewhere if unit.place is None else self.rows[unit.place].id
        if stock_id is None:
            return _went(self.kinds.get(unit.id or 0, ""))
        row = fetch(_WHERE, [[stock_id]])[0]
        inside = " / ".join(part for part in row[1:] if part)
        return _("stands at %(place)s") % {"place": inside}

    def require_sound(self) -> None:
        for place, units in self.numbered.items():
            if units > self.quantity[place]:
                text = _("Name the serials of %(count)s units: it is not clear which of them leave.")
                self.problems.append(
                    Problem(text % {"count": units - self.quantity[place]}, code="serials_unclear")
                )
        _refuse(self.problems)

    def _problem(self, index: int, code: str, message: str) -> None:
        self.problems.append(Problem(message, code=code, loc=f"entries.{index}.serials", row=index))


def _fault_of_form(carry: Carry) -> tuple[str, str] | None:
    if len(carry.named) != carry.quantity:
        text = _("%(count)s serials were named for %(quantity)s units; name each unit, or none.")
        return "serial_count", text % {"count": len(carry.named), "quantity": carry.quantity}
    if len(set(carry.named)) < len(carry.named):
        return "serial_twice", _("A serial is named twice.")
    if any(
        not number.strip() or number != number.strip() or len(number) > _LONGEST for number in carry.named
    ):
        return "serial_malformed", _("A serial has 1 to 64 characters, without spaces around.")
    return None


def _went(kind: str) -> str:
    return {
        "customer": _("has been shipped to a customer"),
        "supplier": _("went back to the supplier"),
        "transit": _("is on the way between warehouses"),
        "scrap": _("was scrapped"),
        "adjustment": _("was written off"),
    }.get(kind, _("is outside of the warehouses"))


def _refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise PostingInvalid(
            _("Nothing was posted: %(count)s serials do not fit. %(first)s")
            % {"count": len(found), "first": found[0].message},
            problems=found,
        )
