"""The state machines of purchasing, one table per entity.

``docs/reference/purchasing.md`` draws them and a test compares the drawing with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from hecang.kernel.errors import StateConflict
from hecang.purchasing.models import PurchaseOrderState as Order
from hecang.purchasing.models import PurchaseRequestState as Request
from hecang.purchasing.models import SupplierInvoiceState as Invoice

Transitions = Mapping[str, frozenset[str]]

ORDER_TRANSITIONS: Final[Transitions] = {
    Order.DRAFT: frozenset({Order.SUBMITTED, Order.CANCELLED}),
    Order.SUBMITTED: frozenset({Order.APPROVED, Order.DRAFT, Order.CANCELLED}),  # draft: refused, or changed
    Order.APPROVED: frozenset(
        {
            Order.SENT,
            Order.DRAFT,
            Order.RECEIVING,
            Order.RECEIVED,
            Order.CANCELLED,
        }  # received: it was ordered by telephone
    ),
    Order.SENT: frozenset({Order.CONFIRMED, Order.RECEIVING, Order.RECEIVED, Order.CLOSED, Order.CANCELLED}),
    Order.CONFIRMED: frozenset({Order.RECEIVING, Order.RECEIVED, Order.CLOSED, Order.CANCELLED}),
    Order.RECEIVING: frozenset(
        {
            Order.RECEIVED,
            Order.CONFIRMED,
            Order.SENT,
            Order.APPROVED,
            Order.CLOSED,
        }  # back: its only receipt was taken back
    ),
    Order.RECEIVED: frozenset(
        {
            Order.RECEIVING,
            Order.CONFIRMED,
            Order.SENT,
            Order.APPROVED,
            Order.CLOSED,
        }  # receiving: more was ordered, or less came
    ),
    Order.CLOSED: frozenset(),
    Order.CANCELLED: frozenset(),
}

REQUEST_TRANSITIONS: Final[Transitions] = {
    Request.OPEN: frozenset({Request.ORDERED, Request.CANCELLED}),
    Request.ORDERED: frozenset({Request.OPEN}),  # its order was cancelled, or the line taken out
    Request.CANCELLED: frozenset(),
}

INVOICE_TRANSITIONS: Final[Transitions] = {
    Invoice.MATCHED: frozenset({Invoice.DIFFERS, Invoice.APPROVED, Invoice.CANCELLED}),
    Invoice.DIFFERS: frozenset({Invoice.MATCHED, Invoice.APPROVED, Invoice.CANCELLED}),
    Invoice.APPROVED: frozenset({Invoice.HANDED_OVER, Invoice.CANCELLED}),
    Invoice.HANDED_OVER: frozenset(),
    Invoice.CANCELLED: frozenset(),
}

TABLES: Final[Mapping[str, Transitions]] = {
    "purchase_order": ORDER_TRANSITIONS,
    "purchase_request": REQUEST_TRANSITIONS,
    "supplier_invoice": INVOICE_TRANSITIONS,
}

#: Nothing is known to the supplier yet: it may be changed freely.
UNSENT: Final = frozenset({Order.DRAFT.value, Order.SUBMITTED.value, Order.APPROVED.value})
#: The supplier works on it.
RUNNING: Final = frozenset(
    {Order.SENT.value, Order.CONFIRMED.value, Order.RECEIVING.value, Order.RECEIVED.value}
)
#: Goods may come in for it.
RECEIVABLE: Final = RUNNING | {Order.APPROVED.value}
ENDED: Final = frozenset({Order.CLOSED.value, Order.CANCELLED.value})


def allowed(entity: str, source: str, target: str) -> bool:
    """Whether ``entity`` may go from state ``source`` to ``target``."""
    return target in TABLES[entity][source]


def require(entity: str, source: str, target: str, *, what: str) -> None:
    """Raise :class:`StateConflict` unless the table of ``entity`` has the step ``source`` → ``target``.

    :param what: number of the document, for the message.
    """
    if not allowed(entity, source, target):
        raise StateConflict(
            _(
                "%(what)s is in state “%(source)s” and cannot become “%(target)s”. Reload it to see where it stands."
            )
            % {"what": what, "source": source, "target": target},
            data={"entity": entity, "number": what, "state": source, "wanted": target},
        )


def mermaid(entity: str) -> str:
    """The table of an entity as a Mermaid state diagram, as ``docs/reference/purchasing.md`` shows it."""
    table = TABLES[entity]
    targets = {target for following in table.values() for target in following}
    first = list(map(str, table))[: 2 if entity == "supplier_invoice" else 1]
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f"    [*] --> {state}" for state in first]
    for source, following in table.items():
        lines += [f"    {source} --> {target}" for target in map(str, table) if target in following]
    lines += [
        f"    {state} --> [*]" for state, following in table.items() if not following and state in targets
    ]
    return "\n".join(lines)
