"""What changes products."""

from hecang.catalog.services.barcodes import barcode_remove, barcodes_add
from hecang.catalog.services.categories import categories_ensure
from hecang.catalog.services.findings import findings_refresh, norms_refresh
from hecang.catalog.services.kits import kit_components_set
from hecang.catalog.services.packagings import packagings_set
from hecang.catalog.services.rows import PackagingIn, SkuRow, UpsertResult
from hecang.catalog.services.skus import sku_change, sku_create
from hecang.catalog.services.upsert import skus_upsert

__all__ = [
    "PackagingIn",
    "SkuRow",
    "UpsertResult",
    "barcode_remove",
    "barcodes_add",
    "categories_ensure",
    "findings_refresh",
    "kit_components_set",
    "norms_refresh",
    "packagings_set",
    "sku_change",
    "sku_create",
    "skus_upsert",
]
