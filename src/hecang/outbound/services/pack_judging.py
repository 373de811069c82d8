"""Which scans of a packer are right: pure, so that every mistake has a test of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.outbound.services.pick_judging import Match
from hecang.outbound.services.scans import ScanResult


@dataclass(frozen=True, slots=True)
class PackScan:
    """One message of a packer.

    :param scan_id: made by the device; the same id is the same scan.
    :param barcode: any barcode of the goods; that of a case counts its units.
    :param quantity: pieces of what the barcode stands for.
    :param action: ``add`` into the open parcel, or ``remove`` from it again (undo).
    """

    scan_id: UUID
    fulfilment_id: int
    barcode: str
    quantity: int = 1
    action: Literal["add", "remove"] = "add"

    def payload(self) -> dict[str, Any]:
        """The content that a repetition must equal."""
        return {
            "fulfilment_id": self.fulfilment_id,
            "barcode": self.barcode,
            "quantity": self.quantity,
            "action": self.action,
        }


@dataclass(slots=True)
class PackLine:
    """A line as judging sees it; ``left`` and ``boxed`` change as scans are accepted.

    :param left: picked units in no parcel yet.
    :param boxed: units in the open parcel.
    """

    id: int
    sku_id: int
    sku_code: str
    left: int
    boxed: int


@dataclass(slots=True)
class PackState:
    """A fulfilment on the packing table.

    :param refusal: (code, message) when nothing of it may be packed now, else ``None``.
    """

    lines: list[PackLine]
    refusal: tuple[str, str] | None = None
    #: Numbered units scanned into the open parcel: serial id → SKU id.
    serials: dict[int, int] = field(default_factory=dict)
    #: Serial id → why the unit cannot be one of these, as (code, message).
    wrong_serials: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class PackVerdicts:
    """Answers in the order of the scans, and the net change of the open parcels by (fulfilment, line)."""

    results: list[ScanResult] = field(default_factory=list)
    changes: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    #: Numbered units that came in or went out: (fulfilment, serial) → line, or ``None`` where it went out.
    serials: dict[tuple[int, int], int | None] = field(default_factory=dict)


def judge(
    scans: Sequence[PackScan], fulfilments: Mapping[int, PackState], barcodes: Mapping[str, Match]
) -> PackVerdicts:
    """Judge scans one after another; a refused one leaves everything as it was."""
    verdicts = PackVerdicts()
    for scan in scans:
        verdicts.results.append(_judge_one(scan, fulfilments, barcodes, verdicts))
    return verdicts


def _judge_one(
    scan: PackScan,
    fulfilments: Mapping[int, PackState],
    barcodes: Mapping[str, Match],
    verdicts: PackVerdicts,
) -> ScanResult:
    table = fulfilments.get(scan.fulfilment_id)
    if table is None:
        return _no(scan, "unknown_fulfilment", _("There is no such fulfilment."))
    if table.refusal is not None and scan.action == "add":
        return _no(scan, *table.refusal)
    match = barcodes.get(scan.barcode)
    if match is None:
        return _no(
            scan, "unknown_barcode", _("Nobody knows the barcode “%(code)s”.") % {"code": scan.barcode}
        )
    lines = [line for line in table.lines if line.sku_id == match.sku_id]
    if not lines:
        wanted = [line.sku_code for line in table.lines if line.left][:5]
        return _no(
            scan,
            "wrong_item",
            _("These goods do not belong into this parcel. Put them aside."),
            {"sku_codes": wanted},
        )
    units = scan.quantity * match.quantity
    adds = scan.action == "add"
    fault = _serial_fault(scan, match, table, lines, units)
    if fault is not None:
        return _no(scan, *fault)
    result = _take(scan, lines, units, verdicts, into_parcel=adds)
    if result.ok and match.serial_id is not None:
        line_id = result.data["lines"][0]["line_id"]
        verdicts.serials[scan.fulfilment_id, match.serial_id] = line_id if adds else None
        if adds:
            table.serials[match.serial_id] = match.sku_id
        else:
            del table.serials[match.serial_id]
    return result


def _serial_fault(
    scan: PackScan, match: Match, table: PackState, lines: Sequence[PackLine], units: int
) -> tuple[str, str] | None:
    """Why a unit with a number cannot go in or out; also where a number has to be said."""
    key = match.serial_id
    if key is None:
        numbered = sum(1 for sku_id in table.serials.values() if sku_id == match.sku_id)
        boxed = sum(line.boxed for line in lines)
        # Of what is not in there no number helps: that is said when the units are counted.
        if scan.action == "remove" and boxed - numbered < units <= boxed:
            return "name_serial", _("Scan the serial of the unit that is taken out.")
        return None
    if scan.action == "remove" and key not in table.serials:
        return "not_in_parcel", _("This unit has not been scanned into the parcel.")
    if scan.quantity != 1:
        return "one_serial", _("A serial is one unit. Scan each unit.")
    if scan.action == "remove":
        return None
    if key in table.serials:
        return "serial_twice", _("This unit lies in the parcel already. Scan the next one.")
    return table.wrong_serials.get(key)


def _take(
    scan: PackScan, lines: Sequence[PackLine], units: int, verdicts: PackVerdicts, *, into_parcel: bool
) -> ScanResult:
    """Move units between table and parcel, over the lines of one SKU."""
    room = sum(line.left if into_parcel else line.boxed for line in lines)
    code = lines[0].sku_code
    if units < 1 or units > room:
        facts = {"code": code, "room": room, "units": units}
        if into_parcel:
            message = _("%(room)s of %(code)s are still missing, not %(units)s. Put the rest aside.") % facts
            return _no(scan, "surplus_item", message, {"sku_code": code, "quantity": room})
        message = _("Only %(room)s of %(code)s are in the parcel.") % facts
        return _no(scan, "not_in_parcel", message, {"sku_code": code, "quantity": room})
    told = []
    left = units
    for line in lines:
        part = min(left, line.left if into_parcel else line.boxed)
        if not part:
            continue
        step = part if into_parcel else -part
        line.left -= step
        line.boxed += step
        left -= part
        verdicts.changes[scan.fulfilment_id, line.id] += step
        told.append({"line_id": line.id, "quantity": step, "left": line.left})
    return ScanResult(scan.scan_id, ok=True, data={"sku_code": code, "units": units, "lines": told})


def _no(scan: PackScan, code: str, message: str, expected: Mapping[str, Any] | None = None) -> ScanResult:
    return ScanResult(scan.scan_id, ok=False, code=code, message=message, expected=dict(expected or {}))
