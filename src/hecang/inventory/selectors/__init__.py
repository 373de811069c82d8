"""Questions about stock. Nothing here locks."""

from hecang.inventory.selectors.rows import (
    ActiveReservation,
    AllocatableRow,
    StandingAllocation,
    allocations_standing,
    availability_for,
    candidates_of,
    reservations_active,
    skus_with_stock,
    stock_allocatable,
)

__all__ = [
    "ActiveReservation",
    "AllocatableRow",
    "StandingAllocation",
    "allocations_standing",
    "availability_for",
    "candidates_of",
    "reservations_active",
    "skus_with_stock",
    "stock_allocatable",
]
