"""What sourcing counts with money, as the installation has set it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

#: What an unknown distance counts for: farther than any two points of China.
UNKNOWN_KM: Final = 10_000.0
#: Money for the first kilogram of a parcel and for each further one, where no carrier has a rate: at no distance,
#: and for each kilometre.
FIRST_KG, FIRST_KG_PER_KM = 4.5, 0.004
NEXT_KG, NEXT_KG_PER_KM = 0.8, 0.0035
#: What a unit is taken to weigh in grams where nobody has weighed it.
UNIT_G: Final = 500
#: Into how many parcels an order is split by cost.
MOST_WAREHOUSES: Final = 3


@dataclass(frozen=True, slots=True)
class Costs:
    """Money for what carriers do not write bills for.

    :param parcel: packing a parcel, where its warehouse has no cost of its own; ``line`` and ``unit``: picking.
    :param split: each parcel of an order after the first, for the customer who has to be at home twice.
    :param hour: each hour that an order arrives later than it could from the quickest warehouse.
    :param late: each hour after the promise.
    """

    parcel: float = 1.5
    line: float = 0.3
    unit: float = 0.0
    split: float = 2.0
    hour: float = 0.02
    late: float = 0.5


def costs() -> Costs:
    """The money that ``settings.SOURCING`` names."""
    return Costs(**setting("costs"))


def setting(name: str) -> Any:
    """One of ``settings.SOURCING``."""
    given: Any = settings.SOURCING
    return given[name]
