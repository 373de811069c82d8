"""Questions that other apps ask about partners and regions. Each is one statement or none."""

from hecang.partners.selectors.credit import CreditRef, credit_rows, credits_of
from hecang.partners.selectors.people import (
    CustomerOfPhone,
    CustomerRef,
    OwnerRef,
    contacts_blocked,
    customer_contact,
    customers_by_code,
    customers_by_phone,
    owners_by_code,
    owners_by_id,
)
from hecang.partners.selectors.regions import (
    RegionDistances,
    RegionRef,
    region_distances_km,
    region_from_text,
    region_index,
    region_names,
    region_resolve,
    regions_below,
    regions_by_code,
    regions_resolve,
)
from hecang.partners.selectors.suppliers import (
    SupplierRef,
    supplier_detail,
    suppliers_by_code,
    suppliers_by_id,
)

__all__ = [
    "CreditRef",
    "CustomerOfPhone",
    "CustomerRef",
    "OwnerRef",
    "RegionDistances",
    "RegionRef",
    "SupplierRef",
    "contacts_blocked",
    "credit_rows",
    "credits_of",
    "customer_contact",
    "customers_by_code",
    "customers_by_phone",
    "owners_by_code",
    "owners_by_id",
    "region_distances_km",
    "region_from_text",
    "region_index",
    "region_names",
    "region_resolve",
    "regions_below",
    "regions_by_code",
    "regions_resolve",
    "supplier_detail",
    "suppliers_by_code",
    "suppliers_by_id",
]
