"""Whether announcements make sense, and what follows from what they leave out. Set-based."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hecang.catalog.selectors import SkuRef, skus_by_id
from hecang.inbound.models import Asn, AsnContainer, InboundKind
from hecang.inbound.services.announcing_serials import serial_problems, serial_skus, serials_clean
from hecang.inbound.sscc import LENGTH, is_sscc, sscc_clean
from hecang.kernel.db import fetch
from hecang.kernel.errors import Problem
from hecang.purchasing.selectors import OpenLine, purchase_lines_open

if TYPE_CHECKING:
    from hecang.inbound.services.announcing import AsnContainerIn, AsnIn, AsnLineIn

#: Lines of one announcement.
MOST_LINES = 20_000


def asn_problems(asns: Sequence[AsnIn]) -> list[Problem]:
    """What is wrong with announcements; ``row`` is their index. Five statements for any number, eight with serials."""
    skus = skus_by_id({line.sku_id for asn in asns for line in asn.lines})
    lines = _order_lines(asns)
    known = _known_ids(asns)
    by_serial = serial_skus(asns)
    return [
        replace(problem, row=index)
        for index, asn in enumerate(asns)
        for problem in _problems(asn, skus, lines, known, by_serial)
    ] + serial_problems(asns, by_serial)


def ready(asns: Sequence[AsnIn]) -> list[AsnIn]:
    """Announcements with clean codes, and with the order line of each line where the announcement names the order."""
    by_order: dict[int, list[OpenLine]] = defaultdict(list)
    for order_id in {asn.purchase_order_id for asn in asns if asn.purchase_order_id is not None}:
        by_order[order_id] = purchase_lines_open(order_id=order_id, complete=True)
    return [_ready(asn, by_order) for asn in asns]


def _ready(asn: AsnIn, by_order: dict[int, list[OpenLine]]) -> AsnIn:
    containers = tuple(
        replace(one, code=code_clean(one.code), key=code_clean(one.key), parent=code_clean(one.parent))
        for one in asn.containers
    )
    open_lines = list(by_order.get(asn.purchase_order_id or 0, ()))
    left = {line.line_id: line.open for line in open_lines}

    def matched(line: AsnLineIn) -> AsnLineIn:
        line = replace(
            line,
            container=code_clean(line.container),
            lot_code=line.lot_code.strip(),
            serials=serials_clean(line.serials),
        )
        if line.purchase_line_id is not None:
            return line
        candidates = [one for one in open_lines if one.sku_id == line.sku_id]
        if not candidates:
            return line
        best = next((one for one in candidates if left[one.line_id] > 0), candidates[0])
        left[best.line_id] -= line.quantity
        return replace(line, purchase_line_id=best.line_id)

    return replace(asn, containers=containers, lines=tuple(matched(line) for line in asn.lines))


def code_clean(code: str) -> str:
    """A container's code as it is stored."""
    return sscc_clean(code).upper()


def _order_lines(asns: Sequence[AsnIn]) -> dict[int, OpenLine]:
    ids = {line.purchase_line_id for asn in asns for line in asn.lines if line.purchase_line_id is not None}
    return {line.line_id: line for line in purchase_lines_open(line_ids=ids, complete=True)} if ids else {}


_IDS = """
SELECT 'warehouse', id FROM warehouse WHERE id = ANY(%s::bigint[]) AND is_active
UNION ALL SELECT 'owner', id FROM owner WHERE id = ANY(%s::bigint[])
UNION ALL SELECT 'supplier', id FROM supplier WHERE id = ANY(%s::bigint[])
UNION ALL SELECT 'order', id FROM purchase_order WHERE id = ANY(%s::bigint[])
    AND state IN ('approved', 'sent', 'confirmed', 'receiving', 'received')
"""


def _known_ids(asns: Sequence[AsnIn]) -> set[tuple[str, int]]:
    rows = fetch(
        _IDS,
        [
            sorted({asn.warehouse_id for asn in asns}),
            sorted({asn.owner_id for asn in asns}),
            sorted({asn.supplier_id for asn in asns if asn.supplier_id is not None}),
            sorted({asn.purchase_order_id for asn in asns if asn.purchase_order_id is not None}),
        ],
    )
    return {(row[0], row[1]) for row in rows}


