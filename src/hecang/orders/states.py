"""The life of a sales order: the one table of its states, and what state a set of quantities means.

A state is a fact about progress, so after every change of a line it is *derived* from the lines
(:func:`derived_state`, in SQL :data:`DERIVED_STATE`); an order whose lines have all moved to another one
is ``merged`` and has none to derive from. :data:`ORDER_TRANSITIONS` says which steps may come
of that, who takes them, and is drawn in ``docs/reference/orders.md``. Holds are no states: see
:class:`~hecang.orders.models.OrderHold`.
"""

from __future__ import annotations

from typing import Final

from hecang.kernel.transitions import Transition
from hecang.orders.models import OrderState

PENDING = OrderState.PENDING.value
APPROVED = OrderState.APPROVED.value
FULFILLING = OrderState.FULFILLING.value
PARTIALLY_SHIPPED = OrderState.PARTIALLY_SHIPPED.value
SHIPPED = OrderState.SHIPPED.value
CANCELLED = OrderState.CANCELLED.value
MERGED = OrderState.MERGED.value


ORDER_TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(PENDING, APPROVED, "approve", "order_approve"),
    Transition(PENDING, CANCELLED, "cancel", "order_cancel"),
    Transition(PENDING, MERGED, "merge", "orders_merge"),
    Transition(APPROVED, MERGED, "merge", "orders_merge"),
    Transition(MERGED, PENDING, "unmerge", "order_unmerge"),
    Transition(MERGED, APPROVED, "unmerge", "order_unmerge"),
    Transition(APPROVED, FULFILLING, "wave_released", "order_lines_shift"),
    Transition(APPROVED, CANCELLED, "cancel", "order_cancel"),
    Transition(FULFILLING, APPROVED, "wave_undone", "order_lines_shift"),
    Transition(FULFILLING, PARTIALLY_SHIPPED, "shipped_in_part", "order_lines_shift"),
    Transition(FULFILLING, SHIPPED, "shipped", "order_lines_shift"),
    Transition(FULFILLING, CANCELLED, "cancel", "orders_cancel_answer"),
    Transition(PARTIALLY_SHIPPED, SHIPPED, "shipped", "order_lines_shift"),
    Transition(PARTIALLY_SHIPPED, SHIPPED, "cancel_rest", "order_cancel"),
)

INITIAL: Final = frozenset({PENDING, APPROVED})
FINAL: Final = frozenset({SHIPPED, CANCELLED})
#: Nothing can be done with the order itself any more: it has ended, or its lines travel in another one.
CLOSED: Final = FINAL | {MERGED}
#: Units can still be reserved, changed and held.
OPEN: Final = frozenset({PENDING, APPROVED, FULFILLING, PARTIALLY_SHIPPED})
#: No wave has taken anything of it.
BEFORE_WAVE: Final = frozenset({PENDING, APPROVED})
#: The warehouse may know of it.
RELEASED: Final = frozenset({APPROVED, FULFILLING, PARTIALLY_SHIPPED})

_STEPS: Final = frozenset((step.source, step.target) for step in ORDER_TRANSITIONS)


def allowed(source: str, target: str) -> bool:
    """Whether the table has the step; staying where one is counts as allowed."""
    return source == target or (source, target) in _STEPS


def derived_state(state: str, *, waiting: int, allocated: int, shipped: int) -> str:
    """The state that the units of an order mean.

    :param state: the present one: only it knows whether a person or a rule has approved the order.
    :param waiting: units reserved or backordered, over all lines.
    :param allocated: units in the warehouse's hands.
    :param shipped: units gone.
    """
    if waiting == 0 and allocated == 0:
        return SHIPPED if shipped else CANCELLED
    if shipped:
        return PARTIALLY_SHIPPED
    if allocated:
        return FULFILLING
    return PENDING if state == PENDING else APPROVED


#: :func:`derived_state` in SQL, over ``o`` (sales_order) and ``t`` (sums over its lines).
DERIVED_STATE: Final = """CASE
    WHEN t.reserved + t.backordered + t.allocated = 0 AND t.shipped > 0 THEN 'shipped'
    WHEN t.reserved + t.backordered + t.allocated = 0 THEN 'cancelled'
    WHEN t.shipped > 0 THEN 'partially_shipped'
    WHEN t.allocated > 0 THEN 'fulfilling'
    WHEN o.state = 'pending' THEN 'pending'
    ELSE 'approved'
END"""


def mermaid() -> str:
    """The table as a Mermaid state diagram, as the docs show it."""
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f"    [*] --> {state}" for state in (PENDING, APPROVED)]
    merged: dict[tuple[str, str], list[str]] = {}
    for step in ORDER_TRANSITIONS:
        merged.setdefault((step.source, step.target), []).append(step.action)
    lines += [
        f"    {source} --> {target}: {' / '.join(actions)}" for (source, target), actions in merged.items()
    ]
    lines += [f"    {state} --> [*]" for state in (SHIPPED, CANCELLED)]
    return "\n".join(lines)
