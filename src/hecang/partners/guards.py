"""What higher apps have to do when two customers turn out to be one: they register a function, handed down.

::

    customer_follower(orders_follow)     # in AppConfig.ready() of orders
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
