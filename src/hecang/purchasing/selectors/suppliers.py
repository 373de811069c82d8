"""What is open with a supplier."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.kernel.db import fetch_one
from hecang.purchasing.errors import SupplierBusy


def supplier_is_free(supplier_id: int) -> None:
    """Raise :class:`SupplierBusy` while orders with a supplier are open."""
    row = fetch_one(
        "SELECT count(*), min(number) FROM purchase_order"
        " WHERE supplier_id = %s AND state NOT IN ('closed', 'cancelled', 'received')",
        [supplier_id],
    )
    if row is not None and row[0]:
        raise SupplierBusy(
            _(
                "%(count)s purchase orders of this supplier are open, such as %(number)s. Close or cancel them first."
            )
            % {"count": row[0], "number": row[1]}
        )
