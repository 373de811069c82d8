"""Stops on goods: a lot, a place, a container, a supplier's lots, or one SKU in one warehouse is not to be sold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inventory.models import StockHold
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services.flags import flags_renew
from hecang.inventory.services.housing import containers_held_renew, trees_lock
from hecang.inventory.services.shorting import Shorting, shorting_service
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, fetch_one
from hecang.kernel.errors import InvalidInput, NotFound

_SUBJECT = {
    StockHold.Kind.LOT: ("lot_id",),
    StockHold.Kind.LOCATION: ("location_id",),
    StockHold.Kind.SKU: ("warehouse_id", "sku_id"),
    StockHold.Kind.CONTAINER: ("container_id",),
    StockHold.Kind.SUPPLIER: ("supplier_id",),
}
_WHERE = {
    StockHold.Kind.LOT: "s.lot_id = %s",
    StockHold.Kind.LOCATION: "s.location_id = %s",
    StockHold.Kind.SKU: "s.warehouse_id = %s AND s.sku_id = %s",
    StockHold.Kind.SUPPLIER: "t.supplier_id = %s",
}
_TABLES = {
    "lot_id": "lot",
    "location_id": "location",
    "warehouse_id": "warehouse",
    "sku_id": "sku",
    "container_id": "container",
    "supplier_id": "supplier",
}
_NAMES = tuple(_TABLES)

_INSERT = """
INSERT INTO stock_hold (
    kind, lot_id, location_id, warehouse_id, sku_id, container_id, supplier_id, reason, source_kind, source_id,
    placed_by, placed_at, released_by
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '') RETURNING id
"""


@shorting_service
def hold_place(
    shorting: Shorting,
    *,
    kind: str,
    reason: str,
    lot_id: int | None = None,
    location_id: int | None = None,
    warehouse_id: int | None = None,
    sku_id: int | None = None,
    container_id: int | None = None,
    supplier_id: int | None = None,
    source_kind: str = "",
    source_id: int | None = None,
) -> int:
    """Stop selling goods; several holds can stand over the same goods.

    Goods that are allocated stay allocated. Reservations that relied on the goods are shorted. Locks:
    documents of shorted reservations, the container with all in it, facts (exclusive), availability, stock.

    :param kind: ``lot``, ``location``, ``container`` (with all that stands in it, now and later), ``supplier`` (all
        lots that it delivered) or ``sku`` (with ``warehouse_id``).
    :param source_kind: the document that it is placed for, with its id.
    :return: id of the hold.
    :raises InvalidInput: the subject does not fit the kind. NotFound: it does not exist.
    """
    given = {
        "lot_id": lot_id,
        "location_id": location_id,
        "warehouse_id": warehouse_id,
        "sku_id": sku_id,
        "container_id": container_id,
        "supplier_id": supplier_id,
    }
    subject = _subject(kind, given)
    members = _members(subject)
    facts_lock(exclusive=True)
    for name, value in subject.items():
        if fetch_one(f"SELECT 1 FROM {_TABLES[name]} WHERE id = %s", [value]) is None:  # noqa: S608 - constant names
            raise NotFound(_("What is to be held does not exist."), data={name: value})
    row = fetch_one(
        _INSERT,
        [
            kind, *(subject.get(name) for name in _NAMES), reason, source_kind, source_id,
            current_actor().name[:100], clock.now(),
        ],
    )  # fmt: skip
    assert row is not None
    _flags_follow(shorting, kind, subject, members)
    audit_record(
        action="inventory.hold.placed",
        entity_kind="stock_hold",
        entity_id=row[0],
        after={"kind": kind, **subject, "reason": reason},
    )
    return int(row[0])


@shorting_service
def hold_release(shorting: Shorting, *, hold_id: int) -> bool:
    """Lift a hold; what no other hold stops can be sold again.

    :return: whether it stood; a repetition changes nothing.
    :raises NotFound: there is no such hold.
    """
    row = fetch_one(
        "SELECT kind, lot_id, location_id, warehouse_id, sku_id, container_id, supplier_id"
        " FROM stock_hold WHERE id = %s",
        [hold_id],
    )
    if row is None:
        raise NotFound(_("There is no such hold."), data={"hold_id": hold_id})
    kind, *values = row
    subject = _subject(kind, dict(zip(_NAMES, values, strict=True)))
    members = _members(subject)
    facts_lock(exclusive=True)
    if fetch_one("SELECT 1 FROM stock_hold WHERE id = %s AND released_at IS NOT NULL", [hold_id]):
        return False
    execute(
        "UPDATE stock_hold SET released_at = %s, released_by = %s WHERE id = %s",
        [clock.now(), current_actor().name[:100], hold_id],
    )
    _flags_follow(shorting, kind, subject, members)
    audit_record(
        action="inventory.hold.released",
        entity_kind="stock_hold",
        entity_id=hold_id,
        before={"standing": True},
    )
    return True


def _members(subject: dict[str, int]) -> set[int]:
    """The container that a hold stands over, with all in it, locked; empty for other kinds."""
    container_id = subject.get("container_id")
    return set() if container_id is None else trees_lock([container_id])[1][container_id]


def _flags_follow(shorting: Shorting, kind: str, subject: dict[str, int], members: set[int]) -> None:
    if kind == StockHold.Kind.CONTAINER:
        renewed = containers_held_renew(members)
        flags_renew(shorting, where="s.container_id = ANY(%s::bigint[])", params=[renewed])
    else:
        flags_renew(shorting, where=_WHERE[StockHold.Kind(kind)], params=list(subject.values()))


def holds_of(*, hold_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """(id, warehouse of the subject or null) of holds, for checking whether somebody may touch them."""
    return fetch(
        "SELECT h.id, coalesce(h.warehouse_id, l.warehouse_id) FROM stock_hold h"
        " LEFT JOIN container c ON c.id = h.container_id"
        " LEFT JOIN location l ON l.id = coalesce(h.location_id, c.location_id) WHERE h.id = ANY(%s::bigint[])",
        [list(hold_ids)],
    )


def _subject(kind: str, given: dict[str, int | None]) -> dict[str, int]:
    """The columns that a hold of this kind names, and nothing else given."""
    if kind not in StockHold.Kind.values:
        raise InvalidInput(
            _("A hold is on a lot, a location, a container, a supplier, or a SKU in a warehouse."),
            code="unknown_kind",
        )
    names = _SUBJECT[StockHold.Kind(kind)]
    subject = {name: value for name in names if (value := given[name]) is not None}
    if len(subject) != len(names) or any(value for name, value in given.items() if name not in names):
        raise InvalidInput(
            _("A hold of the kind “%(kind)s” names exactly: %(names)s.")
            % {"kind": kind, "names": ", ".join(names)},
            code="wrong_subject",
        )
    return subject
