"""What changes partners and regions."""

from hecang.partners.services.blacklist import contact_block, contact_unblock
from hecang.partners.services.credit import credit_remove, credit_set, credits_lock
from hecang.partners.services.customers import (
    AddressIn,
    CustomerRow,
    contact_seen,
    customer_change,
    customer_erase,
    customers_upsert,
)
from hecang.partners.services.merging import customers_merge
from hecang.partners.services.owners import owner_change, owner_create, owners_ensure
from hecang.partners.services.regions import regions_load, regions_upsert
from hecang.partners.services.results import UpsertResult
from hecang.partners.services.suppliers import (
    SupplierFields,
    SupplierRow,
    supplier_change,
    supplier_create,
    suppliers_upsert,
)

__all__ = [
    "AddressIn",
    "CustomerRow",
    "SupplierFields",
    "SupplierRow",
    "UpsertResult",
    "contact_block",
    "contact_seen",
    "contact_unblock",
    "credit_remove",
    "credit_set",
    "credits_lock",
    "customer_change",
    "customer_erase",
    "customers_merge",
    "customers_upsert",
    "owner_change",
    "owner_create",
    "owners_ensure",
    "regions_load",
    "regions_upsert",
    "supplier_change",
    "supplier_create",
    "suppliers_upsert",
]
