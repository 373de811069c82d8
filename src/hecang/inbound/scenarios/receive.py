"""Receive on the floor: scan what it belongs to, then the goods, one after the other, then close."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hecang.inbound.door import GoodsIn
from hecang.inbound.scenarios import receive_steps as steps
from hecang.inbound.selectors.receiving_detail import receipt_detail
from hecang.inbound.selectors.receiving_floor import (
    ReceiptAtHand,
    SkuAtHand,
    asn_of_container,
    asns_of_appointment,
    expected_of,
    lot_expiry,
    owners_active,
    receipt_at_hand,
    receipt_open_of,
    serials_announced,
    sku_at_hand,
)
from hecang.inbound.services.discrepancies import Reported, discrepancy_report
from hecang.inbound.services.receipts import ReceiptIn, receipt_close, receipt_open, receipt_summary
from hecang.inbound.services.receiving import receipt_receive
from hecang.inbound.services.undoing import receipt_undo
from hecang.inbound.sscc import is_sscc, sscc_clean
from hecang.kernel.actor import current_actor
from hecang.kernel.permissions import declare
from hecang.work.floor.protocol import Entry, Job, Refusal, Scenario, Step, Tone
from hecang.work.scanning import Scanned, scan_read

#: Scans that can be taken back one after the other.
_KEPT = 20
_Taking = Callable[["ReceiveScenario", Job, Entry], Step]


class ReceiveScenario(Scenario):
    """Guided by an announcement or an order, or blind; every scan is in the books at once."""

    code = "receive"
    title = gettext_noop("Receive")
    permission = declare("inbound.receipt.work")
    icon = "receive"

    def begin(self, job: Job) -> Step:
        """Ask for the document; ``receipt_id`` or ``asn_id`` given begin there."""
        for name in ("receipt_id", "asn_id", "purchase_order_id"):
            if job.given.get(name, "").isdigit():
                value = int(job.given[name])
                return self._resume(job, value) if name == "receipt_id" else self._open(job, **{name: value})
        job.memory["state"] = "document"
        return steps.document()

    def take(self, job: Job, entry: Entry) -> Step:
        taking = _TABLE.get(job.memory.get("state", ""), {}).get(entry.name)
        if taking is None:
            raise Refusal(_("This does not fit here. Look at what the screen asks for."), code="wrong_input")
        return taking(self, job, entry)

    def undo(self, job: Job) -> Step:
        """Drop what was begun, else take the last scan back."""
        if job.memory.get("pending"):
            numbers = job.memory["pending"].get("serials")
            if numbers and job.memory["state"] == "serials":
                numbers.pop()
                return self._next(job)
            return self._goods(job, said=_("Dropped"), tone="warn")
        if not job.memory.get("scans"):
            return self._goods(job)
        scan_id, text = job.memory["scans"][-1]
        receipt_undo(receipt_id=self._receipt_id(job), scan_ids=[UUID(scan_id)])
        job.memory["scans"].pop()
        return self._goods(job, said=_("Taken back: %(text)s") % {"text": text}, tone="warn")

    # ------------------------------------------------------------ what is received

    def _document(self, job: Job, entry: Entry) -> Step:
        """A document or a pallet was scanned."""
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        match = scanned.first("document")
        if match is not None:
            if match.document == "asn":
                return self._open(job, asn_id=match.id)
            if match.document == "purchase_order":
                return self._open(job, purchase_order_id=match.id)
            if match.document == "receipt":
                return self._resume(job, match.id)
            if match.document == "appointment":
                return self._of_truck(job, match.id)
            raise Refusal(
                _("%(number)s cannot be received. Scan an announcement, an order, a receipt or a truck.")
                % {"number": match.code},
                code="wrong_document",
            )
        code = scanned.elements.sscc or sscc_clean(entry.value).upper()
        asn = asn_of_container(job.warehouse_id, code)
        if asn is not None:
            self._open(job, asn_id=asn[0])
            return self._into(job, code)
        raise Refusal(
            _("Nobody has announced %(code)s. Scan another document, or receive without one.")
            % {"code": entry.value[:40]},
            code="code_unknown",
        )

    def _of_truck(self, job: Job, appointment_id: int) -> Step:
        asns = asns_of_appointment(appointment_id)
        if len(asns) == 1:
            return self._open(job, asn_id=asns[0][0], appointment_id=appointment_id)
        job.memory["appointment_id"] = appointment_id
        if not asns:
            return self._blind(job, Entry("blind"))
        job.memory["state"] = "asn"
        return steps.choose("asn", _("Which announcement?"), [(str(one), number, "") for one, number in asns])

    def _asn_chosen(self, job: Job, entry: Entry) -> Step:
        return self._open(job, asn_id=int(entry.value), appointment_id=job.memory.get("appointment_id"))

    def _blind(self, job: Job, _entry: Entry) -> Step:
        """Without a document: whose goods are they?"""
        owners = owners_active(current_actor())
        if len(owners) == 1:
            return self._open(job, owner_id=owners[0][0], appointment_id=job.memory.get("appointment_id"))
        job.memory["state"] = "owner"
        return steps.choose(
            "owner", _("Whose goods?"), [(str(one), name, code) for one, code, name in owners]
        )

    def _owner(self, job: Job, entry: Entry) -> Step:
        return self._open(job, owner_id=int(entry.value), appointment_id=job.memory.get("appointment_id"))

    def _open(
        self,
        job: Job,
        *,
        asn_id: int | None = None,
        purchase_order_id: int | None = None,
        owner_id: int | None = None,
        appointment_id: int | None = None,
    ) -> Step:
        """Open a receipt, or go on with the one that is open for the document."""
        standing = None
        if asn_id or purchase_order_id:
            standing = receipt_open_of(job.warehouse_id, asn_id=asn_id or 0, order_id=purchase_order_id or 0)
        if standing is not None:
            return self._resume(job, standing)
        opened = receipt_open(
            receipt=ReceiptIn(
                warehouse_id=job.warehouse_id, owner_id=owner_id, asn_id=asn_id,
                purchase_order_id=purchase_order_id, appointment_id=appointment_id, key=f"floor:{job.session_id}",
            )
        )  # fmt: skip
        return self._resume(job, opened.id)

    def _resume(self, job: Job, receipt_id: int) -> Step:
        receipt = receipt_at_hand(receipt_id)
        if (
            receipt is None
            or receipt_detail(current_actor(), receipt_id)["warehouse"]["id"] != job.warehouse_id
        ):
            raise Refusal(_("This receipt is not of this warehouse."), code="wrong_warehouse")
        if receipt.state != "open":
            raise Refusal(
                _("Receipt %(number)s is closed. Scan another document.") % {"number": receipt.number},
                code="receipt_over",
            )
        job.memory.clear()
        job.memory.update({"receipt_id": receipt_id, "scans": [], "container": ""})
        return self._goods(job, said=receipt.number, tone="good")

    # ------------------------------------------------------------ goods

    def _goods(self, job: Job, *, said: str = "", tone: Tone = "plain") -> Step:
        job.memory.pop("pending", None)
        job.memory["state"] = "goods"
        return steps.goods(
            self._receipt(job),
            container=job.memory.get("container", ""),
            said=said,
            tone=tone,
            can_undo=bool(job.memory.get("scans")),
        )

    def _scan(self, job: Job, entry: Entry) -> Step:
        """A product, or the pallet or carton that the next ones are in."""
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        match = scanned.first("sku")
        container = scanned.first("container")
        if scanned.elements.sscc and (match is None or container is not None):
            self._into(job, scanned.elements.sscc)
            if match is None:
                return self._goods(job, said=scanned.elements.sscc, tone="good")
        elif container is not None:
            return self._into(job, container.code)
        if match is not None and match.sku_id is not None:
            job.memory["pending"] = _pending(scanned, match.sku_id, match.quantity)
            return self._next(job)
        code = sscc_clean(entry.value).upper()
        if asn_of_container(job.warehouse_id, code) or is_sscc(code):
            return self._into(job, code)
        job.memory.update({"state": "unknown", "code": scanned.text[:128]})
        return steps.unknown(scanned.text)

    def _into(self, job: Job, code: str) -> Step:
        job.memory["container"] = code
        return self._goods(job, said=_("Goods go into %(code)s") % {"code": code}, tone="good")

    def _no_container(self, job: Job, _entry: Entry) -> Step:
        job.memory["container"] = ""
        return self._goods(job)

    def _wrong_item(self, job: Job, entry: Entry) -> Step:
        discrepancy_report(
            receipt_id=self._receipt_id(job),
            reported=Reported(uuid4(), barcode=job.memory["code"], quantity=int(entry.value)),
        )
        return self._goods(job, said=_("Noted as a wrong item. Put it aside"), tone="warn")

    def _back(self, job: Job, _entry: Entry) -> Step:
        return self._goods(job)

    def _next(self, job: Job) -> Step:
        """Ask for what is missing of the goods at hand."""
        pending, sku = job.memory["pending"], self._sku(job)
        receipt = self._receipt(job)
        expected = None if receipt.is_blind else expected_of(receipt.id, sku.id)
        if sku.is_lot_tracked and not pending["lot"] and not pending["no_lot"]:
            return self._at(job, "lot", steps.lot(sku))
        if self._needs_date(sku, pending):
            return self._at(job, "expiry", steps.expiry(sku, pending["lot"]))
        if sku.is_serial_tracked and not pending["enough"]:
            left = max(expected[0] - expected[1], 0) if expected else 0
            announced = [] if receipt.is_blind else serials_announced(receipt.id, sku.id)
            return self._at(
                job, "serials", steps.serials(sku, pending["serials"], expected=left, announced=announced)
            )
        return self._at(job, "quantity", steps.quantity(sku, pending, expected=expected))

    def _at(self, job: Job, state: str, step: Step) -> Step:
        job.memory["state"] = state
        return step

    def _needs_date(self, sku: SkuAtHand, pending: Mapping[str, Any]) -> bool:
        if pending["expires_on"] or pending["produced_on"]:
            return False
        if pending["no_lot"]:
            return True
        return sku.is_expiry_tracked and lot_expiry(sku.id, pending["lot"]) is None

    def _lot(self, job: Job, entry: Entry) -> Step:
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        pending = job.memory["pending"]
        pending["lot"] = (scanned.elements.lot or scanned.text).strip()[:64]
        if scanned.elements.expires_on:
            pending["expires_on"] = scanned.elements.expires_on.isoformat()
        return self._next(job)

    def _no_lot(self, job: Job, _entry: Entry) -> Step:
        job.memory["pending"]["no_lot"] = True
        return self._next(job)

    def _day(self, job: Job, entry: Entry) -> Step:
        job.memory["pending"][entry.name] = entry.value
        return self._next(job)

    def _serial(self, job: Job, entry: Entry) -> Step:
        scanned = scan_read(entry.value, warehouse_id=job.warehouse_id)
        pending = job.memory["pending"]
        sku = scanned.first("sku")
        if sku is not None and sku.sku_id != pending["sku_id"]:
            raise Refusal(_("This is %(sku)s, another product.") % {"sku": sku.code}, code="wrong_sku")
        number = (scanned.elements.serial or scanned.text).strip()[:64]
        if sku is not None and not scanned.elements.serial:
            raise Refusal(
                _("This is the product's barcode. Scan the serial number of the unit."), code="no_serial"
            )
        if number in pending["serials"]:
            raise Refusal(
                _("Serial %(number)s was scanned twice. Scan each unit once.") % {"number": number},
                code="serial_twice",
            )
        pending["serials"].append(number)
        return self._next(job)

    def _enough(self, job: Job, _entry: Entry) -> Step:
        return self._book(job, len(job.memory["pending"]["serials"]))

    def _quantity(self, job: Job, entry: Entry) -> Step:
        return self._counted(job, int(entry.value))

    def _packages(self, job: Job, entry: Entry) -> Step:
        pending = job.memory["pending"]
        pending["packages"] = int(entry.value)
        return self._counted(job, int(entry.value) * pending["per"])

    def _counted(self, job: Job, units: int) -> Step:
        if job.memory["pending"]["condition"] == "damaged":
            return self._photo_ask(job, units)
        return self._book(job, units)

    def _damaged(self, job: Job, _entry: Entry) -> Step:
        pending = job.memory["pending"]
        pending["condition"] = "damaged"
        if pending["serials"]:
            return self._photo_ask(job, len(pending["serials"]))
        return self._next(job)

    def _good(self, job: Job, _entry: Entry) -> Step:
        job.memory["pending"]["condition"] = "good"
        return self._next(job)

    def _photo_ask(self, job: Job, units: int) -> Step:
        job.memory["pending"]["units"] = units
        return self._at(job, "photo", steps.photo(self._sku(job), units))

    def _photo(self, job: Job, entry: Entry) -> Step:
        job.memory["pending"]["photos"] = [int(entry.value)] if entry.value else []
        return self._book(job, job.memory["pending"]["units"])

    def _book(self, job: Job, units: int) -> Step:
        """Take them in; what makes no sense is refused, and the step stays."""
        pending, sku = job.memory["pending"], self._sku(job)
        scan_id = uuid4()
        result = receipt_receive(
            receipt_id=self._receipt_id(job),
            goods=[
                GoodsIn(
                    scan_id, sku.id, units, pending.get("packages"), pending["per"], pending["lot"],
                    _date(pending["produced_on"]), _date(pending["expires_on"]), tuple(pending["serials"]),
                    job.memory.get("container", ""), pending["condition"], photo_ids=tuple(pending.get("photos", ())),
                )
            ],
        )[0]  # fmt: skip
        if not result.ok:
            raise Refusal(result.message, code=result.code)
        said, tone = steps.told(sku, result)
        scans = [*job.memory.get("scans", []), [str(scan_id), f"{units} {sku.code}"]]
        job.memory["scans"] = scans[-_KEPT:]
        return self._goods(job, said=said, tone=tone)

    # ------------------------------------------------------------ closing

    def _close(self, job: Job, _entry: Entry) -> Step:
        receipt = self._receipt(job)
        rows = receipt_detail(current_actor(), receipt.id)["goods"]
        return self._at(
            job, "summary", steps.summary(receipt, rows, dict(receipt_summary(receipt_id=receipt.id).found))
        )

    def _closed(self, job: Job, entry: Entry) -> Step:
        closed = receipt_close(receipt_id=self._receipt_id(job), more_comes=entry.name == "more_comes")
        said = _("Receipt %(number)s closed: %(units)s units, %(count)s differences") % {
            "number": closed.number,
            "units": closed.units,
            "count": sum(closed.found.values()),
        }
        job.memory["state"] = "over"
        return steps.over(said)

    # ------------------------------------------------------------ what is at hand

    def _receipt_id(self, job: Job) -> int:
        return int(job.memory["receipt_id"])

    def _receipt(self, job: Job) -> ReceiptAtHand:
        receipt = receipt_at_hand(self._receipt_id(job))
        assert receipt is not None
        return receipt

    def _sku(self, job: Job) -> SkuAtHand:
        return sku_at_hand(job.memory["pending"]["sku_id"])


def _pending(scanned: Scanned, sku_id: int, per: int) -> dict[str, Any]:
    """Goods at hand, with what the code says of them."""
    found = scanned.elements
    return {
        "sku_id": sku_id,
        "per": per,
        "count": found.count * per if found.count else None,
        "lot": found.lot,
        "no_lot": False,
        "produced_on": found.produced_on.isoformat() if found.produced_on else "",
        "expires_on": found.expires_on.isoformat() if found.expires_on else "",
        "serials": [found.serial] if found.serial else [],
        "enough": False,
        "condition": "good",
    }


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_S = ReceiveScenario
#: What each step takes.
_TABLE: Mapping[str, Mapping[str, _Taking]] = {
    "document": {"document": _S._document, "blind": _S._blind},
    "asn": {"asn": _S._asn_chosen},
    "owner": {"owner": _S._owner},
    "goods": {"goods": _S._scan, "close": _S._close, "no_container": _S._no_container},
    "unknown": {"wrong_item": _S._wrong_item, "back": _S._back},
    "lot": {"lot": _S._lot, "no_lot": _S._no_lot},
    "expiry": {"expires_on": _S._day, "produced_on": _S._day},
    "serials": {"serial": _S._serial, "enough": _S._enough, "damaged": _S._damaged},
    "quantity": {
        "quantity": _S._quantity, "packages": _S._packages, "damaged": _S._damaged, "good": _S._good,
    },
    "photo": {"photo": _S._photo, "no_photo": _S._photo},
    "summary": {"yes": _S._closed, "more_comes": _S._closed, "back": _S._back},
}  # fmt: skip
