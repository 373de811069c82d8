"""A kit job as whoever works on it needs it: what is used, how much of it is free, what is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hecang.kernel.db import fetch, fetch_one

_JOB = """
SELECT j.id, j.number, j.state, j.direction = 'assemble', j.quantity, j.done, j.note, j.from_location_id, f.code,
    j.to_location_id, t.code
FROM kit_job j JOIN location f ON f.id = j.from_location_id JOIN location t ON t.id = j.to_location_id
WHERE j.id = %s
"""

# The kit itself (0) before its components; what is free of each at the place where the job begins.
_PARTS = """
SELECT p.sku_id, k.code, k.name, k.base_unit, p.quantity, k.is_lot_tracked, k.is_serial_tracked,
    (SELECT coalesce(sum(s.quantity - s.allocated), 0)::bigint FROM stock s LEFT JOIN lot t ON t.id = s.lot_id
        WHERE s.location_id = p.location_id AND s.owner_id = p.owner_id AND s.sku_id = p.sku_id
            AND s.condition = 'good' AND NOT coalesce(t.is_expired, false))
FROM (
    SELECT 0 AS place, j.kit_id AS sku_id, 1 AS quantity, j.from_location_id AS location_id, j.owner_id
    FROM kit_job j WHERE j.id = %s
    UNION ALL
    SELECT c.id, c.sku_id, c.quantity, j.from_location_id, j.owner_id
    FROM kit_job_component c JOIN kit_job j ON j.id = c.job_id WHERE c.job_id = %s
) p JOIN sku k ON k.id = p.sku_id ORDER BY p.place
"""


@dataclass(frozen=True, slots=True)
class KitPart:
    """The kit, or one of its components; ``quantity`` of it are in one kit, ``free`` lie free at the place."""

    sku_id: int
    sku: str
    name: str
    unit: str
    quantity: int
    is_lot_tracked: bool
    is_serial_tracked: bool
    free: int


@dataclass(frozen=True, slots=True)
class KitWork:
    """A job with what it uses and makes."""

    id: int
    number: str
    state: str
    assembles: bool
    quantity: int
    done: int
    note: str
    from_id: int
    from_code: str
    to_id: int
    to_code: str
    kit: KitPart
    components: tuple[KitPart, ...]

    @property
    def left(self) -> int:
        return self.quantity - self.done

    @property
    def used(self) -> tuple[KitPart, ...]:
        """What leaves the place: the components, or the kit that is taken apart."""
        return self.components if self.assembles else (self.kit,)

    @property
    def most(self) -> int:
        """Kits that can be booked now."""
        return min(self.left, *(part.free // part.quantity for part in self.used))

    def lots_wanted(self, given: Mapping[str, str]) -> list[KitPart]:
        """What is made, kept by lot, and has none yet; ``given`` by SKU."""
        made = (self.kit,) if self.assembles else self.components
        return [part for part in made if part.is_lot_tracked and str(part.sku_id) not in given]


def kit_work(job_id: int) -> KitWork | None:
    """The job, or ``None``. Two statements."""
    row = fetch_one(_JOB, [job_id])
    if row is None:
        return None
    kit, *components = (KitPart(*part) for part in fetch(_PARTS, [job_id, job_id]))
    return KitWork(*(*row, kit, tuple(components)))
