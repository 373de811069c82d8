"""Questions that other apps ask about products. Each is a statement or two, for any number of rows."""

from hecang.catalog.selectors.scan import BarcodeMatch, barcode_resolve
from hecang.catalog.selectors.skus import (
    SkuPhysicals,
    SkuRef,
    kit_components,
    sku_handling,
    sku_physicals,
    skus_by_code,
    skus_by_id,
)
from hecang.catalog.selectors.traits import SkuTraits, sku_traits

__all__ = [
    "BarcodeMatch",
    "SkuPhysicals",
    "SkuRef",
    "SkuTraits",
    "barcode_resolve",
    "kit_components",
    "sku_handling",
    "sku_physicals",
    "sku_traits",
    "skus_by_code",
    "skus_by_id",
]
