"""What lies at a place or in a container, for whoever carries it elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch, fetch_one

_ROWS = """
WITH RECURSIVE inside AS (
    SELECT c.id FROM container c WHERE c.id = %(container)s::bigint
    UNION SELECT c.id FROM inside i JOIN container c ON c.parent_id = i.id
)
SELECT s.id, s.location_id, l.code, s.sku_id, k.code, k.name, k.base_unit, s.lot_id, t.code, s.owner_id, o.code,
    s.condition, s.container_id, c.code, s.quantity - s.allocated, s.quantity
FROM stock s JOIN location l ON l.id = s.location_id JOIN sku k ON k.id = s.sku_id JOIN owner o ON o.id = s.owner_id
LEFT JOIN lot t ON t.id = s.lot_id LEFT JOIN container c ON c.id = s.container_id
WHERE s.quantity > 0
    AND (%(stock)s::bigint IS NULL OR s.id = %(stock)s)
    AND (%(location)s::bigint IS NULL OR s.location_id = %(location)s)
    AND (%(container)s::bigint IS NULL OR s.container_id IN (SELECT id FROM inside))
    AND (%(sku)s::bigint IS NULL OR s.sku_id = %(sku)s)
    AND (%(owners)s::bigint[] IS NULL OR s.owner_id = ANY(%(owners)s::bigint[]))
ORDER BY s.container_id IS NOT NULL, t.expires_on NULLS LAST, s.received_at, s.id LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Lying:
    """One kind of goods at one place; ``free`` of its units are not allocated."""

    stock_id: int
    location_id: int
    location: str
    sku_id: int
    sku: str
    name: str
    unit: str
    lot_id: int | None
    lot: str | None
    owner_id: int
    owner: str
    condition: str
    container_id: int | None
    container: str | None
    free: int
    quantity: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """A container where it stands; ``parent`` is the code of the one it stands in."""

    id: int
    code: str
    kind: str
    location_id: int | None
    location: str | None
    parent_id: int | None
    parent: str | None


def lying(
    *,
    location_id: int | None = None,
    container_id: int | None = None,
    sku_id: int | None = None,
    stock_id: int | None = None,
) -> list[Lying]:
    """Goods at a place, or in a container and all that stands in it; 50 rows at most."""
    owners = current_actor().scope.owners
    rows = fetch(
        _ROWS,
        {
            "location": location_id,
            "container": container_id,
            "sku": sku_id,
            "stock": stock_id,
            "owners": None if owners is None else list(owners),
        },
    )
    return [Lying(*row) for row in rows]


def serial_at(serial_id: int) -> tuple[str, int | None]:
    """(number, stock row) of a unit."""
    row = fetch_one("SELECT number, stock_id FROM serial WHERE id = %s", [serial_id])
    assert row is not None
    return row[0], row[1]


def container_at(container_id: int) -> Standing:
    """Where a container stands."""
    row = fetch_one(
        "SELECT c.id, c.code, c.kind, c.location_id, l.code, c.parent_id, p.code FROM container c"
        " LEFT JOIN location l ON l.id = c.location_id LEFT JOIN container p ON p.id = c.parent_id WHERE c.id = %s",
        [container_id],
    )
    assert row is not None
    return Standing(*row)


def location_code(location_id: int) -> str:
    """The code of a place."""
    row = fetch_one("SELECT code FROM location WHERE id = %s", [location_id])
    return row[0] if row else ""
