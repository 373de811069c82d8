"""SKUs as other apps need them: small rows, by code or id, one statement for any number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hecang.kernel.db import fetch


class SkuRef(NamedTuple):
    """What orders, stock and picking want to know of a SKU."""

    id: int
    code: str
    name: str
    kind: str
    status: str
    is_lot_tracked: bool
    is_expiry_tracked: bool
    min_remaining_days: int
    weight_g: int | None
    kit_mode: str

    @property
    def is_exploded(self) -> bool:
        """A kit that is only ever sold as its components, and so has no stock of its own."""
        return self.kind == "kit" and self.kit_mode == "explode"


@dataclass(frozen=True, slots=True, eq=False)
class SkuPhysicals:
    """Weights and sizes of base units, int64 arrays aligned with the ids asked for; 0 is unknown."""

    weight_g: npt.NDArray[np.int64]
    length_mm: npt.NDArray[np.int64]
    width_mm: npt.NDArray[np.int64]
    height_mm: npt.NDArray[np.int64]

    @property
    def volume_mm3(self) -> npt.NDArray[np.int64]:
        """Volume of the box around one base unit; 0 where a side is unknown."""
        return self.length_mm * self.width_mm * self.height_mm


_REF = """SELECT id, code, name, kind, status, is_lot_tracked, is_expiry_tracked, min_remaining_days, weight_g,
    kit_mode FROM sku"""


def skus_by_code(codes: Iterable[str]) -> dict[str, SkuRef]:
    """Those SKUs that exist, by exactly this code. For what was scanned or typed: :func:`barcode_resolve`."""
    return {row[1]: SkuRef(*row) for row in fetch(f"{_REF} WHERE code = ANY(%s)", [list(set(codes))])}


def skus_by_id(ids: Iterable[int]) -> dict[int, SkuRef]:
    """Those SKUs that exist, by id."""
    return {row[0]: SkuRef(*row) for row in fetch(f"{_REF} WHERE id = ANY(%s)", [list(set(ids))])}


def kit_components(sku_ids: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Kit id → its (component id, base units), in order of component; SKUs that are no kits are missing."""
    found: dict[int, list[tuple[int, int]]] = {}
    for kit, component, quantity in fetch(
        "SELECT kit_id, component_id, quantity FROM kit_component WHERE kit_id = ANY(%s) ORDER BY kit_id, component_id",
        [list(set(sku_ids))],
    ):
        found.setdefault(kit, []).append((component, quantity))
    return found


def sku_physicals(sku_ids: Sequence[int]) -> SkuPhysicals:
    """Weights and sizes, aligned with ``sku_ids`` (which may repeat); zeros for a SKU that does not exist."""
    known = {
        row[0]: row[1:]
        for row in fetch(
            "SELECT id, coalesce(weight_g, 0), coalesce(length_mm, 0), coalesce(width_mm, 0), coalesce(height_mm, 0)"
            " FROM sku WHERE id = ANY(%s)",
            [list(set(sku_ids))],
        )
    }
    nothing = (0, 0, 0, 0)
    table = np.array([known.get(pk, nothing) for pk in sku_ids], dtype=np.int64).reshape(-1, 4)
    return SkuPhysicals(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def sku_handling(sku_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """SKU id → (temperature class, hazard): what decides with what it may travel."""
    rows = fetch("SELECT id, temperature, hazard FROM sku WHERE id = ANY(%s)", [list(set(sku_ids))])
    return {row[0]: (row[1], row[2]) for row in rows}
