"""Which warehouse ships what. :func:`strategy` answers with the one that the installation has chosen."""

from __future__ import annotations

import functools
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from hecang.orders.sourcing.base import (
    Candidate,
    OrderDemand,
    SourcingPlan,
    SourcingStrategy,
    StockView,
    Take,
)

SETTING = "orders.sourcing"
#: Strategies that come with Hecang, by the name that may stand in ``settings.STRATEGIES``.
KNOWN = {
    "optimised": "hecang.orders.sourcing.optimised.Optimised",
    "nearest_then_fewest": "hecang.orders.sourcing.nearest.NearestThenFewest",
}
DEFAULT = "optimised"


def strategy() -> SourcingStrategy:
    """The strategy named in ``settings.STRATEGIES["orders.sourcing"]``: a known name or a dotted path."""
    return _loaded(settings.STRATEGIES.get(SETTING, DEFAULT))


@functools.lru_cache(maxsize=8)
def _loaded(name: str) -> SourcingStrategy:
    return cast("SourcingStrategy", import_string(KNOWN.get(name, name))())


__all__ = ["Candidate", "OrderDemand", "SourcingPlan", "SourcingStrategy", "StockView", "Take", "strategy"]
