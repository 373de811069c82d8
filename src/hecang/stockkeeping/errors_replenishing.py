"""What can go wrong with replenishment."""

from __future__ import annotations

from hecang.kernel.errors import Conflict, InvalidInput, StateConflict


class ReplenishmentEnded(StateConflict):
    """It is done or cancelled; nothing more can be moved for it."""

    code = "replenishment_ended"


class UnitsTaken(Conflict):
    """Orders took the units at the source first. ``data["free"]``: what is left of them there."""

    code = "units_taken"


class WrongSource(InvalidInput):
    """The goods cannot be taken from there."""

    code = "wrong_source"
