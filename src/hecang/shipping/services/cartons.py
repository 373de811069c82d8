"""Cartons for orders, by the strategy in force."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from hecang.kernel import db
from hecang.shipping.packing.base import CartonChooser, CartonSpec, PackDemand, PackedCarton

STRATEGY: Final = "shipping.cartons"
DEFAULT: Final = "placed"
KNOWN: Final = {
    "placed": "hecang.shipping.packing.placed.PlacedCarton",
    "smallest": "hecang.shipping.packing.smallest.SmallestCarton",
}


def cartons_choose_many(*, demands: Sequence[PackDemand]) -> list[list[PackedCarton]]:
    """Choose cartons for many orders; one statement for any number of them, no lock.

    :returns: for each demand, in order, its cartons; every unit is in exactly one. A carton without an
        id stands for goods that no carton takes: they travel in their own packing.
    """
    return carton_chooser().choose(demands, _cartons())


def carton_chooser() -> CartonChooser:
    """The choice named in ``settings.STRATEGIES["shipping.cartons"]``: a known name or a dotted path.

    Its module is loaded when it is first asked for; processes that pack nothing never pay for it.
    """
    return _loaded(settings.STRATEGIES.get(STRATEGY, DEFAULT))


@functools.cache
def _loaded(name: str) -> CartonChooser:
    chooser: CartonChooser = import_string(KNOWN.get(name, name))()
    return chooser


def _cartons() -> list[CartonSpec]:
    rows = db.fetch(
        """
        SELECT id, code, length_mm, width_mm, height_mm, tare_g, max_weight_g, (cost * 100)::bigint
          FROM carton WHERE is_active
         ORDER BY length_mm::bigint * width_mm * height_mm, id
        """
    )
    return [CartonSpec(*row) for row in rows]
