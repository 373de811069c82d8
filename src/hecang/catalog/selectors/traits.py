"""What SKUs are like, as rules ask it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hecang.kernel.db import fetch


class SkuTraits(NamedTuple):
    """What rules may ask of a SKU; weight 0 where it is unknown."""

    id: int
    code: str
    category: str
    temperature: str
    hazard: str
    weight_g: int


def sku_traits(ids: Iterable[int]) -> dict[int, SkuTraits]:
    """Those SKUs that exist, by id. One statement."""
    rows = fetch(
        "SELECT s.id, s.code, coalesce(c.code, ''), s.temperature, s.hazard, coalesce(s.weight_g, 0)"
        " FROM sku s LEFT JOIN category c ON c.id = s.category_id WHERE s.id = ANY(%s::bigint[])",
        [sorted(set(ids))],
    )
    return {row[0]: SkuTraits(*row) for row in rows}
