"""Goods of pulled fulfilments go back from staging to a shelf."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import locations_resolve
from hecang.inventory.services import PostingIn, stock_post
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.outbound.models import PickTask
from hecang.outbound.services.pool import PUTBACK
from hecang.work.services import tasks_done, worker_seen

#: Shelves that goods may be put back to.
SHELVES = frozenset({"pick_face", "reserve", "returns"})


@transactional
def putback_confirm(*, task_id: int, location_code: str = "") -> int:
    """The goods of one putback task lie on a shelf: post the move; returns the location's id.

    :param location_code: where they were put; empty means where the task said.

    Repeating it changes nothing and answers the first location. Ends its task in the pool, whoever has that. Locks
    the putback, then stock, then the task. Raises
    :class:`NotFound`, or :class:`InvalidInput` for a place that is no shelf of this warehouse.
    """
    row = fetch_one(
        "SELECT t.state, t.warehouse_id, t.from_location_id, t.to_location_id, t.sku_id, t.lot_id, t.quantity,"
        " f.owner_id FROM pick_task t JOIN fulfilment_line l ON l.id = t.fulfilment_line_id"
        " JOIN fulfilment f ON f.id = l.fulfilment_id"
        " WHERE t.id = %s AND t.kind = 'putback' FOR NO KEY UPDATE OF t",
        [task_id],
    )
    if row is None:
        raise NotFound(_("There is no such putback task."))
    state, warehouse_id, source_id, target_id, sku_id, lot_id, quantity, owner_id = row
    current_actor().scope.require(warehouse=warehouse_id)
    if state == PickTask.State.DONE:
        return int(target_id)
    if location_code:
        target_id = _shelf(warehouse_id, location_code)
    stock_post(
        entries=[
            PostingIn(
                reason="putback",
                sku_id=sku_id,
                lot_id=lot_id,
                owner_id=owner_id,
                quantity=quantity,
                from_location_id=source_id,
                to_location_id=target_id,
                source_kind="pick_task",
                source_id=task_id,
            )
        ]
    )
    execute(
        "UPDATE pick_task SET state = 'done', picked = quantity, to_location_id = %s, done_by = %s, done_at = %s"
        " WHERE id = %s",
        [target_id, current_actor().name[:100], now(), task_id],
    )
    audit_record(
        action="putback.confirmed",
        entity_kind="pick_task",
        entity_id=task_id,
        before={"state": state},
        after={"state": "done", "location_id": target_id, "quantity": quantity},
    )
    tasks_done(subjects=[(PUTBACK, task_id)])
    worker_seen(warehouse_id=warehouse_id, location_id=target_id)
    return int(target_id)


def _shelf(warehouse_id: int, code: str) -> int:
    location = locations_resolve(warehouse_id, [code]).get(code)
    if location is None or location.kind not in SHELVES or not location.is_active:
        raise InvalidInput(
            _("“%(code)s” is no shelf of this warehouse. Scan the location where the goods were put.")
            % {"code": code},
            problems=[
                Problem(_("no shelf of this warehouse"), code="unknown_location", field="location_code")
            ],
        )
    return location.id
