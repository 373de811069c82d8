"""Questions that the catalog must ask upwards before a change, answered by whoever registers.

A change of how a SKU is tracked would contradict stock that is already there. Stock lives in a higher
app, so it hands down a function instead of being imported::

    sku_guard(skus_with_stock)     # in AppConfig.ready() of the inventory
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

SkuGuard = Callable[[Sequence[int]], set[int]]

_guards: list[SkuGuard] = []


def sku_guard(function: SkuGuard) -> SkuGuard:
    """Register a function that answers which of the SKU ids have stock (or promises of it)."""
    if function not in _guards:
        _guards.append(function)
    return function


def skus_in_use(sku_ids: Sequence[int]) -> set[int]:
    """Those of the SKUs that some guard knows stock of."""
    return set().union(*(guard(sku_ids) for guard in _guards)) if sku_ids else set()
