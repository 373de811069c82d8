"""Writing the ledger: what comes in, goes out, moves or changes its condition.

``stock_post`` is the only way that a movement is made outside of picking and shipping, which carry
hard-allocated units (``picking``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from hecang.inventory import events
from hecang.inventory.errors import InsufficientStock, PostingInvalid
from hecang.inventory.keys import AvailabilityKey, AvailabilityRow, Place, StockRow
from hecang.inventory.leaving import GoodsLeft
from hecang.inventory.models import Condition, Movement
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.inventory.services.availability import availability_change, availability_lock
from hecang.inventory.services.housing import containers_receive
from hecang.inventory.services.serials import Carry, serials_plan, serials_write
from hecang.inventory.services.shorting import Shorting, shorting_service, shorts_apply
from hecang.kernel import clock
from hecang.kernel.db import fetch
from hecang.kernel.errors import Problem
from hecang.kernel.outbox import emit

_CONDITIONS = frozenset(Condition.values)
_REASONS = frozenset(Movement.Reason.values)


@dataclass(frozen=True, slots=True)
class PostingIn:
    """One entry to post: ``quantity`` base units of one lot and owner go from one place to another.

    :param from_location_id: a virtual location for what enters (supplier, adjustment).
    :param to_location_id: a virtual location for what leaves (customer, scrap); the same as
        ``from_location_id`` where only condition or container changes.
    :param reason: one of ``Movement.Reason``.
    :param received_at: since when the goods have been in the house; now, or the age of the row they
        come from, if not given.
    :param serials: numbers of the units, as many as ``quantity``, or none: then unnumbered units go, and where
        there are too few of them, numbered ones by presumption (ADR 0010).
    """

    sku_id: int
    owner_id: int
    quantity: int
    from_location_id: int
    to_location_id: int
    reason: str
    lot_id: int | None = None
    from_condition: str = Condition.GOOD.value
    to_condition: str = Condition.GOOD.value
    from_container_id: int | None = None
    to_container_id: int | None = None
    source_kind: str = ""
    source_id: int | None = None
    note: str = ""
    received_at: datetime | None = None
    serials: tuple[str, ...] = ()

    @property
    def from_place(self) -> Place:
        return Place(
            self.from_location_id,
            self.sku_id,
            self.lot_id,
            self.owner_id,
            self.from_condition,
            self.from_container_id,
        )

    @property
    def to_place(self) -> Place:
        return Place(
            self.to_location_id,
            self.sku_id,
            self.lot_id,
            self.owner_id,
            self.to_condition,
            self.to_container_id,
        )


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """What posting needs to know of a location."""

    id: int
    code: str
    warehouse_id: int
    is_virtual: bool
    kind: str


def post_entries(shorting: Shorting, *, entries: Sequence[PostingIn]) -> list[int]:
    """Post entries to the ledger and bring stock and availability up to date, all or nothing.

    The entries count together: units that one brings, another may take.

    Locks: documents of reservations that are shorted and of plans whose goods go, containers that goods come into, facts (shared), availability,
    stock, serials. About ten statements for any number of entries, three more where serials move. Emits ``StockRaised`` where more can be sold than before.

    :return: ids of the ledger entries, in the order of ``entries``.
    :raises PostingInvalid: an entry makes no sense, or a serial is not where it is taken from; names the entries
        by their index.
    :raises InsufficientStock: fewer free units lie at a place than are taken; names place and numbers.
    """
    if not entries:
        return []
    locations, tracked = _check(entries)
    containers_receive(
        (entry.to_container_id, entry.to_location_id)
        for entry in entries
        if entry.to_container_id is not None
        and (entry.to_container_id, entry.to_location_id) != (entry.from_container_id, entry.from_location_id)
    )
    facts_lock()
    effect = _Effect.of(entries, locations)
    keys = {
        AvailabilityKey(locations[p.location_id].warehouse_id, p.sku_id, p.owner_id) for p in effect.change
    }
    available = availability_lock(keys, create=True)
    books.stock_ensure(effect.arrivals)
    rows = books.stock_lock(effect.change)
    _require_enough(effect.change, rows, locations)
    plan = serials_plan([_carry(entry, locations) for entry in entries], rows, tracked=tracked)
    post_balances(
        shorting,
        available=available,
        changes={rows[place].id: (units, 0) for place, units in effect.change.items() if units},
        rows={row.id: row for row in rows.values()},
        received=effect.ages(rows),
    )
    ids = books.movements_write(
        [
            books.MovementRow.between(
                entry.from_place, entry.to_place, entry.quantity, entry.reason, entry.source_kind, entry.source_id,
                entry.note,
            )
            for entry in entries
        ]
    )  # fmt: skip
    serials_write(plan, ids)
    shorting.goods_left(_left(entries, effect.change, rows, locations))
    return ids


def _left(
    entries: Sequence[PostingIn],
    change: Mapping[Place, int],
    rows: Mapping[Place, StockRow],
    locations: Mapping[int, LocationFacts],
) -> list[GoodsLeft]:
    """Places that lie with fewer units than before. What was put away has arrived: nobody carries it on."""
    went: dict[Place, list[tuple[Place, int]]] = {}
    source: dict[Place, str] = {}
    for index, entry in enumerate(entries):
        place = entry.from_place
        if change.get(place, 0) >= 0:
            continue
        source[place] = entry.source_kind
        is_put_away = entry.reason == Movement.Reason.PUTAWAY
        target = None if is_put_away else _becomes(entries, index, locations)
        went.setdefault(place, [])
        if target is not None:
            went[place].append((target, entry.quantity))
    return [
        GoodsLeft(
            place,
            locations[place.location_id].kind,
            rows[place].free + change[place],
            went[place],
            source[place],
        )
        for place in went
        if place in rows
    ]


def _becomes(
    entries: Sequence[PostingIn], index: int, locations: Mapping[int, LocationFacts]
) -> Place | None:
    """Where units of an entry lie now and still wait to be carried: another kind of goods there, or at another dock."""
    entry = entries[index]
    target = entry.to_place
    if locations[target.location_id].is_virtual and index + 1 < len(entries):
        # Goods that become another lot or SKU go out and come in again, one entry after the other.
        back = entries[index + 1]
        if back.from_location_id == target.location_id and back.to_location_id == entry.from_location_id:
            target = back.to_place
    facts = locations[target.location_id]
    waits = target.location_id == entry.from_location_id or facts.kind == "dock"
    return target if waits and not facts.is_virtual else None


def _carry(entry: PostingIn, locations: Mapping[int, LocationFacts]) -> Carry:
    source = locations[entry.from_location_id]
    return Carry(
        entry.sku_id,
        entry.quantity,
        None if source.is_virtual else entry.from_place,
        None if locations[entry.to_location_id].is_virtual else entry.to_place,
        entry.serials,
        source.kind if source.is_virtual else "",
    )


#: :func:`post_entries` in a transaction of its own, or joining one.
stock_post = shorting_service(post_entries)


def post_balances(
    shorting: Shorting,
    *,
    available: Mapping[AvailabilityKey, AvailabilityRow],
    changes: Mapping[int, tuple[int, int]],
    rows: Mapping[int, StockRow],
    received: Mapping[int, datetime] | None = None,
) -> None:
    """Write changes of stock rows and what follows from them for availability and reservations.

    :param available: the locked rows of availability of all stock rows concerned.
    :param changes: id of a locked stock row → (units more, units more allocated).
    :raises DocumentsNotLocked: see :mod:`hecang.inventory.services.shorting`.
    """
    sellable: dict[AvailabilityKey, int] = defaultdict(int)
    for row_id, (units, allocated) in changes.items():
        if rows[row_id].is_sellable:
            sellable[rows[row_id].key] += units - allocated
    freed, losses = shorting.make_room(
        {key: available[key].reserved - available[key].sellable - units for key, units in sellable.items()}
    )
    books.stock_change(changes, received)
    # Reserved falls with sellable in one statement, so that the check between them always holds.
    availability_change({available[key].id: (units, -freed.get(key, 0)) for key, units in sellable.items()})
    shorts_apply(losses)
    events_for(sellable)


def events_for(sellable: Mapping[AvailabilityKey, int]) -> None:
    """Tell upwards where more can be sold than before, so that backorders can be filled."""
    raised = sorted(key for key, units in sellable.items() if units > 0)
    for start in range(0, len(raised), 1000):
        part = raised[start : start + 1000]
        emit(events.StockRaised(keys=tuple((k.warehouse_id, k.sku_id, k.owner_id) for k in part)))


@dataclass(slots=True)
class _Effect:
    """What entries do together."""

    #: place → units more there; zero where what came also went.
    change: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    #: place → age of what comes there; rows are made for these.
    arrivals: dict[Place, datetime] = field(default_factory=dict)
    #: place → where the goods come from, which gives them their age.
    origin: dict[Place, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Sequence[PostingIn], locations: Mapping[int, LocationFacts]) -> _Effect:
        effect = cls()
        now = clock.now()
        for entry in entries:
            source, target = entry.from_place, entry.to_place
            comes_from_here = not locations[source.location_id].is_virtual
            if comes_from_here:
                effect.change[source] -= entry.quantity
            if not locations[target.location_id].is_virtual:
                effect.change[target] += entry.quantity
                age = entry.received_at or now
                effect.arrivals[target] = min(age, effect.arrivals.get(target, age))
                if comes_from_here and entry.received_at is None:
                    effect.origin[target] = source
        return effect

    def ages(self, rows: Mapping[Place, StockRow]) -> dict[int, datetime]:
        """id of stock row → age of what comes there: given, or that of where it lay before."""
        ages = {}
        for place, arrived in self.arrivals.items():
            origin = rows.get(self.origin[place]) if place in self.origin else None
            ages[rows[place].id] = origin.received_at if origin else arrived
        return ages


def location_facts(location_ids: set[int]) -> dict[int, LocationFacts]:
    """Facts of these locations; unknown ones are missing."""
    rows = fetch(
        "SELECT id, code, warehouse_id, is_virtual, kind FROM location WHERE id = ANY(%s::bigint[])",
        [list(location_ids)],
    )
    return {row[0]: LocationFacts(*row) for row in rows}


def _check(entries: Sequence[PostingIn]) -> tuple[dict[int, LocationFacts], set[int]]:
    """Refuse entries that make no sense; answer with the facts of their locations, and SKUs kept by serial."""
    locations = location_facts({e.from_location_id for e in entries} | {e.to_location_id for e in entries})
    skus = {
        row[0]: row
        for row in fetch(
            "SELECT id, code, is_lot_tracked, kind = 'kit' AND kit_mode = 'explode', is_serial_tracked"
            " FROM sku WHERE id = ANY(%s::bigint[])",
            [list({e.sku_id for e in entries})],
        )
    }
    lot_ids = list({e.lot_id for e in entries if e.lot_id is not None})
    lots = (
        dict(fetch("SELECT id, sku_id FROM lot WHERE id = ANY(%s::bigint[])", [lot_ids])) if lot_ids else {}
    )
    known = ids_known(
        {entry.owner_id for entry in entries},
        {
            key
            for entry in entries
            for key in (entry.from_container_id, entry.to_container_id)
            if key is not None
        },
    )
    problems = []
    for index, entry in enumerate(entries):
        fault = _fault(entry, locations, skus.get(entry.sku_id), lots) or _fault_of_ids(entry, known)
        if fault:
            problems.append(Problem(fault[1], code=fault[0], loc=f"entries.{index}", row=index))
    if problems:
        raise PostingInvalid(
            _("Nothing was posted: %(count)s of the entries make no sense. %(first)s")
            % {"count": len(problems), "first": problems[0].message},
            problems=problems,
        )
    return locations, {row[0] for row in skus.values() if row[4]}


def ids_known(owner_ids: set[int], container_ids: set[int]) -> set[tuple[str, int]]:
    """Those that exist, as ("owner", id) and ("container", id). One statement."""
    return {
        (row[0], row[1])
        for row in fetch(
            "SELECT 'owner', id FROM owner WHERE id = ANY(%s::bigint[])"
            " UNION ALL SELECT 'container', id FROM container WHERE id = ANY(%s::bigint[])",
            [list(owner_ids), list(container_ids)],
        )
    }


def _fault_of_ids(entry: PostingIn, known: set[tuple[str, int]]) -> tuple[str, str] | None:
    if ("owner", entry.owner_id) not in known:
        return "unknown_owner", _("There is no such owner.")
    for container_id in (entry.from_container_id, entry.to_container_id):
        if container_id is not None and ("container", container_id) not in known:
            return "unknown_container", _("There is no such container.")
    return None


def _fault(
    entry: PostingIn,
    locations: Mapping[int, LocationFacts],
    sku: tuple[int, str, bool, bool, bool] | None,
    lots: Mapping[int, int],
) -> tuple[str, str] | None:
    source, target = locations.get(entry.from_location_id), locations.get(entry.to_location_id)
    if source is None or target is None:
        return "unknown_location", _("There is no such location.")
    if sku is None:
        return "unknown_sku", _("There is no such SKU.")
    if entry.quantity <= 0:
        return "quantity_not_positive", _("The quantity must be at least 1.")
    if source.is_virtual and target.is_virtual:
        return "nothing_moves", _("One of the two locations must be inside a warehouse.")
    if entry.from_place == entry.to_place:
        return "nothing_moves", _("From and to are the same place.")
    if entry.reason not in _REASONS or {entry.from_condition, entry.to_condition} - _CONDITIONS:
        return "unknown_code", _("Reason or condition is not known.")
    if sku[3]:
        return "kit_has_no_stock", _("%(sku)s is a kit; stock its components.") % {"sku": sku[1]}
    if sku[2] and entry.lot_id is None:
        return "lot_missing", _("%(sku)s is kept by lot; name the lot.") % {"sku": sku[1]}
    if entry.lot_id is not None and lots.get(entry.lot_id) != entry.sku_id:
        return "lot_of_another_sku", _("The lot is not one of %(sku)s.") % {"sku": sku[1]}
    if entry.serials and not sku[4]:
        return "not_serial_tracked", _("%(sku)s is not kept by serial; leave the serials out.") % {
            "sku": sku[1]
        }
    return None


def _require_enough(
    change: Mapping[Place, int], rows: Mapping[Place, StockRow], locations: Mapping[int, LocationFacts]
) -> None:
    short = []
    for place, units in change.items():
        row = rows.get(place)
        free = row.free if row else 0
        if free + units < 0:
            short.append(
                {
                    "location": locations[place.location_id].code,
                    "location_id": place.location_id,
                    "sku_id": place.sku_id,
                    "lot_id": place.lot_id,
                    "owner_id": place.owner_id,
                    "condition": place.condition,
                    "requested": -units,
                    "free": free,
                    "quantity": row.quantity if row else 0,
                    "allocated": row.allocated if row else 0,
                }
            )
    if short:
        first = short[0]
        raise InsufficientStock(
            _(
                "%(requested)s units were to leave %(location)s, but only %(free)s are free there "
                "(%(quantity)s on hand, %(allocated)s allocated). Check the place, or count it."
            )
            % first,
            data={"short": short},
        )