def _problems(
    asn: AsnIn,
    skus: dict[int, SkuRef],
    orders: dict[int, OpenLine],
    known: set[tuple[str, int]],
    by_serial: Collection[int],
) -> Iterator[Problem]:
    for kind, value, loc in (
        ("warehouse", asn.warehouse_id, "warehouse"),
        ("owner", asn.owner_id, "owner"),
        ("supplier", asn.supplier_id, "supplier"),
        ("order", asn.purchase_order_id, "purchase_order"),
    ):
        if value is not None and (kind, value) not in known:
            yield Problem(
                _("It does not exist, or nothing can come in for it."),
                code=f"unknown_{kind}",
                loc=loc,
                field=loc,
            )
    if asn.kind not in InboundKind.values or asn.origin not in Asn.Origin.values:
        yield Problem(_("This kind is not known."), code="unknown_kind", loc="kind", field="kind")
    if not asn.lines:
        yield Problem(
            _("An announcement has at least one line."), code="no_lines", loc="lines", field="lines"
        )
    if len(asn.lines) > MOST_LINES:
        yield Problem(
            _("At most %(most)s lines; send several announcements.") % {"most": MOST_LINES},
            code="too_many_lines", loc="lines", field="lines",
        )  # fmt: skip
    yield from _container_problems(asn)
    names = {name for one in asn.containers for name in (code_clean(one.code), code_clean(one.key)) if name}
    for index, line in enumerate(asn.lines):
        for code, message, field in _line_faults(
            asn, line, skus.get(line.sku_id), orders, names, is_by_serial=line.sku_id in by_serial
        ):
            yield Problem(message, code=code, loc=f"lines.{index}.{field}", field=field)


def _container_problems(asn: AsnIn) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, one in enumerate(asn.containers):
        fault = _container_fault(one, seen)
        seen.add(code_clean(one.code) or code_clean(one.key))
        if fault:
            yield Problem(fault[1], code=fault[0], loc=f"containers.{index}.code", field="code")
    for index, one in enumerate(asn.containers):
        if one.parent and code_clean(one.parent) not in seen:
            yield Problem(
                _("The container that it stands in is not in this announcement."),
                code="unknown_parent", loc=f"containers.{index}.parent", field="parent",
            )  # fmt: skip


def _container_fault(one: AsnContainerIn, seen: set[str]) -> tuple[str, str] | None:
    code = code_clean(one.code)
    if one.kind not in AsnContainer.Kind.values:
        return "unknown_kind", _("A container is a pallet or a carton.")
    if not code and not one.key:
        return None
    if (code or code_clean(one.key)) in seen:
        return "container_twice", _("This number is named twice. Each pallet and carton has its own.")
    if len(code) == LENGTH and code.isascii() and code.isdigit() and not is_sscc(code):
        return "sscc_invalid", _("%(code)s is not a valid SSCC: its check digit is wrong. Read it again.") % {
            "code": code
        }
    return None


def _line_faults(
    asn: AsnIn,
    line: AsnLineIn,
    sku: SkuRef | None,
    orders: dict[int, OpenLine],
    names: set[str],
    *,
    is_by_serial: bool,
) -> Iterator[tuple[str, str, str]]:
    if sku is None:
        yield "unknown_sku", _("There is no such SKU."), "sku"
        return
    if sku.is_exploded:
        yield "kit_has_no_stock", _("%(sku)s is a kit; announce its components.") % {"sku": sku.code}, "sku"
    if line.quantity < 1:
        yield "quantity_not_positive", _("The quantity must be at least 1."), "quantity"
    if not is_by_serial and (
        len(line.serials) > max(line.quantity, 0) or len(set(line.serials)) != len(line.serials)
    ):
        yield (
            "serials_wrong",
            _("There are more serial numbers than units, or one is named twice."),
            "serials",
        )
    if line.produced_on and line.expires_on and line.expires_on < line.produced_on:
        yield "dates_wrong", _("It expires before it was made. Check both dates."), "expires_on"
    if line.container and code_clean(line.container) not in names:
        yield "unknown_container", _("The container is not in this announcement."), "container"
    if line.purchase_line_id is not None:
        order = orders.get(line.purchase_line_id)
        if order is None or order.sku_id != line.sku_id:
            yield "unknown_order_line", _("There is no such open order line of this SKU."), "purchase_line_id"
        elif (order.owner_id, order.warehouse_id) != (asn.owner_id, asn.warehouse_id) or (
            asn.supplier_id is not None and order.supplier_id != asn.supplier_id
        ):
            yield (
                "order_of_another",
                _("The order is of another supplier, owner or warehouse."),
                "purchase_line_id",
            )
