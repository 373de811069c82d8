"""What has to stand on the pages of the supply side after the demo, in every state that a person may want to see."""

from __future__ import annotations

from django.db.models import F, Model

from hecang.accounts.models import User
from hecang.demo.seed import ANCHOR_USER
from hecang.inbound.models import (
    Appointment,
    Asn,
    Claim,
    Discrepancy,
    Dock,
    GoodsReturn,
    Inspection,
    Putaway,
    Receipt,
    ReturnLine,
)
from hecang.purchasing.models import (
    PurchaseOrder,
    PurchaseRequest,
    SupplierInvoice,
    SupplierItem,
)
from hecang.stockkeeping.models import (
    Count,
    CountLine,
    PickFace,
    StockAlert,
    StockChange,
    Transfer,
)
from hecang.tickets.models import Ticket
from hecang.work.models import Task


def everything() -> None:
    """Each page has something that waits for somebody, and something that is done."""
    assert states(PurchaseOrder) == {
        "draft", "submitted", "approved", "sent", "confirmed", "receiving", "received", "closed", "cancelled",
    }, states(PurchaseOrder)  # fmt: skip
    assert PurchaseOrder.objects.filter(currency="USD", state="sent").exists()
    assert PurchaseOrder.objects.filter(revision__gt=F("sent_revision")).exists()
    assert SupplierItem.objects.values("supplier").distinct().count() == 6
    assert PurchaseRequest.objects.filter(state="open").exists()
    assert states(SupplierInvoice) == {"handed_over", "matched", "differs"}
    trucks()
    goods_in()
    stock()
    people()


def states(model: type[Model], **where: object) -> set[str]:
    return set(model._default_manager.filter(**where).values_list("state", flat=True))


def trucks() -> None:
    assert Dock.objects.count() == 8
    assert states(Appointment) == {"booked", "arrived", "docked", "left"}
    assert Appointment.objects.filter(state="arrived", planned_at__isnull=True).exists(), (
        "came without a word"
    )
    assert {"announced", "receiving", "received"} <= states(Asn)


def goods_in() -> None:
    assert states(Receipt) == {"open", "closed"}
    found = Discrepancy.objects.values_list("kind", "state")
    assert {"short", "damaged", "wrong_item"} <= {kind for kind, _state in found}
    assert {"open", "settled"} <= {state for _kind, state in found}
    assert Discrepancy.objects.filter(kind="damaged", ticket_id__isnull=False).exclude(note="").exists()
    assert {"waiting", "in_progress", "decided"} <= states(Inspection)
    assert set(Inspection.objects.filter(state="decided").values_list("decision", flat=True)) >= {"accept"}
    assert {"sent", "settled"} <= states(Claim)
    assert {"planned", "done"} <= states(Putaway)
    assert {"grading", "receiving"} <= states(GoodsReturn)
    graded = ReturnLine.objects.filter(goods_return__state="grading")
    assert graded.exclude(grade="").exists()
    assert graded.filter(grade="", received__gt=0).exists()


def stock() -> None:
    assert {"draft", "open", "closed", "cancelled"} <= states(Count)
    waiting = CountLine.objects.filter(state="approve")
    assert waiting.exists()
    assert not waiting.filter(difference=0).exists()
    assert CountLine.objects.filter(state="posted").exists()
    assert states(Transfer) == {"requested", "approved", "picking", "in_transit", "receiving", "closed"}
    assert {"open", "done"} <= states(StockAlert)
    assert {"requested", "applied"} <= states(StockChange)
    assert PickFace.objects.count() == 0 or Task.objects.filter(kind="replenish").exists()


def people() -> None:
    assert {"assigned", "started"} <= states(Task)
    began = User.objects.get(username=ANCHOR_USER).created_at
    assert Task.objects.filter(state__in=("open", "assigned"), due_at__lt=began).exists(), "late"
    assert {"open", "in_progress", "waiting", "resolved"} <= states(Ticket)
