"""From the codes that other systems send to ids: one statement for each kind, for any number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.catalog.selectors import BarcodeMatch, barcode_resolve
from hecang.facility.selectors import WarehouseRef, warehouses_by_code
from hecang.inbound.errors_receiving import AsnInvalid
from hecang.inbound.services.announcing import AsnContainerIn, AsnIn, AsnLineIn
from hecang.kernel.db import fetch
from hecang.kernel.errors import Problem
from hecang.partners.selectors import OwnerRef, owners_by_code


@dataclass(frozen=True, slots=True)
class CodesKnown:
    """What codes mean."""

    warehouses: Mapping[str, WarehouseRef]
    owners: Mapping[str, OwnerRef]
    suppliers: Mapping[str, int]
    orders: Mapping[str, int]
    skus: Mapping[str, BarcodeMatch]


def codes_known(asns: Sequence[Mapping[str, Any]]) -> CodesKnown:
    """What the codes of announcements mean; SKUs by code or barcode."""
    return CodesKnown(
        warehouses_by_code(asn["warehouse"] for asn in asns),
        owners_by_code(asn["owner"] for asn in asns),
        dict(fetch("SELECT code, id FROM supplier WHERE code = ANY(%s::text[])", [_codes(asns, "supplier")])),
        dict(
            fetch(
                "SELECT number, id FROM purchase_order WHERE number = ANY(%s::text[])",
                [_codes(asns, "purchase_order")],
            )
        ),
        barcode_resolve(line["sku"] for asn in asns for line in asn["lines"]),
    )


def _codes(asns: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    return sorted({asn[name] for asn in asns if asn[name]})


def code_problems(asn: Mapping[str, Any], known: CodesKnown) -> list[Problem]:
    """Codes that mean nothing."""
    found: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("warehouse", known.warehouses), ("owner", known.owners), ("supplier", known.suppliers),
        ("purchase_order", known.orders),
    )  # fmt: skip
    problems = [
        Problem(
            _("“%(code)s” is not known.") % {"code": asn[name]}, code=f"unknown_{name}", loc=name, field=name
        )
        for name, codes in found
        if asn[name] and asn[name] not in codes
    ]
    return problems + [
        Problem(
            _("“%(code)s” is neither the code nor a barcode of one of our SKUs.") % {"code": line["sku"]},
            code="unknown_sku", loc=f"lines.{index}.sku", field="sku",
        )
        for index, line in enumerate(asn["lines"])
        if line["sku"] not in known.skus
    ]  # fmt: skip


def asn_of(asn: Mapping[str, Any], known: CodesKnown, *, origin: str) -> AsnIn:
    """An announcement with ids. A barcode of a package counts as many base units as it stands for.

    Raises :class:`AsnInvalid`, naming the codes that mean nothing.
    """
    if problems := code_problems(asn, known):
        raise AsnInvalid(
            _("Nothing was taken: %(count)s places are wrong. %(first)s")
            % {"count": len(problems), "first": problems[0].message},
            problems=problems,
        )
    return AsnIn(
        warehouse_id=known.warehouses[asn["warehouse"]].id,
        owner_id=known.owners[asn["owner"]].id,
        supplier_id=known.suppliers[asn["supplier"]] if asn["supplier"] else None,
        purchase_order_id=known.orders[asn["purchase_order"]] if asn["purchase_order"] else None,
        kind=str(asn["kind"]),
        external_number=asn["external_number"],
        carrier_name=asn["carrier_name"],
        waybill_number=asn["waybill_number"],
        expected_at=asn["expected_at"],
        pallet_count=asn["pallet_count"],
        carton_count=asn["carton_count"],
        note=asn["note"],
        origin=origin,
        lines=tuple(_line(line, known) for line in asn["lines"]),
        containers=tuple(
            AsnContainerIn(**{**one, "kind": str(one["kind"])}) for one in asn.get("containers", ())
        ),
    )


def _line(line: Mapping[str, Any], known: CodesKnown) -> AsnLineIn:
    match = known.skus[line["sku"]]
    return AsnLineIn(
        sku_id=match.sku_id,
        quantity=line["quantity"] * match.quantity,
        purchase_line_id=line.get("purchase_line_id"),
        container=line.get("container", ""),
        lot_code=line.get("lot_code", ""),
        produced_on=line.get("produced_on"),
        expires_on=line.get("expires_on"),
        serials=tuple(line.get("serials", ())),
    )
