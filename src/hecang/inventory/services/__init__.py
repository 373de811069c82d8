"""What can be done with stock. Import from here; the modules behind are named by what they do."""

from hecang.inventory.services.adjustment import (
    AdjustIn,
    Posted,
    adjustments_settle,
    stock_adjust,
    stock_move,
    stock_places_ensure,
    stock_post_once,
)
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
    reservations_try,
    reservations_write,
)
from hecang.inventory.services.checkout import CheckoutLine, CheckoutView, checkout_release, checkout_reserve
from hecang.inventory.services.containers import (
    ContainerIn,
    ContainerMade,
    ContainerMove,
    container_move,
    containers_empty_close,
    containers_make,
    containers_move,
    containers_nest,
    containers_unnest,
)
from hecang.inventory.services.dividing import ReservationMove, reservations_divide
from hecang.inventory.services.flags import flags_renew_locations
from hecang.inventory.services.holds import hold_place, hold_release
from hecang.inventory.services.lots import LotIn, lot_get_or_create_many, lots_expire
from hecang.inventory.services.naming import SerialClaim, serials_check, serials_claim, serials_unclaim
from hecang.inventory.services.picking import PickMove, ShipMove, allocations_pick, allocations_ship
from hecang.inventory.services.posting import PostingIn, stock_post
from hecang.inventory.services.rehousing import Rehousing, reservations_rehouse
from hecang.inventory.services.relabel import Relabel, Relabelled, stock_relabel
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
    "AdjustIn",
    "Allocated",
    "AllocationDemand",
    "AllocationResult",
    "CheckoutLine",
    "CheckoutView",
    "ContainerIn",
    "ContainerMade",
    "ContainerMove",
    "DamagedIn",
    "LotIn",
    "MissingIn",
    "PickMove",
    "Posted",
    "PostingIn",
    "Rehousing",
    "Relabel",
    "Relabelled",
    "ReleaseOutcome",
    "ReservationIn",
    "ReservationMove",
    "ReservationOutcome",
    "ReservationRow",
    "SerialClaim",
    "ShipMove",
    "Shortage",
    "adjustments_settle",
    "allocations_damage",
    "allocations_missing",
    "allocations_pick",
    "allocations_release",
    "allocations_ship",
    "availability_lock",
    "availability_lock_skus",
    "checkout_release",
    "checkout_reserve",
    "container_move",
    "containers_empty_close",
    "containers_make",
    "containers_move",
    "containers_nest",
    "containers_unnest",
    "flags_renew_locations",
    "hold_place",
    "hold_release",
    "lot_get_or_create_many",
    "lots_expire",
    "reservations_create",
    "reservations_divide",
    "reservations_expire",
    "reservations_rehouse",
    "reservations_release",
    "reservations_try",
    "reservations_write",
    "serials_check",
    "serials_claim",
    "serials_unclaim",
    "stock_adjust",
    "stock_allocate",
    "stock_move",
    "stock_places_ensure",
    "stock_post",
    "stock_post_once",
    "stock_relabel",
]
