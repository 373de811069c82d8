"""The warehouse of the study: parallel aisles in two blocks, shelves on both sides, one SKU in each place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.study.orders import Ints
from hecang_optim.routing import AisleLayout, Picks

Floats = npt.NDArray[np.float64]

AISLES = 20
BLOCKS = 2
SIDES = 2
LEVELS = 5
#: Metres: from aisle to aisle, a shelf's width, from the last shelf to the middle of the cross-aisle.
PITCH = 4.5
BAY = 1.0
END = 1.5


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A layout and its places.

    :param layout: aisles and cross-aisles in metres, the depot at the front in the middle.
    :param aisle: aisle of each place, shape (places,).
    :param y: how far along it, metres, shape (places,).
    """

    layout: AisleLayout
    aisle: Ints
    y: Floats

    @property
    def places(self) -> int:
        return len(self.aisle)

    def picks(self, places: Ints) -> Picks:
        """What is to be visited, for routing."""
        return Picks(self.aisle[places], self.y[places])


def build(skus: int) -> Warehouse:
    """A warehouse with a place for each of so many SKUs, as small as that allows."""
    bays = -(-skus // (AISLES * BLOCKS * SIDES * LEVELS))
    length = bays * BAY + 2 * END
    layout = AisleLayout.regular(
        aisles=AISLES, blocks=BLOCKS, aisle_pitch=PITCH, sub_aisle_length=length, depot_aisle=AISLES // 2
    )
    aisle, block, bay, _side, _level = (
        axis.ravel() for axis in np.indices((AISLES, BLOCKS, bays, SIDES, LEVELS))
    )
    return Warehouse(layout, aisle.astype(np.int64), block * length + END + (bay + 0.5) * BAY)
