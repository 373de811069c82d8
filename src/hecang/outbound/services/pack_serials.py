"""Serials on the packing table: which numbers a packer's scans mean, and that the books hear of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hecang.inventory.services import SerialClaim, serials_check, serials_claim, serials_unclaim
from hecang.kernel.db import fetch
from hecang.outbound.services.pack_judging import PackScan, PackState
from hecang.outbound.services.pick_judging import Match

_BY_NUMBER = """
SELECT s.number, s.sku_id, s.id FROM serial s WHERE s.number = ANY(%s::text[]) AND s.sku_id = ANY(%s::bigint[])
"""

_BOXED = """
SELECT p.fulfilment_id, s.id, s.sku_id
FROM parcel p JOIN serial s ON s.claim_kind = 'parcel' AND s.claim_id = p.id
WHERE p.fulfilment_id = ANY(%s::bigint[]) AND p.state = 'open'
"""


def serials_read(
    scans: Sequence[PackScan], tables: Mapping[int, PackState], unknown: Sequence[str]
) -> dict[str, Match]:
    """Codes that are no barcodes but numbers of goods on these tables; notes on the tables what is wrong with them.

    Four statements where numbered units are scanned or lie in the parcels, one or two otherwise.
    """
    for fulfilment_id, serial_id, sku_id in fetch(_BOXED, [list(tables)]):
        tables[fulfilment_id].serials[serial_id] = sku_id
    skus = sorted({line.sku_id for table in tables.values() for line in table.lines})
    if not unknown or not skus:
        return {}
    found = {row[0]: Match(row[1], 1, row[2]) for row in fetch(_BY_NUMBER, [list(unknown), skus])}
    claims: dict[int, list[SerialClaim]] = {}
    for scan in scans:
        match, table = found.get(scan.barcode), tables.get(scan.fulfilment_id)
        if match is None or match.serial_id is None or table is None or match.serial_id in table.serials:
            continue
        line = next((line for line in table.lines if line.sku_id == match.sku_id), None)
        if line is not None and scan.action == "add":
            claims.setdefault(scan.fulfilment_id, []).append(SerialClaim(match.serial_id, line.id, 0))
    wrong = serials_check(claims=[claim for part in claims.values() for claim in part])
    for fulfilment_id, part in claims.items():
        tables[fulfilment_id].wrong_serials |= {
            claim.serial_id: wrong[claim.serial_id] for claim in part if claim.serial_id in wrong
        }
    return found


def serials_write(changes: Mapping[tuple[int, int], int | None], parcels: Mapping[int, int]) -> None:
    """Tell the books which units lie in which open parcel now.

    :param changes: (fulfilment, serial) → line that it is one of, or ``None`` where it was taken out.
    """
    out = [serial_id for (_key, serial_id), line_id in changes.items() if line_id is None]
    if out:
        serials_unclaim(kind="parcel", ids=list(parcels.values()), serial_ids=out)
    serials_claim(
        claims=[
            SerialClaim(serial_id, line_id, parcels[fulfilment_id])
            for (fulfilment_id, serial_id), line_id in changes.items()
            if line_id is not None
        ]
    )
