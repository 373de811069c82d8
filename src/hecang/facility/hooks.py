"""What must follow a change of locations at once, in the same transaction.

Whether stock may be sold depends on the location's kind and on whether it is active. Stock lives in a higher
app, so it hands down a function instead of being imported::

    on_locations_changed(sellability_refresh)     # in AppConfig.ready() of the inventory
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

LocationsChanged = Callable[[Sequence[int]], None]

_listeners: list[LocationsChanged] = []


def on_locations_changed(function: LocationsChanged) -> LocationsChanged:
    """Register a function that is called with location ids after their kind or activity was written."""
    if function not in _listeners:
        _listeners.append(function)
    return function


def locations_changed(location_ids: Sequence[int]) -> None:
    """Tell all who asked; inside the transaction that made the change."""
    if location_ids:
        for listener in _listeners:
            listener(location_ids)
