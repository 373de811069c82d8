"""What suppliers and carriers do on their page: announce, print labels, book a dock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from hecang.inbound.errors_receiving import AsnInvalid, AsnNotFound, SlotInvalid
from hecang.inbound.models import Appointment, Asn
from hecang.inbound.selectors.partner_page import asn_is_theirs
from hecang.inbound.selectors.slots import policy_of, slots_find
from hecang.inbound.services.announcing import (
    AsnContainerIn,
    AsnIn,
    AsnLineIn,
    AsnMade,
    asn_cancel,
    asn_create,
)
from hecang.inbound.services.appointments import (
    AppointmentIn,
    appointment_book,
    appointment_cancel,
    appointment_move,
)
from hecang.inbound.services.labelling import asn_labels
from hecang.inbound.services.links import LinkHeld, link_use
from hecang.inbound.slots import Slot
from hecang.kernel.actor import acting
from hecang.kernel.db import transactional
from hecang.kernel.errors import Problem
from hecang.purchasing.selectors import purchase_lines_open


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """Units of one order line that come.

    :param cartons: in so many cartons (or pallets), each of which gets a number; 0 for no numbers.
    """

    line_id: int
    quantity: int
    cartons: int = 0
    lot_code: str = ""
    produced_on: date | None = None
    expires_on: date | None = None


@transactional
def partner_announce(
    *,
    held: LinkHeld,
    lines: Sequence[PartnerLine],
    external_number: str = "",
    expected_at: datetime | None = None,
    carrier_name: str = "",
    waybill_number: str = "",
    pallet_count: int = 0,
    note: str = "",
) -> AsnMade:
    """Announce a delivery against the supplier's own open orders; units are spread evenly over the cartons.

    :raises AsnInvalid: a line is not theirs, or more cartons than units. SsccPrefixMissing: nobody can number cartons.
    """
    _require_supplier(held)
    link_use(held=held)
    with acting(held.actor):
        known = {
            line.line_id: line
            for line in purchase_lines_open(
                line_ids=[line.line_id for line in lines], supplier_id=held.supplier_id, complete=True
            )
        }
        problems = [
            Problem(message, code=code, loc=f"lines.{index}.{field}", field=field)
            for index, line in enumerate(lines)
            for code, message, field in _faults(line, known)
        ]
        if problems:
            raise AsnInvalid(problems[0].message, problems=problems)
        goods: list[AsnLineIn] = []
        containers: list[AsnContainerIn] = []
        for index, line in enumerate(lines):
            for part, units in enumerate(_shares(line.quantity, line.cartons)):
                key = f"{index}-{part}" if line.cartons else ""
                goods.append(
                    AsnLineIn(
                        known[line.line_id].sku_id, units, line.line_id, key, line.lot_code, line.produced_on,
                        line.expires_on,
                    )
                )  # fmt: skip
                if key:
                    containers.append(AsnContainerIn(key=key))
        orders = {known[line.line_id].order_id for line in lines}
        return asn_create(
            asn=AsnIn(
                held.warehouse_id, held.owner_id, tuple(goods), supplier_id=held.supplier_id,
                purchase_order_id=orders.pop() if len(orders) == 1 else None, external_number=external_number,
                carrier_name=carrier_name, waybill_number=waybill_number, expected_at=expected_at,
                pallet_count=pallet_count, note=note, origin="supplier", containers=tuple(containers),
            )
        )  # fmt: skip


def _faults(line: PartnerLine, known: Mapping[int, object]) -> list[tuple[str, str, str]]:
    faults = []
    if line.line_id not in known:
        faults.append(
            ("unknown_order_line", _("This order line is not open for you. Load the page again."), "line_id")
        )
    if line.cartons > line.quantity:
        faults.append(("too_many_cartons", _("There are more cartons than units."), "cartons"))
    return faults


def _shares(quantity: int, cartons: int) -> list[int]:
    """Units in each carton, as even as can be; all together where there are no cartons."""
    if cartons <= 1:
        return [quantity]
    low, more = divmod(quantity, cartons)
    return [low + (number < more) for number in range(cartons)]


@transactional
def partner_withdraw(*, held: LinkHeld, asn_id: int) -> None:
    """Take an announcement back that nothing of has come. Raises what ``asn_cancel`` raises."""
    _require_supplier(held)
    _require_theirs(held, asn_id)
    link_use(held=held)
    with acting(held.actor):
        asn_cancel(asn_id=asn_id, reason="withdrawn by the supplier")


def partner_labels(*, held: LinkHeld, asn_id: int) -> bytes:
    """Logistic labels of one of their announcements, as PDF."""
    _require_theirs(held, asn_id)
    with acting(held.actor):
        return asn_labels(asn_id=asn_id)


def partner_slots(*, held: LinkHeld, asn_id: int, day: date) -> tuple[int, list[Slot]]:
    """(minutes needed, free times on a day) for one of their announcements."""
    _require_theirs(held, asn_id)
    asn = Asn.objects.get(pk=asn_id)
    policy = policy_of(held.warehouse_id)
    return slots_find(
        warehouse_id=held.warehouse_id, days=[day], pallets=asn.pallet_count, cartons=asn.carton_count,
        lines=asn.line_count, lead=timedelta(hours=policy.lead_hours), but=asn.appointment_id or 0,
    )  # fmt: skip


@transactional
def partner_book(
    *,
    held: LinkHeld,
    asn_id: int,
    dock_id: int,
    start: datetime,
    plate: str = "",
    carrier_name: str = "",
    driver_name: str = "",
    driver_phone: str = "",
) -> Appointment:
    """Book a dock for one of their announcements, or move what they have booked. Raises as booking does.

    How long it takes follows from what was announced, never from the page.
    """
    _require_theirs(held, asn_id)
    link_use(held=held)
    asn = Asn.objects.get(pk=asn_id)
    with acting(held.actor):
        if asn.appointment_id is not None:
            return appointment_move(
                appointment_id=asn.appointment_id, dock_id=dock_id, start=start, by_partner=True
            )
        return appointment_book(
            appointment=AppointmentIn(
                held.warehouse_id, dock_id, start, asn_ids=(asn_id,), supplier_id=asn.supplier_id,
                carrier_name=carrier_name or asn.carrier_name, plate=plate, driver_name=driver_name,
                driver_phone=driver_phone, link_id=held.id, by_partner=True,
            )
        )  # fmt: skip


@transactional
def partner_unbook(*, held: LinkHeld, asn_id: int) -> None:
    """Give a booked time back, while the truck has not come."""
    _require_theirs(held, asn_id)
    link_use(held=held)
    asn = Asn.objects.select_related("appointment").get(pk=asn_id)
    if asn.appointment is None:
        return
    if asn.appointment.state != "booked":
        raise SlotInvalid(
            _("The truck is here already, or its time is over. Call the warehouse."), code="too_late"
        )
    with acting(held.actor):
        appointment_cancel(appointment_id=asn.appointment.pk, reason="given back by the partner")


def _require_supplier(held: LinkHeld) -> None:
    if held.asn_id is not None or held.supplier_id is None:
        raise AsnNotFound(
            _("This page is for booking only. Ask for a supplier's page to announce deliveries.")
        )


def _require_theirs(held: LinkHeld, asn_id: int) -> None:
    if not asn_is_theirs(
        asn_id=asn_id,
        warehouse_id=held.warehouse_id,
        owner_id=held.owner_id,
        supplier_id=held.supplier_id,
        only=held.asn_id,
    ):
        raise AsnNotFound(_("There is no such announcement on your page. Load it again."))
