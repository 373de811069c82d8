"""What can go wrong with warehouses."""

from __future__ import annotations

from hecang.kernel.errors import Conflict


class CodeTaken(Conflict):
    """Another warehouse, zone or location has this code."""

    code = "code_taken"


class LayoutExists(Conflict):
    """The layout would write over what is there."""

    code = "layout_exists"


class LayoutInUse(Conflict):
    """Locations that stock, ledger or work name cannot be removed."""

    code = "layout_in_use"


class LocationMissing(Conflict):
    """The warehouse has no location of a kind that the work needs."""

    code = "location_missing"
