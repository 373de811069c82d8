"""The audit: which rules are asked, and :func:`audit`, which asks them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from hecang.orders.audit.base import AuditHold, AuditRule, OrderFacts, ShopRules

SETTING = "orders.audit"
#: Rules that come with Hecang, by the name that may stand in ``settings.STRATEGIES``.
KNOWN = {
    "stock_short": "hecang.orders.audit.rules.StockShort",
    "amount_limit": "hecang.orders.audit.rules.AmountLimit",
    "address_complete": "hecang.orders.audit.rules.AddressComplete",
    "not_blocked": "hecang.orders.audit.rules.NotBlocked",
    "no_duplicate": "hecang.orders.audit.rules.NoDuplicate",
    "no_remark": "hecang.orders.audit.rules.NoRemark",
}


def rules_in_force() -> tuple[AuditRule, ...]:
    """The rules in force: ``settings.STRATEGIES["orders.audit"]``, names or dotted paths by commas."""
    return _loaded(settings.STRATEGIES.get(SETTING) or ",".join(KNOWN))


@functools.lru_cache(maxsize=8)
def _loaded(names: str) -> tuple[AuditRule, ...]:
    return tuple(
        cast("AuditRule", import_string(KNOWN.get(name.strip(), name.strip()))()) for name in names.split(",")
    )


def audit(
    batch: Sequence[OrderFacts], *, after_sourcing: bool, only: Iterable[str] | None = None
) -> list[AuditHold]:
    """The holds that the rules of this stage place on the orders of ``batch``.

    :param only: codes of the rules to ask; all where it is ``None``.
    """
    wanted = None if only is None else frozenset(only)
    holds: list[AuditHold] = []
    if batch:
        for rule in rules_in_force():
            if rule.after_sourcing is after_sourcing and (wanted is None or rule.code in wanted):
                holds += rule.evaluate(batch)
    return holds


def stock_codes() -> frozenset[str]:
    """Codes of the holds that depend on sourcing, and fall with it."""
    return frozenset(rule.code for rule in rules_in_force() if rule.after_sourcing)


__all__ = ["AuditHold", "AuditRule", "OrderFacts", "ShopRules", "audit", "rules_in_force", "stock_codes"]
