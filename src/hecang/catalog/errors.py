"""What can go wrong with products."""

from __future__ import annotations

from hecang.kernel.errors import Conflict, InvalidInput


class CodeTaken(Conflict):
    """Another SKU has this code."""

    code = "code_taken"


class BarcodeTaken(Conflict):
    """The barcode names another SKU."""

    code = "barcode_taken"


class SkuHasStock(Conflict):
    """How a SKU is tracked cannot change while there is stock of it."""

    code = "sku_has_stock"


class KitInvalid(InvalidInput):
    """A kit of kits, of itself, or of nothing."""

    code = "kit_invalid"
