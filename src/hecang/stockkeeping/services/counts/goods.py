"""What people say lies at a place, made into kinds of goods that the books know: SKU, lot, owner, container."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.inventory.models import Condition
from hecang.kernel.db import columns, fetch
from hecang.kernel.errors import Problem
from hecang.stockkeeping.errors_counts import CountInvalid

_OWNERS_AT = """
SELECT DISTINCT s.location_id, s.sku_id, s.owner_id FROM stock s
WHERE s.location_id = ANY(%s::bigint[]) AND s.sku_id = ANY(%s::bigint[]) AND s.quantity > 0
"""

_OWNERS = """
SELECT DISTINCT a.sku_id, a.owner_id FROM availability a WHERE a.warehouse_id = %s AND a.sku_id = ANY(%s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Units of one kind that somebody counted at a place.

    :param quantity: base units; with ``serials`` as many as there are numbers.
    :param owner_id: may be left out where only one owner has the SKU there or in the warehouse.
    :param condition: empty where the counter only says that they look sound.
    :param position, at: when it was counted, if not when the place was done; see ``inventory.services.snapshots``.
    """

    sku_id: int
    quantity: int
    owner_id: int | None = None
    lot_id: int | None = None
    condition: str = ""
    container_id: int | None = None
    serials: tuple[str, ...] | None = None
    position: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """What counting needs to know of a SKU."""

    id: int
    code: str
    is_lot_tracked: bool
    is_serial_tracked: bool
    abc_class: str
    is_kit: bool


class Kind(NamedTuple):
    """One kind of goods at one place, whatever the condition: what is judged together."""

    location_id: int
    sku_id: int
    lot_id: int | None
    owner_id: int
    container_id: int | None


def sku_facts(ids: set[int]) -> dict[int, SkuFacts]:
    """Facts of these SKUs; unknown ones are missing. One statement."""
    rows = fetch(
        "SELECT id, code, is_lot_tracked, is_serial_tracked, abc_class, kind = 'kit' AND kit_mode = 'explode'"
        " FROM sku WHERE id = ANY(%s::bigint[])",
        [list(ids)],
    )
    return {row[0]: SkuFacts(*row) for row in rows}


def kinds_of(
    warehouse_id: int, tallies: Sequence[tuple[int, Tally]], skus: Mapping[int, SkuFacts]
) -> list[Kind]:
    """The kind that each (location id, tally) means, in their order. Four statements.

    :raises CountInvalid: unknown goods, a lot missing or of another SKU, no single owner; names the tallies.
    """
    owners_at: dict[tuple[int, int], set[int]] = defaultdict(set)
    owners_in: dict[int, set[int]] = defaultdict(set)
    if open_ := [(location_id, one.sku_id) for location_id, one in tallies if one.owner_id is None]:
        locations, sku_ids = (sorted(set(part)) for part in columns(open_, 2))
        for location_id, sku_id, owner_id in fetch(_OWNERS_AT, [locations, sku_ids]):
            owners_at[location_id, sku_id].add(owner_id)
        for sku_id, owner_id in fetch(_OWNERS, [warehouse_id, sku_ids]):
            owners_in[sku_id].add(owner_id)
    all_owners = {row[0] for row in fetch("SELECT id FROM owner")}
    lots = dict(
        fetch(
            "SELECT id, sku_id FROM lot WHERE id = ANY(%s::bigint[])",
            [[one.lot_id for _location, one in tallies if one.lot_id is not None]],
        )
    )
    containers = {
        row[0]
        for row in fetch(
            "SELECT id FROM container WHERE id = ANY(%s::bigint[])",
            [[one.container_id for _location, one in tallies if one.container_id is not None]],
        )
    }
    problems: list[Problem] = []
    kinds = []
    for index, (location_id, one) in enumerate(tallies):
        candidates = owners_at.get((location_id, one.sku_id)) or owners_in.get(one.sku_id) or all_owners
        owner_id = one.owner_id or (next(iter(candidates)) if len(candidates) == 1 else None)
        fault = _fault(one, skus.get(one.sku_id), lots, containers) or (
            ("owner_missing", _("Several owners have these goods; name the owner."))
            if owner_id is None
            else ("unknown_owner", _("There is no such owner."))
            if owner_id not in all_owners
            else None
        )
        if fault:
            problems.append(Problem(fault[1], code=fault[0], loc=f"tallies.{index}", row=index))
        kinds.append(Kind(location_id, one.sku_id, one.lot_id, owner_id or 0, one.container_id))
    if problems:
        raise CountInvalid(
            _("Nothing was written down. %(first)s") % {"first": problems[0].message}, problems=problems
        )
    return kinds


def _fault(
    one: Tally, sku: SkuFacts | None, lots: Mapping[int, int], containers: set[int]
) -> tuple[str, str] | None:
    if sku is None:
        return "unknown_sku", _("There is no such SKU.")
    if sku.is_kit:
        return "kit_has_no_stock", _("%(sku)s is a kit; count its components.") % {"sku": sku.code}
    if one.quantity < 0:
        return "quantity_negative", _("A count cannot be less than nothing.")
    if one.condition and one.condition not in Condition.values:
        return "unknown_code", _("There is no such condition.")
    if sku.is_lot_tracked and one.lot_id is None:
        return "lot_missing", _("%(sku)s is kept by lot; name the lot.") % {"sku": sku.code}
    if one.lot_id is not None and lots.get(one.lot_id) != one.sku_id:
        return "lot_of_another_sku", _("The lot is not one of %(sku)s.") % {"sku": sku.code}
    if one.container_id is not None and one.container_id not in containers:
        return "unknown_container", _("There is no such container.")
    if one.serials is not None:
        if not sku.is_serial_tracked:
            return "not_serial_tracked", _("%(sku)s is not kept by serial.") % {"sku": sku.code}
        if len(set(one.serials)) != one.quantity:
            return "serial_count", _("Each unit needs a number of its own.")
    return None
