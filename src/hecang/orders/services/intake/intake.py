"""The one way in: single orders, bulk calls, imports and channels all come through here.

Set-based: a call of a thousand orders runs as many statements as a call of one, about fourteen. What is slow
(finding SKUs, hiding names, audit, sourcing) happens before the first lock; then: insert the orders, lock
the availability they were planned on, check, write lines and reservations, tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.services import reservations_try, reservations_write
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import transactional
from hecang.kernel.errors import Problem
from hecang.kernel.outbox import Event, emit
from hecang.orders.audit import AuditHold, OrderFacts, audit, stock_codes
from hecang.orders.audit.ruling import Rulebook, rulebook
from hecang.orders.errors import OrderRejected, ShopNotFound, TooManyOrders
from hecang.orders.events import BackordersPlaced, OrdersApproved
from hecang.orders.models import OrderHold, OrderSourcing
from hecang.orders.selectors.shops import KnownOrder, ShopRef, known_orders, shops_and_known_orders
from hecang.orders.services import promises
from hecang.orders.services.claiming import presale_claim
from hecang.orders.services.intake import ruled, writing
from hecang.orders.services.intake.drafts import Draft, DraftLine, drafts_make
from hecang.orders.services.intake.inputs import (
    MAX_LINES_PER_CALL,
    MAX_ORDERS,
    MAX_PROBLEMS,
    OrderIn,
    Problems,
    form_check,
)
from hecang.orders.services.intake.promising import promises_settle
from hecang.orders.services.offers import Offers, offers_now
from hecang.orders.services.weighings import weighings_save
from hecang.orders.services.wholeness import gifts_drop
from hecang.orders.sourcing import OrderDemand, SourcingPlan, strategy
from hecang.orders.states import APPROVED

#: Shops by what they were asked by: id or code.
Shops = dict[int | str, ShopRef]
#: (id or code of the shop, order)
Pairs = Sequence[tuple[int | str, OrderIn]]


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """What became of one order of a call.

    :param index: of the order in the call.
    :param created: false where the shop has sent this number before; then the rest tells of that first order.
    :param holds: codes of the standing holds.
    """

    index: int
    order_id: int
    number: str
    external_number: str
    state: str
    created: bool
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """One row for each order, in the order of the call."""

    results: list[IntakeRow]

    @property
    def created(self) -> int:
        return sum(row.created for row in self.results)


def orders_intake(*, shop_id: int, orders: Sequence[OrderIn]) -> IntakeResult:
    """Take in at most 1000 orders of one shop; see :func:`orders_intake_mixed`."""
    return orders_intake_mixed(orders=[(shop_id, order) for order in orders])


@transactional
def orders_intake_mixed(*, orders: Pairs) -> IntakeResult:
    """Take in at most 1000 orders as (id or code of the shop, order): all, or none where one has a mistake.

    An order whose shop has sent its number before (earlier, in this call, or in a call that runs now) is
    answered with the first one and changes nothing. New ones are audited, sourced, reserved as far as there
    is stock, the rest backordered, and approved where no rule holds them and the shop wants that.

    Locks: the new orders' natural keys, then availability in key order. Emits ``OrdersApproved`` and
    ``BackordersPlaced``.

    :raises OrderRejected: naming order, line and field of everything that is wrong.
    :raises ShopNotFound: a shop does not exist or lies outside the caller's scope.
    :raises TooManyOrders: beyond 1000 orders or 100,000 lines.
    """
    if not orders:
        return IntakeResult([])
    _check_size(orders)
    shops, known = _shops(orders)
    drafts = _drafts(orders, shops)
    fresh = _fresh(drafts, known)
    written: list[Draft] = []
    if fresh:
        book = rulebook({draft.shop.id for draft in fresh})
        _audit(fresh, after_sourcing=False)
        ruled.rules_before(fresh, book)
        fresh.sort(key=lambda draft: draft.priority)
        sourced = _source(fresh, book)
        written = writing.orders_insert(fresh, clock.now())
        if len(written) < len(fresh):
            known.update(known_orders([draft.key for draft in fresh if not draft.id]))
        _promise(written, sourced)
        _claim([draft for draft in written if draft.awaits_release])
        gifts_drop([draft.id for draft in written if draft.gifts and draft.is_short])
    return IntakeResult(_answers(drafts, known, written))


def orders_check(*, orders: Pairs) -> list[Problem]:
    """Everything that :func:`orders_intake_mixed` would refuse, without writing anything. Three statements."""
    if not orders:
        return []
    _check_size(orders)
    shops, _known = _shops(orders)
    return _problems(orders, shops)[0].found


# ------------------------------------------------------------------ before any lock


def _check_size(orders: Pairs) -> None:
    lines = sum(len(order.lines) for _shop, order in orders)
    if len(orders) > MAX_ORDERS or lines > MAX_LINES_PER_CALL:
        raise TooManyOrders(
            _("At most %(orders)s orders with %(lines)s lines are taken at once. Send them in several calls.")
            % {"orders": MAX_ORDERS, "lines": MAX_LINES_PER_CALL},
            data={"orders": len(orders), "lines": lines},
        )


def _shops(orders: Pairs) -> tuple[Shops, dict[tuple[int, str], KnownOrder]]:
    wanted = list(dict.fromkeys(shop for shop, _order in orders))
    numbers = [order.external_number for _shop, order in orders if "\x00" not in order.external_number]
    shops, known = shops_and_known_orders(wanted, numbers)
    scope = current_actor().scope
    for asked in wanted:
        shop = shops.get(asked)
        if shop is None or not shop.is_active or (scope.shops is not None and shop.id not in scope.shops):
            raise _no_shop(asked, orders)
    return shops, known


def _no_shop(asked: int | str, orders: Pairs) -> ShopNotFound:
    text = _("There is no shop “%(shop)s”, or it is closed. Look under Settings, Shops.") % {"shop": asked}
    problems = [
        Problem(text, "unknown_shop", f"orders.{index}.shop", row=index + 1, field="shop")
        for index, (shop, _order) in enumerate(orders)
        if shop == asked
    ]
    return ShopNotFound(text, problems=problems[:MAX_PROBLEMS], data={"shop": asked})


def _problems(orders: Pairs, shops: Shops) -> tuple[Problems, list[Draft]]:
    problems = Problems()
    form_check([order for _shop, order in orders], problems)
    # With broken quantities and texts about, nothing further would be right.
    drafts = drafts_make(orders, shops, problems) if not problems.found else []
    return problems, drafts


def _drafts(orders: Pairs, shops: Shops) -> list[Draft]:
    problems, drafts = _problems(orders, shops)
    if problems.found:
        raise OrderRejected(
            _("%(bad)s of %(all)s orders cannot be taken; none was. Mend what is listed and send them again.")
            % {"bad": len(problems.bad_orders), "all": len(orders)},
            problems=problems.found,
            data={"orders": sorted(problems.bad_orders)[:MAX_ORDERS]},
        )
    return drafts


def _fresh(drafts: list[Draft], known: dict[tuple[int, str], KnownOrder]) -> list[Draft]:
    """Those that are not there yet, each natural key once."""
    seen = set(known)
    fresh = []
    for draft in drafts:
        if draft.key not in seen:
            seen.add(draft.key)
            fresh.append(draft)
    return fresh


def _audit(drafts: Iterable[Draft], *, after_sourcing: bool) -> None:
    by_index = {draft.index: draft for draft in drafts}
    facts: list[OrderFacts] = [draft.facts for draft in by_index.values()]
    for hold in audit(facts, after_sourcing=after_sourcing):
        by_index[hold.index].holds.append(hold)


class Sourced(NamedTuple):
    """The plans of a call by index of the order, and the keys of availability that they were made on."""

    demands: dict[int, OrderDemand]
    plans: dict[int, SourcingPlan]
    keys: set[promises.Key]
    book: Rulebook
    offers: Offers


def _source(drafts: Sequence[Draft], book: Rulebook) -> Sourced:
    """Plan on a snapshot; leaves plan, holds and state in the drafts."""
    offers = offers_now()
    candidates = offers.candidates({draft.wish for draft in drafts})
    demands = [
        OrderDemand(
            draft.index,
            draft.shop.owner_id,
            {} if draft.awaits_release else draft.items,
            candidates[draft.wish],
            draft.order.promised_at,
        )
        for draft in drafts
    ]
    rows = promises.free_rows(demands)
    view = promises.stock_view(rows)
    before = view.copy()
    plans = strategy().plan(demands, view)
    plans = [
        SourcingPlan(plan.key, [], dict(draft.items)) if draft.awaits_release else plan
        for draft, plan in zip(drafts, plans, strict=True)
    ]
    _settle(drafts, plans, book)
    promises_settle(drafts, demands, plans, offers, before)
    keys = {row[:3] for row in rows}
    return Sourced({one.key: one for one in demands}, {one.key: one for one in plans}, keys, book, offers)


def _settle(drafts: Sequence[Draft], plans: Sequence[SourcingPlan], book: Rulebook) -> None:
    """What a plan means for its order: short or not, held or not, approved or not."""
    for draft, plan in zip(drafts, plans, strict=True):
        draft.plan = plan
        draft.facts.short = draft.short_of_goods
    _audit([draft for draft in drafts if draft.is_short], after_sourcing=True)
    ruled.rules_after(drafts, book)
    for draft in drafts:
        ruled.holds_settle(draft)


# ------------------------------------------------------------------ under locks


def _promise(drafts: list[Draft], sourced: Sourced) -> None:
    """Win the stock, or as much as is left of it, and write everything that hangs on the orders."""
    if not drafts:
        return
    lines, reservations = _rows(drafts)
    if not reservations_try(rows=reservations):
        _plan_again(drafts, sourced)
        lines, reservations = _rows(drafts)
        reservations_write(rows=reservations)
    writing.flags_update(ruled.credit_check(drafts))
    if len(lines) >= writing.COPY_FROM:
        writing.lines_copy(lines)
    with writing.unanswered():
        if len(lines) < writing.COPY_FROM:
            writing.lines_insert(lines)
        writing.holds_insert([(draft.id, hold) for draft in drafts for hold in draft.holds], clock.now())
        audit_record_many(
            action="orders.order.created",
            entity_kind="sales_order",
            entries=[(draft.id, None, _facts(draft)) for draft in drafts],
        )
        ruled.decisions_keep(drafts)
        weighings = [(draft.id, draft.weighing) for draft in drafts if draft.weighing]
        weighings_save(weighings, OrderSourcing.Reason.INTAKE, clock.now())
        _tell(drafts)
    ruled.tickets_ask(drafts)


def _claim(drafts: Sequence[Draft]) -> None:
    """Pre-sales count against their campaigns; those beyond a limit are held."""
    beyond = presale_claim([draft.id for draft in drafts])
    for draft in drafts:
        if draft.id in beyond:
            draft.holds.append(AuditHold(draft.index, OrderHold.Code.PRESALE_LIMIT.value, {}))


def _plan_again(drafts: Sequence[Draft], sourced: Sourced) -> None:
    """Somebody has taken what was planned: lock all that may serve, and plan those orders anew."""
    demands = [sourced.demands[draft.index] for draft in drafts]
    plans, changed = promises.keep(demands, [sourced.plans[draft.index] for draft in drafts], sourced.keys)
    again = [drafts[place] for place in sorted(changed)]
    for draft in again:
        draft.holds = [hold for hold in draft.holds if hold.code not in stock_codes()]
    replanned = [plans[place] for place in sorted(changed)]
    _settle(again, replanned, sourced.book)
    those = [demands[place] for place in sorted(changed)]
    left = promises.stock_view(promises.free_rows(those))
    promises_settle(again, those, replanned, sourced.offers, left)
    writing.flags_update(again)


def _rows(drafts: Sequence[Draft]) -> tuple[list[writing.LineRow], list[promises.Reservation]]:
    """Lines with what each is promised, and the reservations behind it."""
    lines: list[writing.LineRow] = []
    reservations: list[promises.Reservation] = []
    for draft in drafts:
        assert draft.plan is not None
        spread = promises.Spread(draft.shop.owner_id, draft.plan.takes)
        order_id = draft.id
        asking: Iterable[tuple[int, DraftLine]] = zip(draft.line_ids, draft.lines, strict=True)
        if draft.gifts:  # goods come first where both want the same
            asking = sorted(asking, key=lambda one: one[1].kind == "gift")
        for line_id, (number, sku, kit, quantity, price, amount, kind, external) in asking:
            reserved = spread.give(line_id, sku, quantity, reservations)
            lines.append(
                (
                    line_id,
                    order_id,
                    number,
                    sku,
                    kit,
                    quantity,
                    price,
                    amount,
                    kind,
                    external,
                    reserved,
                    quantity - reserved,
                )
            )
    return lines, reservations


def _facts(draft: Draft) -> dict[str, object]:
    """What the audit log says of a new order."""
    facts: dict[str, object] = {
        "state": draft.state,
        "total": str(draft.total_amount),
        "units": draft.unit_count,
    }
    if draft.holds:
        facts["holds"] = [hold.code for hold in draft.holds]
    if draft.plan is not None and draft.plan.short:
        facts["backordered"] = sum(draft.plan.short.values())
    return facts


def _tell(drafts: Sequence[Draft]) -> None:
    events: list[Event] = []
    approved = [draft.id for draft in drafts if draft.state == APPROVED and draft.plan and draft.plan.takes]
    if approved:
        events.append(OrdersApproved(order_ids=tuple(approved)))
    short = sorted(
        {sku for draft in drafts if draft.plan and not draft.awaits_release for sku in draft.plan.short}
    )
    events += [
        BackordersPlaced(sku_ids=tuple(short[start : start + 1000])) for start in range(0, len(short), 1000)
    ]
    emit(*events)


def _answers(
    drafts: Sequence[Draft], known: dict[tuple[int, str], KnownOrder], written: Sequence[Draft]
) -> list[IntakeRow]:
    firsts = {draft.key: draft for draft in written}
    rows = []
    for draft in drafts:
        external = draft.order.external_number
        if (first := firsts.get(draft.key)) is not None:
            holds = tuple(hold.code for hold in first.holds)
            rows.append(
                IntakeRow(draft.index, first.id, first.number, external, first.state, first is draft, holds)
            )
        else:
            order = known[draft.key]
            rows.append(
                IntakeRow(draft.index, order.id, order.number, external, order.state, False, order.holds)
            )
    return rows
