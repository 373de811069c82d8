"""Behind the docks: goods are taken in, differences noted and decided, lots inspected, goods put away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hecang.demo.supply.buying import suppliers
from hecang.demo.supply.gate import appointment_id, asn_id, docked_at, lines_of
from hecang.demo.supply.house import House
from hecang.inbound.door import GoodsIn
from hecang.inbound.models import Discrepancy, Inspection, Putaway, Receipt
from hecang.inbound.services.checklists import Item
from hecang.inbound.services.deciding import DecisionIn, inspection_decide
from hecang.inbound.services.discrepancies import Reported, discrepancies_decide, discrepancy_report
from hecang.inbound.services.inspections import ResultIn, inspection_answer, inspection_count
from hecang.inbound.services.plans import PlanIn, plan_save
from hecang.inbound.services.putaways import putaway_confirm
from hecang.inbound.services.receipts import ReceiptIn, receipt_close, receipt_open
from hecang.inbound.services.receiving import receipt_receive
from hecang.kernel.outbox import drain
from hecang.work.models import Task
from hecang.work.services import task_claim, task_start

#: What an inspector of chilled goods is asked.
_CHECKLIST = (
    Item("temp", "到货中心温度", "measure", unit="℃", low="0", high="7", defect_class="critical"),
    Item("pack", "外包装完好", "yes_no"),
    Item("date", "生产日期与标签一致", "yes_no"),
    Item("note", "备注", "text", defect_class="minor", required=False),
)
_SAMPLE = 5
_GOOD: Mapping[str, str] = {"temp": "4.2", "pack": "yes", "date": "yes"}
_WARM: Mapping[str, str] = {"temp": "11.5", "pack": "no", "date": "yes"}


def work(house: House) -> str:
    """Yesterday's receipts, today's, and what follows from each."""
    with house.by("manager", house.on(-30, 10)):
        house.once("plan", _plan)
    for order, who in (
        ("done", "receiver-sha"),
        ("south", "picker-can"),
        ("frozen", "receiver-sha"),
        ("judged", "receiver-sha"),
    ):
        _receipt(house, order, who)
    _receipt(house, "partly", "receiver-sha", came={2: 0, 3: 0}, more_comes=True)
    _receipt(
        house, "short", "receiver-sha", came={0: -1}, note="2 件外箱压破，未拍照，待主管确认", trouble=True
    )
    _receipt(house, "unloading", "receiver-sha", came={2: 0, 3: 0, 4: 0}, closes=False)
    drain()  # places are found for what came in
    _differences(house)
    _inspections(house)
    drain()
    _putaways(house)
    made = Receipt.objects.count(), Inspection.objects.count(), Putaway.objects.count()
    return "{} receipts, {} inspections, {} putaways".format(*made)


def _plan() -> int:
    return plan_save(
        plan=PlanIn(
            "QP-COLD", "冷链到货检验", supplier_id=suppliers()["SUP-XD"], sampling="fixed", fixed_size=_SAMPLE,
            checklist=_CHECKLIST, instructions="先测温，再开箱；超过 7 ℃ 整批拒收。",
        )
    )  # fmt: skip


# ---------------------------------------------------------------- receipts


def receipt_id(house: House, order: str) -> int:
    """Id of the receipt of an order's delivery."""
    return int(house.known(f"receipt:{order}:open"))


def _receipt(
    house: House,
    order: str,
    who: str,
    *,
    came: Mapping[int, int] | None = None,
    note: str = "",
    trouble: bool = False,
    closes: bool = True,
    more_comes: bool = False,
) -> None:
    """Open, take in, close.

    :param came: place of a line in the announcement → how many came; negative: so many too few. The others came whole.
    :param trouble: some of them broken, and something that nobody ordered.
    """
    at = docked_at(house, order)
    with house.by(who, at):
        receipt = house.once(f"receipt:{order}:open", _open, house=house, order=order, note=note)
    with house.by(who, at + timedelta(minutes=15)):
        house.once(
            f"receipt:{order}:goods",
            _take,
            house=house,
            order=order,
            receipt=receipt,
            came=came or {},
            trouble=trouble,
        )
        if trouble:
            wrong = Reported(
                house.scan("wrong", order),
                barcode="6901234567892",
                quantity=6,
                note="送货单上没有，整箱退回司机待处理",
            )
            house.once(f"receipt:{order}:wrong", discrepancy_report, receipt_id=receipt, reported=wrong)
    if closes:
        with house.by(who, at + timedelta(minutes=40)):
            house.once(f"receipt:{order}:close", receipt_close, receipt_id=receipt, more_comes=more_comes)


def _open(house: House, order: str, note: str) -> int:
    opened = receipt_open(
        receipt=ReceiptIn(
            asn_id=asn_id(house, order),
            appointment_id=appointment_id(house, order),
            key=f"demo:{order}",
            note=note,
        )
    )
    return opened.id


