"""The accounts: suppliers' invoices compared with what came, and what is claimed back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hecang.demo.supply.buying import order_id
from hecang.demo.supply.gate import docked_at
from hecang.demo.supply.house import House
from hecang.inbound.services.claims import ClaimIn, claim_create, claim_move
from hecang.purchasing.models import PurchaseOrder, PurchaseOrderLine
from hecang.purchasing.services import (
    InvoiceIn,
    InvoiceLineIn,
    invoice_create,
    invoices_approve,
    invoices_hand_over,
)


def work(house: House) -> str:
    """One invoice is handed over, one agrees and waits, one asks for too much; claims are sent and settled."""
    with house.by("finance", house.ago(240)):
        paid = house.once("invoice:done", _invoice, house=house, order="done")
        house.once("invoice:done:approved", invoices_approve, invoice_ids=[paid])
        house.once("invoice:done:handed", invoices_hand_over, invoice_ids=[paid])
        house.once("invoice:south", _invoice, house=house, order="south")
        house.once("invoice:short", _invoice, house=house, order="short", factor=Decimal("1.08"), more=4)
    with house.by("buyer", house.ago(200)):
        sent = house.once(
            "claim:short", _claim, house=house, order="short", quantity=2, reason="外箱压破，内件渗漏"
        )
        house.once("claim:short:sent", claim_move, claim_id=sent, state="sent", note="已邮件说明")
        old = house.once(
            "claim:done", _claim, house=house, order="done", quantity=1, reason="批号与送货单不符"
        )
        for state, note in (("sent", ""), ("agreed", "供应商同意"), ("settled", "")):
            house.once(
                f"claim:done:{state}",
                claim_move,
                claim_id=old,
                state=state,
                settlement="credit" if state == "settled" else "",
                note=note,
            )
    return "3 invoices, 2 claims"


def _lines(house: House, order: str) -> list[PurchaseOrderLine]:
    return list(PurchaseOrderLine.objects.filter(order_id=order_id(house, order)).order_by("number"))


def _invoice(house: House, order: str, *, factor: Decimal = Decimal(1), more: int = 0) -> int:
    """The supplier's invoice for what came; ``factor`` on its prices, ``more`` units on each line."""
    head = PurchaseOrder.objects.get(pk=order_id(house, order))
    lines = [
        InvoiceLineIn(line.pk, line.received + more, (line.unit_price * factor).quantize(Decimal("0.01")))
        for line in _lines(house, order)
        if line.received
    ]
    return invoice_create(
        invoice=InvoiceIn(
            head.supplier_id, f"INV-{order.upper()}", (docked_at(house, order) + timedelta(hours=20)).date(), lines,
            owner_id=head.owner_id, due_on=house.day(30),
        )
    )  # fmt: skip


def _claim(house: House, order: str, quantity: int, reason: str) -> int:
    head = PurchaseOrder.objects.get(pk=order_id(house, order))
    line = _lines(house, order)[0]
    return claim_create(
        claim=ClaimIn(
            head.supplier_id, head.owner_id, head.warehouse_id, line.sku_id, quantity, reason,
            amount=(line.unit_price * quantity).quantize(Decimal("0.01")), currency=head.currency,
            purchase_line_id=line.pk,
        )
    )  # fmt: skip
