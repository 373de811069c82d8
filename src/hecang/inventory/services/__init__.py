"""What can be done with stock. Import from here; the modules behind are named by what they do."""

from hecang.inventory.services.allocation import (
    Allocated,
    AllocationDemand,
    AllocationResult,
    stock_allocate,
)
from hecang.inventory.services.availability import (
    ReservationRow,
    availability_lock,
    availability_lock_skus,
    reservations_write,
)
from hecang.inventory.services.picking import PickMove, allocations_pick, allocations_ship
from hecang.inventory.services.posting import PostingIn, stock_post
from hecang.inventory.services.releasing import (
    DamagedIn,
    MissingIn,
    ReleaseOutcome,
    allocations_damage,
    allocations_missing,
    allocations_release,
)
from hecang.inventory.services.reservation import (
    ReservationIn,
    ReservationOutcome,
    Shortage,
    reservations_create,
    reservations_expire,
    reservations_release,
)

__all__ = [
    "Allocated",
    "AllocationDemand",
    "AllocationResult",
    "DamagedIn",
    "MissingIn",
    "PickMove",
    "PostingIn",
    "ReleaseOutcome",
    "ReservationIn",
    "ReservationOutcome",
    "ReservationRow",
    "Shortage",
    "allocations_damage",
    "allocations_missing",
    "allocations_pick",
    "allocations_release",
    "allocations_ship",
    "availability_lock",
    "availability_lock_skus",
    "reservations_create",
    "reservations_expire",
    "reservations_release",
    "reservations_write",
    "stock_allocate",
    "stock_post",
]
