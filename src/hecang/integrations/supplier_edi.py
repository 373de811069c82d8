"""Purchase orders to suppliers by EDI: X12 850 into a drop folder or over SFTP. Their answers: ``services.supplier_answers``."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings as installation

from hecang.integrations.channels.edi import EdiSettings
from hecang.integrations.channels.edi_envelope import Partner, interchange_write
from hecang.integrations.channels.folders import DropBox, Folder, LocalFolder, safe_name
from hecang.integrations.channels.sftp_folder import SftpFolder
from hecang.kernel import clock
from hecang.kernel.connectors import AlreadyDone, OutsideError
from hecang.purchasing.ways import DispatchFailed, OrderDocument

#: BEG01: original, replaces what was sent before, cancellation.
PURPOSES = {"order": "00", "change": "05", "cancel": "01"}
UNITS = {"pcs": "EA", "kg": "KG", "g": "GR", "m": "MR", "l": "LT", "box": "BX", "carton": "CT"}


class EdiWay:
    """A file for each sending; its control number and name are those of the dispatch, so a repeat finds it there."""

    code = "edi"
    Settings = EdiSettings
    is_repeatable = True
    is_read = False

    def target(self, settings: Any) -> str:
        place = settings.folder if settings.transport == "folder" else settings.host
        return f"{settings.partner_qualifier} {settings.partner_id} @ {place}"

    def send(self, document: OrderDocument, settings: Any) -> None:
        name = f"850-{safe_name(document.number)}-{document.dispatch_id}.edi"
        content = interchange_write(
            partner_of(settings), "850", document.dispatch_id, document.at, purchase_order(document)
        )
        try:
            folder = folder_of(settings)
            try:
                box = DropBox(folder, clock.now, suffixes=(), settle=timedelta(0))
                box.write_once(name, content)
            finally:
                folder.close()
        except AlreadyDone:
            return
        except OutsideError as error:
            raise DispatchFailed(str(error), may_retry=error.may_retry) from None


def purchase_order(document: OrderDocument) -> list[list[str]]:
    """The segments of an 850, as our own reader of such orders takes them."""
    ordered = datetime.combine(document.ordered_on, time(), UTC)
    body = [
        ["BEG", PURPOSES[document.kind], "SA", document.number[:22], "", f"{ordered:%Y%m%d}"],
        ["CUR", "BY", document.currency],
    ]
    if document.account_number:
        body.append(["REF", "IA", document.account_number[:50]])
    if document.revision:
        body.append(["REF", "PP", str(document.revision)])
    days = [line.expected_on for line in document.lines if line.expected_on]
    if days:
        body.append(["DTM", "002", f"{max(days):%Y%m%d}"])
    if document.note:
        body.append(["N9", "L1", "NOTE"])
        body += [["MSG", part] for part in _pieces(document.note)]
    body += [
        ["N1", "BY", document.buyer.name[:60], "92", document.buyer.code[:80]],
        ["N1", "SU", document.supplier.name[:60], "92", document.supplier.code[:80]],
        ["N1", "ST", document.ship_to.name[:60], "92", document.ship_to.code[:80]],
    ]
    if document.ship_to.address:
        body.append(["N3", document.ship_to.address[:55], document.ship_to.address[55:110]])
    if document.ship_to.phone:
        body.append(["PER", "RE", document.ship_to.contact[:60], "TE", document.ship_to.phone[:40]])
    for line in document.lines:
        numbers = [
            part
            for qualifier, code in (
                ("VP", line.supplier_sku),
                ("BP", line.sku_code),
                ("EN", _ean(line.barcode)),
            )
            if code
            for part in (qualifier, code[:48])
        ]
        price = f"{line.unit_price.normalize():f}"
        body.append(
            ["PO1", str(line.number), str(line.quantity), UNITS.get(line.unit, "EA"), price, "PE", *numbers]
        )
        body.append(["PID", "F", "", "", "", line.name[:80]])
        if line.expected_on:
            body.append(["DTM", "002", f"{line.expected_on:%Y%m%d}"])
    units = sum(line.quantity for line in document.lines)
    return [*body, ["CTT", str(len(document.lines)), str(units)]]


def _pieces(text: str) -> list[str]:
    flat = " ".join(text.split())
    return [flat[start : start + 264] for start in range(0, len(flat), 264)]


def _ean(barcode: str) -> str:
    return barcode if len(barcode) in {8, 12, 13, 14} and barcode.isdigit() else ""


def partner_of(settings: Any) -> Partner:
    """Who speaks to whom, by the settings of a supplier."""
    return Partner(
        us=(settings.our_qualifier, settings.our_id),
        them=(settings.partner_qualifier, settings.partner_id),
        our_group=settings.our_group or settings.our_id,
        their_group=settings.partner_group or settings.partner_id,
        version=settings.version,
        usage=settings.usage,
        element=settings.element_separator,
        segment=settings.segment_terminator,
        component=settings.component_separator,
    )


def folder_of(settings: Any) -> Folder:
    """Reach the folder that a supplier shares with us."""
    if settings.transport == "sftp":
        return SftpFolder(settings)
    return LocalFolder(installation.DROP_ROOT, settings.folder)
