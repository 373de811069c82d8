"""Codes on the goods."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.catalog.errors import BarcodeTaken
from hecang.catalog.services.findings import findings_refresh
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound, Problem


@transactional
def barcodes_add(
    *, barcodes: Mapping[int, Sequence[tuple[str, int]]], refresh: bool = False, told: Collection[int] = ()
) -> set[int]:
    """Give SKUs (id → (code, base units) …) their barcodes; the ids of SKUs that got one or a new quantity.

    The first barcode that a SKU ever gets is its primary one. Four statements at most. Locks the SKUs. Raises
    :class:`BarcodeTaken` with a problem for each code that names another SKU.

    :param refresh: also look at the data quality of those SKUs anew.
    :param told: SKUs whose own audit entry names the barcodes already.
    """
    wanted = {code: (sku_id, quantity) for sku_id, codes in barcodes.items() for code, quantity in codes}
    _refuse_two_in_one(barcodes)
    if not wanted:
        return set()
    execute("SELECT id FROM sku WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(barcodes)])
    rows = fetch(
        "SELECT code, sku_id, quantity FROM barcode WHERE code = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [list(wanted)],
    )
    there = {code: (sku_id, quantity) for code, sku_id, quantity in rows}
    _refuse_taken([code for code, (sku_id, _quantity) in there.items() if sku_id != wanted[code][0]])
    fresh = [(sku_id, code, quantity) for code, (sku_id, quantity) in wanted.items() if code not in there]
    resized = [(code, wanted[code][1]) for code in there if there[code][1] != wanted[code][1]]
    if resized:
        execute(
            "UPDATE barcode SET quantity = row.quantity FROM unnest(%s::text[], %s::integer[]) AS row (code, quantity)"
            " WHERE barcode.code = row.code",
            columns(resized, 2),
        )
    if fresh:
        _insert(fresh)
    touched = {sku_id for sku_id, _code, _quantity in fresh} | {
        wanted[code][0] for code, _quantity in resized
    }
    audit_record_many(
        action="sku.add_barcodes",
        entity_kind="sku",
        entries=[
            (sku_id, None, {"barcodes": [list(pair) for pair in barcodes[sku_id]]})
            for sku_id in sorted(touched.difference(told))
        ],
    )
    if refresh and touched:
        findings_refresh(sku_ids=sorted(touched))
    return touched


def _refuse_two_in_one(barcodes: Mapping[int, Sequence[tuple[str, int]]]) -> None:
    seen: dict[str, int] = {}
    for sku_id, codes in barcodes.items():
        for code, _quantity in codes:
            if seen.setdefault(code, sku_id) != sku_id:
                _refuse_taken([code])


def _insert(fresh: Sequence[tuple[int, str, int]]) -> None:
    made = fetch(
        "INSERT INTO barcode (sku_id, code, quantity, is_primary)"
        " SELECT sku_id, code, quantity, position = first AND NOT EXISTS"
        " (SELECT FROM barcode AS other WHERE other.sku_id = row.sku_id AND other.is_primary)"
        " FROM (SELECT *, min(position) OVER (PARTITION BY sku_id) AS first"
        " FROM unnest(%s::bigint[], %s::text[], %s::integer[]) WITH ORDINALITY AS new (sku_id, code, quantity, position)"
        ") AS row ON CONFLICT (code) DO NOTHING RETURNING code",
        columns(fresh, 3),
    )
    # Whoever else made one of them since we looked has it.
    _refuse_taken(sorted({code for _sku, code, _quantity in fresh} - {row[0] for row in made}))


def _refuse_taken(codes: Sequence[str]) -> None:
    if not codes:
        return
    message = _("This barcode names another SKU already. Remove it there first.")
    raise BarcodeTaken(
        _("The barcode %(codes)s names another SKU already. Remove it there first.")
        % {"codes": ", ".join(codes[:5])},
        data={"barcodes": list(codes)},
        problems=[Problem(message, code="barcode_taken", field="barcodes", loc=code) for code in codes],
    )


@transactional
def barcode_remove(*, sku_id: int, code: str) -> None:
    """Take a barcode off a SKU. Where it was the primary one the oldest other becomes that.

    Locks the barcode. Raises :class:`NotFound`.
    """
    row = fetch_one(
        "DELETE FROM barcode WHERE sku_id = %s AND code = %s RETURNING is_primary, quantity", [sku_id, code]
    )
    if row is None:
        raise NotFound(_("This SKU has no such barcode."))
    if row[0]:
        execute(
            "UPDATE barcode SET is_primary = true WHERE id = (SELECT min(id) FROM barcode WHERE sku_id = %s)",
            [sku_id],
        )
    audit_record(
        action="sku.remove_barcode",
        entity_kind="sku",
        entity_id=sku_id,
        before={"code": code, "quantity": row[1]},
    )
    findings_refresh(sku_ids=[sku_id])