def _take(house: House, order: str, receipt: int, came: Mapping[int, int], *, trouble: bool) -> int:
    goods = []
    for place, (sku_id, announced, lot, expires) in enumerate(lines_of(asn_id(house, order))):
        given = came.get(place, announced)
        units = max(0, announced + given) if given < 0 else min(given, announced)
        broken = min(2, units - 1) if trouble and place == 1 and units > 1 else 0
        for kind, quantity in (("good", units - broken), ("damaged", broken)):
            if quantity:
                goods.append(
                    GoodsIn(
                        house.scan("receive", order, place, kind), sku_id, quantity, lot_code=lot, expires_on=expires,
                        condition=kind, note="外箱压破，内件渗漏" if kind == "damaged" else "",
                    )
                )  # fmt: skip
    for answer in receipt_receive(receipt_id=receipt, goods=goods):
        if not answer.ok:
            raise RuntimeError(f"goods of {order} were not taken in: {answer.code} {answer.message}")
    return len(goods)


def _differences(house: House) -> None:
    """Of yesterday's trouble one is settled, one became a ticket, the others wait for somebody's word."""
    found = dict(
        Discrepancy.objects.filter(receipt_id=receipt_id(house, "short"))
        .order_by("-id")
        .values_list("kind", "id")
    )
    with house.by("manager", house.ago(150)):
        for kind, decision, note in (
            ("damaged", "ticket", "请采购联系供应商确认责任"),
            ("short", "accept", "供应商确认少发，下批补"),
        ):
            if kind in found:
                house.once(
                    f"difference:{kind}",
                    discrepancies_decide,
                    discrepancy_ids=[found[kind]],
                    decision=decision,
                    note=note,
                )


# ---------------------------------------------------------------- quality


@dataclass(frozen=True, slots=True)
class _Judgement:
    """How far an inspection goes.

    :param who: the one that decides; nobody where it stays open.
    """

    answers: Mapping[str, str]
    who: str = ""
    decision: Callable[[int], DecisionIn] | None = None


_JUDGEMENTS: tuple[_Judgement, ...] = (
    _Judgement({}),
    _Judgement({"temp": "5.1"}),
    _Judgement(_GOOD, "receiver-sha", lambda _units: DecisionIn("accept")),
    _Judgement(_WARM, "manager", lambda _units: DecisionIn("reject", reason="到货温度 11.5 ℃，超标", claim=True)),
    _Judgement(
        {**_GOOD, "pack": "no"}, "manager",
        lambda units: DecisionIn("conditional", rejected=min(2, units), reason="两件渗漏，其余可售", claim=True),
    ),
)  # fmt: skip


def _inspections(house: House) -> None:
    """Of the lots of today's chilled delivery: one waits, one is begun, the others are decided each in its way."""
    lots = list(
        Inspection.objects.filter(receipt_id=receipt_id(house, "judged"))
        .order_by("id")
        .values_list("id", "quantity")
    )
    at = docked_at(house, "judged") + timedelta(minutes=60)
    for (lot, units), judgement in zip(lots, _JUDGEMENTS, strict=False):
        with house.by("receiver-sha", at):
            for item, value in judgement.answers.items():
                given = ResultIn(item=item, value=value)
                house.once(
                    f"inspection:{lot}:{item}",
                    inspection_answer,
                    inspection_id=lot,
                    result=given,
                )
            if judgement.decision is not None:
                seen = min(_SAMPLE, units)
                house.once(
                    f"inspection:{lot}:seen",
                    inspection_count,
                    inspection_id=lot,
                    inspected=seen,
                )
        if judgement.decision is not None:
            decision = judgement.decision(units)
            with house.by(judgement.who, at + timedelta(minutes=25)):
                house.once(
                    f"inspection:{lot}:decided",
                    inspection_decide,
                    inspection_id=lot,
                    decision=decision,
                )


# ---------------------------------------------------------------- putaway


def _putaways(house: House) -> None:
    """What came before today is on its shelf; of today's some is, some is on a fork, the rest waits."""
    with house.by("forklift-sha", house.ago(60)):
        for order in ("done", "partly", "short"):
            _put(house, order, None)
        _put(house, "frozen", 3)
        for place, key in enumerate(_standing(house, "frozen")[:2]):
            task = Task.objects.filter(
                kind="putaway", subject_kind="putaway", subject_id=key, state="open"
            ).first()
            if task is not None:
                take: Callable[..., Any] = task_start if place == 0 else task_claim
                house.once(
                    f"putaway:frozen:taken:{place}",
                    take,
                    task_id=task.pk,
                )
    with house.by("picker-can", house.ago(600)):
        _put(house, "south", None)


def _standing(house: House, order: str) -> list[int]:
    return list(
        Putaway.objects.filter(receipt_id=receipt_id(house, order), state="planned", condition="good")
        .order_by("id")
        .values_list("id", flat=True)
    )


def _put(house: House, order: str, most: int | None) -> None:
    """Put goods of a receipt where it was planned; ``most``: so many of its putaways."""
    wanted = house.once(f"putaway:{order}", lambda: _standing(house, order)[:most])
    for key in wanted:
        house.once(f"putaway:{order}:{key}", putaway_confirm, putaway_id=key)
