"""In one go: from what is wanted to an order that is on its way to the supplier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hecang.kernel.db import transactional
from hecang.kernel.errors import HecangError
from hecang.purchasing.models import PurchaseOrderState as State
from hecang.purchasing.services.approving import order_submit
from hecang.purchasing.services.ordering import requests_order
from hecang.purchasing.services.requests import suggestions_request
from hecang.purchasing.services.sending import order_send


@dataclass(frozen=True, slots=True)
class Bought:
    """How far an order came.

    :param missing: roles whose approval it waits for.
    :param message: why it was not sent, where it was approved.
    """

    order_id: int
    number: str
    state: str
    missing: tuple[str, ...] = ()
    way: str = ""
    message: str = ""


@transactional
def purchases_make(
    *,
    suggestion_ids: Sequence[int] = (),
    request_ids: Sequence[int] = (),
    choice: str | None = None,
    suppliers: Mapping[int, int] | None = None,
    send: bool = False,
) -> list[Bought]:
    """Make orders of suggestions and requests; with ``send`` submit them, and send those that are approved by that.

    All orders are made or none. One that needs somebody's approval waits for it; one whose supplier cannot be reached
    stays approved, and says why. Locks the requests. Raises like :func:`suggestions_request` and
    :func:`requests_order`.
    """
    wanted = [*request_ids]
    if suggestion_ids:
        wanted += suggestions_request(suggestion_ids=suggestion_ids)
    if not wanted:
        return []
    made = requests_order(request_ids=wanted, choice=choice, suppliers=suppliers)
    if not send:
        return [
            Bought(pk, number, State.DRAFT.value) for pk, number in zip(made.ids, made.numbers, strict=True)
        ]
    return [_send(pk, number) for pk, number in zip(made.ids, made.numbers, strict=True)]


def _send(order_id: int, number: str) -> Bought:
    standing = order_submit(order_id=order_id)
    if standing.state != State.APPROVED:
        return Bought(order_id, number, standing.state, standing.missing)
    try:
        way = order_send(order_id=order_id)
    except HecangError as error:  # raised before anything was written
        return Bought(order_id, number, standing.state, message=str(error))
    return Bought(order_id, number, State.SENT.value, way=way)
