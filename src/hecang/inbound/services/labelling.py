"""Logistic labels of announcements."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hecang.inbound.errors_receiving import AsnInvalid, AsnNotFound
from hecang.inbound.logistic_labels import Content, LogisticLabel, render
from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch, fetch_one

_ASN = """
SELECT a.number, a.warehouse_id, a.owner_id, coalesce(s.name, ''), w.name, w.address, coalesce(o.number, '')
FROM asn a JOIN warehouse w ON w.id = a.warehouse_id LEFT JOIN supplier s ON s.id = a.supplier_id
LEFT JOIN purchase_order o ON o.id = a.purchase_order_id WHERE a.id = %s
"""
_CONTAINERS = """
SELECT c.id, c.code, c.kind, k.code, k.name, l.quantity, k.base_unit, coalesce(b.code, ''), l.lot_code, l.expires_on
FROM asn_container c LEFT JOIN asn_line l ON l.container_id = c.id LEFT JOIN sku k ON k.id = l.sku_id
LEFT JOIN barcode b ON b.sku_id = k.id AND b.is_primary AND b.quantity = 1
WHERE c.asn_id = %s ORDER BY c.id, l.number
"""


def asn_labels(*, asn_id: int) -> bytes:
    """One page for each pallet and carton of an announcement. Two statements.

    :raises AsnNotFound: not in scope. AsnInvalid: it names no container; make numbers first.
    """
    asn = fetch_one(_ASN, [asn_id])
    if asn is None:
        raise AsnNotFound(_("There is no such announcement."), data={"asn_id": asn_id})
    current_actor().scope.require(warehouse=asn[1], owner=asn[2])
    containers: dict[int, tuple[str, str, list[Content]]] = {}
    rows: list[tuple[Any, ...]] = fetch(_CONTAINERS, [asn_id])
    for container_id, code, kind, sku, name, quantity, unit, gtin, lot, expires_on in rows:
        _code, _kind, contents = containers.setdefault(container_id, (code, kind, []))
        if sku is not None:
            contents.append(Content(sku, name, quantity, unit, gtin, lot, expires_on))
    if not containers:
        raise AsnInvalid(
            _("This announcement names no pallet or carton. Make numbers for them first."),
            code="no_containers",
        )
    return render(
        [
            LogisticLabel(
                code=code, kind=kind, sender=asn[3], receiver=asn[4], address=asn[5], asn_number=asn[0],
                order_number=asn[6], index=index, count=len(containers), contents=tuple(contents),
            )
            for index, (code, kind, contents) in enumerate(containers.values(), 1)
        ]
    )  # fmt: skip
