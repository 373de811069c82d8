"""Cartons for orders, by the strategy in force."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.module_loading import import_string

from hecang.kernel import db
from hecang.shipping.packing.base import CartonChooser, CartonSpec, PackDemand, PackedCarton

STRATEGY = "shipping.cartons"
DEFAULT = "hecang.shipping.packing.smallest.SmallestCarton"


def cartons_choose_many(*, demands: Sequence[PackDemand]) -> list[list[PackedCarton]]:
    """Choose cartons for many orders; one statement for any number of them, no lock.

    :returns: for each demand, in order, its cartons; every unit is in exactly one. A carton without an
        id stands for goods that no carton takes: they travel in their own packing.
    """
    chooser: CartonChooser = import_string(settings.STRATEGIES.get(STRATEGY, DEFAULT))()
    return chooser.choose(demands, _cartons())


def _cartons() -> list[CartonSpec]:
    rows = db.fetch(
        """
        SELECT id, code, length_mm, width_mm, height_mm, tare_g, max_weight_g
          FROM carton WHERE is_active
         ORDER BY length_mm::bigint * width_mm * height_mm, id
        """
    )
    return [CartonSpec(*row) for row in rows]
