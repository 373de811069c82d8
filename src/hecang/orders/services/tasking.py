"""Tickets that rules want opened for orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hecang.tickets.services import NewTicket, tickets_open


class Wanted(NamedTuple):
    """One ticket for one order, by one rule."""

    order_id: int
    number: str
    shop_id: int
    owner_id: int
    kind: str
    subject: str
    rule_id: int


def tickets_want(wanted: Sequence[Wanted]) -> None:
    """Open tickets; a rule opens at most one that stands for an order."""
    if wanted:
        tickets_open(
            tickets=[
                NewTicket(
                    kind=one.kind,
                    subject=one.subject,
                    links=(("sales_order", one.order_id, one.number),),
                    key=f"rule:{one.rule_id}:{one.order_id}",
                    shop_id=one.shop_id,
                    owner_id=one.owner_id,
                )
                for one in wanted
            ]
        )
