"""People of the first warehouse: who can do what, who has which task, what is late; and tickets that wait for people."""

from __future__ import annotations

from hecang.demo.supply.house import House
from hecang.demo.supply.receiving import receipt_id
from hecang.facility.models import Zone
from hecang.kernel.db import fetch
from hecang.tickets.services.acting import tickets_resolve, tickets_take, tickets_wait
from hecang.tickets.services.opening import Link, NewTicket
from hecang.tickets.services.talking import ticket_comment, ticket_report
from hecang.work.models import Task
from hecang.work.services import (
    WorkerIn,
    shift_begin,
    tasks_claim,
    tasks_reprioritise,
    tasks_start,
    worker_save,
)

#: User, skills, equipment, kinds of tasks, code of the zone where they begin.
_WORKERS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str], ...] = (
    ("picker-sha", ("cold",), (), ("pick", "putback", "replenish", "count"), "A"),
    ("receiver-sha", ("inspector",), (), ("receive", "inspect", "kit", "count"), "C"),
    ("forklift-sha", ("forklift",), ("forklift",), ("putaway", "replenish", "move", "transfer"), "A"),
    ("counter-sha", (), (), ("count", "replenish"), "S"),
)
#: User → how many tasks of which kinds they have, the first of them begun.
_QUEUES = (
    ("forklift-sha", ("replenish", "putaway"), 4),
    ("picker-sha", ("count",), 2),
    ("receiver-sha", ("inspect",), 1),
)
#: Tasks that should have been done an hour ago.
_LATE = 3


def work(house: House) -> str:
    """Shifts, queues, tickets."""
    with house.by("manager", house.ago(250)):
        for user, skills, equipment, kinds, zone in _WORKERS:
            home = (
                Zone.objects.filter(warehouse_id=house.main, code=zone).values_list("id", flat=True).first()
            )
            given = WorkerIn(house.user(user).pk, house.main, skills, equipment, kinds, home)
            house.once(f"worker:{user}", worker_save, worker=given)
    for user, *_rest in _WORKERS:
        with house.by(user, house.ago(240)):
            house.once(f"shift:{user}", shift_begin, warehouse_id=house.main)
    for user, wanted, most in _QUEUES:
        _queue(house, user, wanted, most)
    _late(house)
    _tickets(house)
    held = Task.objects.filter(warehouse_id=house.main, state__in=("assigned", "started", "paused")).count()
    return f"{len(_WORKERS)} people on shift in the first warehouse, {held} tasks in hand, {_LATE} late"


def _queue(house: House, user: str, kinds: tuple[str, ...], most: int) -> None:
    tasks: list[int] = house.once(
        f"queue:{user}",
        lambda: list(
            Task.objects.filter(warehouse_id=house.main, state="open", kind__in=kinds)
            .order_by("priority", "id")
            .values_list("id", flat=True)[:most]
        ),
    )
    with house.by(user, house.ago(9)):
        if tasks:
            house.once(f"queue:{user}:claimed", tasks_claim, task_ids=tasks)
            house.once(f"queue:{user}:begun", tasks_start, task_ids=tasks[:1])


def _late(house: House) -> None:
    with house.by("manager", house.ago(170)):
        tasks: list[int] = house.once(
            "late",
            lambda: list(
                Task.objects.filter(
                    warehouse_id=house.main, state__in=("open", "assigned"), kind__in=("putaway", "replenish")
                )
                .order_by("id")
                .values_list("id", flat=True)[:_LATE]
            ),
        )
        if tasks:
            house.once(
                "late:due",
                tasks_reprioritise,
                task_ids=tasks,
                priority=30,
                due_at=house.ago(60),
                note="等货拣货",
            )


#: Ticket, who opens it, kind, what it says, which of the chosen orders it is about, and how far it has come.
_TICKETS = (
    ("wish", "service", "buyer_request", "客户要求改为周末送货", 0, ""),
    ("broken", "service", "damage", "客户反馈收到破损，要求补发", 1, "taken"),
    ("supplier", "buyer", "shortage", "洁美百货到货短少，等供应商回复", None, "waits"),
    ("delay", "service", "delay", "物流三天未更新，客户催件", 2, "solved"),
)
_SHIPPED = (
    "SELECT id, external_number FROM sales_order WHERE state = 'shipped' ORDER BY external_number LIMIT 3"
)


def _tickets(house: House) -> None:
    """One new, one taken, one that waits for a supplier, one solved."""
    orders = house.once("tickets", lambda: [list(row) for row in fetch(_SHIPPED)])
    receipt = receipt_id(house, "short")
    number = str(fetch("SELECT number FROM receipt WHERE id = %s", [receipt])[0][0])
    for key, who, kind, subject, order, fate in _TICKETS:
        link: list[Link] = []
        if order is None:
            link = [("receipt", receipt, number)]
        elif order < len(orders):
            link = [("sales_order", orders[order][0], orders[order][1])]
        ticket = NewTicket(kind, subject, links=link, warehouse_id=house.main)
        with house.by(who, house.ago(380)):
            made = house.once(f"ticket:{key}", ticket_report, ticket=ticket)
        if fate:
            with house.by(who, house.ago(200)):
                _fate(house, f"ticket:{key}", made, fate)


def _fate(house: House, key: str, made: int, fate: str) -> None:
    house.once(f"{key}:taken", tickets_take, ticket_ids=[made])
    house.once(f"{key}:said", ticket_comment, ticket_id=made, body="已联系，@manager 请协助查看现场记录。")
    if fate == "waits":
        house.once(
            f"{key}:waits", tickets_wait, ticket_ids=[made], due_at=house.on(1, 12), note="供应商明天回复"
        )
    if fate == "solved":
        house.once(f"{key}:solved", tickets_resolve, ticket_ids=[made], resolution="solved", note="已派送")
