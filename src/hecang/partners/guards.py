"""What higher apps have to do, or to say, when partners change: they register a function, handed down.

::

    customer_follower(orders_follow)     # in AppConfig.ready() of orders
    supplier_guard(supplier_is_free)     # in AppConfig.ready() of purchasing
"""

from __future__ import annotations

from collections.abc import Callable

#: Called with (id that goes, id that stays) in the transaction that merges them.
CustomerFollower = Callable[[int, int], None]

_followers: list[CustomerFollower] = []


def customer_follower(function: CustomerFollower) -> CustomerFollower:
    """Register a function that lets records follow from one customer to another."""
    if function not in _followers:
        _followers.append(function)
    return function


def customers_followed(gone: int, kept: int) -> None:
    """Let every registered app follow."""
    for function in _followers:
        function(gone, kept)


#: Called with the id of a supplier who is to be switched off; raises Conflict where business with them is open.
SupplierGuard = Callable[[int], None]

_guards: list[SupplierGuard] = []


def supplier_guard(function: SupplierGuard) -> SupplierGuard:
    """Register a function that says whether a supplier may go."""
    if function not in _guards:
        _guards.append(function)
    return function


def supplier_leaves(supplier_id: int) -> None:
    """Ask every registered app whether nothing is open with a supplier. Raises what they raise."""
    for function in _guards:
        function(supplier_id)
