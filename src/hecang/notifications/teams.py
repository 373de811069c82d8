"""The teams that every installation has."""

from __future__ import annotations

from typing import Final

from django.utils import translation
from django.utils.translation import gettext_noop

#: Teams that are there without anybody making them; their names are shown translated.
BUILT_IN: Final[dict[str, str]] = {
    "order_desk": gettext_noop("Order team"),
    "customer_service": gettext_noop("Customer service"),
    "warehouse": gettext_noop("Warehouse"),
    "purchasing": gettext_noop("Purchasing"),
    "finance": gettext_noop("Finance"),
}


def team_title(code: str, name: str) -> str:
    """How a team is called in the language at hand."""
    return name or (translation.gettext(BUILT_IN[code]) if code in BUILT_IN else code)
