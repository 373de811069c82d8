"""Labels that local print components print: what they are given, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from hecang.kernel import db
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.crypto import decrypt_json
from hecang.kernel.errors import InvalidInput
from hecang.shipping.carriers.components import COMPONENTS


@dataclass(frozen=True, slots=True)
class PrintDocument:
    """One label for a component.

    :param printed: how often it was sent to a printer before, last at ``printed_at`` by ``printed_by``.
    """

    waybill_id: int
    number: str
    component: str
    contents: Sequence[Any]
    printed: int
    printed_at: datetime | None
    printed_by: str


def print_documents(waybill_ids: Sequence[int]) -> dict[int, PrintDocument]:
    """What components print for these waybills; those that have our own label are missing. One statement.

    Data may name recipients: only for those who print.
    """
    rows = db.fetch(
        """
        SELECT w.id, w.number, w.warehouse_id, w.print_cipher, count(p.id), max(p.at),
               coalesce((array_agg(p.printed_by ORDER BY p.at DESC) FILTER (WHERE p.id IS NOT NULL))[1], '')
          FROM waybill w LEFT JOIN print_task p ON p.waybill_id = w.id
         WHERE w.id = ANY(%s) AND w.print_cipher IS NOT NULL GROUP BY w.id
        """,
        (sorted(set(waybill_ids)),),
    )
    scope = current_actor().scope
    found = {}
    for key, number, warehouse_id, cipher, printed, printed_at, printed_by in rows:
        scope.require(warehouse=warehouse_id)
        data = decrypt_json(cipher)
        found[key] = PrintDocument(
            key, number, data["component"], data.get("contents", []), printed, printed_at, printed_by
        )
    return found


@db.transactional
def print_task_note(
    *,
    task_id: str,
    waybill_ids: Sequence[int],
    component: str,
    printer: str = "",
    state: Literal["sent", "printed", "failed"] = "sent",
    detail: str = "",
) -> int:
    """Write down that a component was given labels, or what it said since; how many rows changed. Idempotent.

    A task that was printed stays printed. Raises :class:`InvalidInput` for an unknown component.
    """
    if component not in COMPONENTS:
        raise InvalidInput(_("There is no print component “%(code)s”.") % {"code": component})
    return db.execute(
        """
        INSERT INTO print_task AS t (task_id, waybill_id, component, printer, state, detail, printed_by, at)
        SELECT %s, w.id, %s, %s, %s, %s, %s, %s FROM waybill w WHERE w.id = ANY(%s) ORDER BY w.id
        ON CONFLICT (task_id, waybill_id) DO UPDATE SET state = excluded.state, detail = excluded.detail
         WHERE t.state <> 'printed'
        """,
        (
            task_id, component, printer[:100], state, detail[:200], current_actor().name[:100], now(),
            sorted(set(waybill_ids)),
        ),
    )  # fmt: skip
