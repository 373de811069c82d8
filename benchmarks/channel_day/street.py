"""Ten platforms with their buyers: they buy what their platform was told, change their minds, and are told of parcels."""

from __future__ import annotations

import heapq
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from benchmarks.channel_day.plan import EXPIRIES, OUTAGES, SCARCE_SHARE, SKEWED, WEATHER, Plan, arrived
from benchmarks.platforms import LINES, PLACES
from hecang.integrations.channels.base import Feature
from hecang.integrations.channels.registry import connectors
from hecang.integrations.simulators.base import (
    Misbehaviour,
    Push,
    SimLine,
    SimOrder,
    SimRefund,
    Simulator,
    serving,
)
from hecang.integrations.simulators.registry import channel_simulators

#: Of all orders: those that are never paid, paid late, cancelled, sent elsewhere, remarked on, refunded before shipping.
UNPAID, LATE, CANCELLED, MOVED, REMARKED, REFUNDED = 0.02, 0.03, 0.03, 0.02, 0.02, 0.02
#: Bought once more, by mistake, on another platform.
TWICE = 0.005
#: Of what happens: told by a message where the platform sends any; told twice.
PUSHED, PUSHED_TWICE = 0.6, 0.15
#: Platforms that tell recipients in clear: there a purchase on two of them can be recognised.
IN_CLEAR = ("woocommerce", "shopify")
#: Platforms that know of refunds of whole orders only: orders there have one line.
WHOLE_REFUNDS = ("pinduoduo",)
OPEN = frozenset({"to_ship", "partly_shipped"})


@dataclass
class Stall:
    """One platform with its buyers."""

    code: str
    sim: Simulator
    chance: random.Random
    plan: Plan
    share: int
    inbox: str = ""
    placed: int = 0
    turned_away: int = 0
    pushed: int = 0
    pushes_refused: int = 0
    later: list[tuple[float, int, str, str]] = field(default_factory=list)
    wishes: Counter[str] = field(default_factory=Counter)
    #: SKU → units that buyers have paid for, less what was given back before it was shipped.
    paid: Counter[str] = field(default_factory=Counter)

    # ---------------------------------------------------------------- buying

    def buy(self, at: float, *, like: SimOrder | None = None) -> SimOrder | None:
        """One more order; ``None`` where nothing that the buyer wanted was left."""
        with self.sim.lock:
            lines = self._lines(like)
            if not lines:
                self.turned_away += 1
                return None
            order = self._order(lines, like)
            late = like is None and self.chance.random() < UNPAID + LATE
            if late:
                order.status, order.paid_at = "unpaid", None
            else:
                self._take(order, -1)
            self.sim.place(order)
            self.placed += 1
        if late:
            if self.chance.random() < LATE / (UNPAID + LATE):
                self._plan(at, 0.01, "pay", order.number)
        else:
            self._change_mind(at, order.number)
        return order

    def _lines(self, like: SimOrder | None) -> list[SimLine]:
        number = self._number()
        if like is not None:
            wanted = [(int(line.outer_sku[4:]), line.quantity, line.unit_price) for line in like.lines]
        else:
            wanted = [self._wish() for _n in range(self.chance.choice(LINES))]
        bought: dict[int, SimLine] = {}
        for sku, quantity, price in wanted:
            key = product_of(sku)
            if sku not in bought and self.sim.stock.get(key, 0) >= quantity:
                bought[sku] = SimLine(
                    f"{number}{len(bought) + 1}", *key, f"SKU-{sku:04}", quantity, price, f"SKU-{sku:04}"
                )
        return list(bought.values())

    def _wish(self) -> tuple[int, int, Decimal]:
        scarce = self.chance.random() < SCARCE_SHARE
        sku = (
            self.chance.randrange(self.plan.scarce)
            if scarce
            else self.chance.randrange(self.plan.scarce, self.plan.skus)
        )
        return sku, self.chance.choice((1, 1, 2)), Decimal(self.chance.randint(990, 9990)) / 100

    def _number(self) -> str:
        return f"260101{self.placed + 1:012}"

    def _order(self, lines: list[SimLine], like: SimOrder | None) -> SimOrder:
        now = self.sim.now()
        province, city, district = self.chance.choice(PLACES)
        who = self.chance.randrange(10**9)
        to: dict[str, Any] = {
            "buyer": f"buyer{who}", "name": "王小明", "phone": f"13{who:09}", "province": province, "city": city,
            "district": district, "address": f"人民路 {who % 997 + 1} 号 {who % 31 + 1} 栋 {who % 1700 + 1} 室",
        }  # fmt: skip
        if like is not None:
            names = ("buyer", "name", "phone", "province", "city", "district", "address")
            to = {name: getattr(like, name) for name in names}
        return SimOrder(self._number(), lines, created_at=now, modified_at=now, paid_at=now, **to)

    def _take(self, order: SimOrder, sign: int) -> None:
        """The platform itself counts what it sells (``lock`` is held)."""
        for line in order.lines:
            key = line.product_id, line.variant_id
            self.sim.stock[key] = self.sim.stock.get(key, 0) + sign * line.quantity
            self.paid[line.outer_sku] -= sign * line.quantity

    # ---------------------------------------------------------------- minds that change

    def _change_mind(self, at: float, number: str) -> None:
        draw = self.chance.random()
        for share, wish in (
            (CANCELLED, "cancel"),
            (MOVED, "move"),
            (REMARKED, "remark"),
            (REFUNDED, "refund"),
        ):
            if draw < share:
                self._plan(at, 0.08, wish, number)
                return
            draw -= share

    def _plan(self, at: float, within: float, wish: str, number: str) -> None:
        moment = at + self.chance.random() * within * self.plan.seconds
        heapq.heappush(self.later, (moment, len(self.later), wish, number))

    def act(self, at: float) -> None:
        """What is due by now."""
        while self.later and self.later[0][0] <= at:
            _moment, _n, wish, number = heapq.heappop(self.later)
            with self.sim.lock:
                done = self._act(wish, number)
            if done:
                self.wishes[wish] += 1
                self.tell(number)
                if wish == "pay":
                    self._change_mind(at, number)

    def _act(self, wish: str, number: str) -> bool:
        order = self.sim.orders[number]
        if wish == "pay":
            stock = self.sim.stock
            if order.status != "unpaid" or any(
                stock.get((line.product_id, line.variant_id), 0) < line.quantity for line in order.lines
            ):
                return False
            self._take(order, -1)
            self.sim.change(number, status="to_ship", paid_at=self.sim.now())
            return True
        if order.status != "to_ship":
            return False
        if wish == "cancel":
            self._take(order, 1)
            self.sim.change(number, status="cancelled")
        elif wish == "move":
            self.sim.change(number, address=f"解放路 {self.chance.randrange(1, 999)} 号 3 栋 101 室")
        elif wish == "remark":
            self.sim.change(number, seller_remark="请仔细包装")
        else:
            line = order.lines[0]
            for one in order.lines if self.code in WHOLE_REFUNDS else [line]:
                one.refunding = True
            self.sim.change(number)
            amount = line.unit_price * line.quantity
            refund = SimRefund(
                f"9{number}"[-18:], number, external_line=line.external_line, quantity=line.quantity, amount=amount,
                reason="不想要了", modified_at=self.sim.now(),
            )  # fmt: skip
            self.sim.ask_refund(refund)
        return True

    # ---------------------------------------------------------------- messages

    def tell(self, number: str) -> None:
        """Send the platform's messages about an order, if it sends any and feels like it."""
        if not self.inbox or self.sim.is_down or self.chance.random() >= PUSHED:
            return
        for push in self.sim.pushes(number):
            for _again in range(1 + (self.chance.random() < PUSHED_TWICE)):
                self._send(push)

    def _send(self, push: Push) -> None:
        self.pushed += 1
        try:
            answer = self.http.request(
                push.method,
                self.inbox,
                params=dict(push.query),
                headers=dict(push.headers),
                content=push.body,
            )
        except httpx.HTTPError:
            self.pushes_refused += 1
        else:
            self.pushes_refused += answer.status_code >= 300

    http: httpx.Client = field(init=False)


def product_of(sku: int) -> tuple[str, str]:
    return f"{6_000_000 + sku}", f"{7_000_000 + sku}"


class Street:
    """All platforms, in this process."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.stack = ExitStack()
        self.ended = threading.Event()
        self.trouble_over = threading.Event()
        self.errors: list[str] = []
        self.threads: list[threading.Thread] = []
        kinds = platforms()
        per, extra = divmod(plan.orders, len(kinds))
        self.stalls = {
            code: Stall(
                code, self._simulator(code), random.Random(f"{code} {plan.seed}"), plan, per + (n < extra)
            )
            for n, code in enumerate(kinds)
        }
        self.began = 0.0

    def _simulator(self, code: str) -> Simulator:
        kind: Any = channel_simulators()[code]
        factor = self.plan.factor
        sim: Simulator = kind(maximum=2000 * factor, restore=100 * factor) if code == "shopify" else kind()
        sim.stock.update({product_of(sku): 0 for sku in range(self.plan.skus)})
        known = getattr(sim, "_sold", None)
        if isinstance(known, set):
            known |= set(sim.stock)
        return sim

    def open(self) -> list[dict[str, Any]]:
        """Let all listen; what a shop has to know of each."""
        self.client = self.stack.enter_context(httpx.Client(timeout=30))
        told = []
        for code, stall in self.stalls.items():
            stall.http = self.client
            address = self.stack.enter_context(serving(stall.sim))
            told.append(
                {
                    "code": code,
                    "address": address,
                    "settings": stall.sim.credentials(),
                    "token": self.consent(code),
                }
            )
        return told

    def consent(self, code: str) -> dict[str, str]:
        """The token that a merchant gets who authorises the shop now; empty where the platform knows none."""
        sim = self.stalls[code].sim
        with sim.lock:
            token = sim.token()
        return {"access": token.access, "refresh": token.refresh} if token.access or token.refresh else {}

    def begin(self, inboxes: Mapping[str, str]) -> None:
        """The day begins: buyers buy, and things go wrong as planned."""
        self.began = time.monotonic()
        for code, inbox in inboxes.items():
            self.stalls[code].inbox = inbox
        for stall in self.stalls.values():
            self._thread(partial(self._sell, stall))
        self._thread(self._make_trouble)

    def _thread(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception as error:
                self.errors.append(repr(error))
                raise

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.threads.append(thread)

    def elapsed(self) -> float:
        """Seconds since the day began; 0 before."""
        return time.monotonic() - self.began if self.began else 0.0

    def _sell(self, stall: Stall) -> None:
        """Orders as the curve of the day asks; buyers who find nothing come again until the last of them has bought."""
        while not self.ended.is_set():
            at = self.elapsed()
            due = stall.share * arrived(min(at / self.plan.seconds, 1.0))
            tries = 0
            while stall.placed < due - 1e-9 and tries < 50 and not stall.sim.is_down:
                tries += 1
                order = stall.buy(at)
                if order is not None:
                    stall.tell(order.number)
                    self._twice(stall, order, at)
            stall.act(at)
            if stall.placed >= stall.share and not stall.later:
                return
            self.ended.wait(0.05)

    def _twice(self, stall: Stall, order: SimOrder, at: float) -> None:
        """The same buyer buys the same on another platform too."""
        if (
            stall.code != IN_CLEAR[0]
            or order.status == "unpaid"
            or stall.chance.random() >= TWICE * len(self.stalls)
        ):
            return
        other = self.stalls[IN_CLEAR[1]]
        if other.placed < other.share and other.buy(at, like=order) is not None:
            stall.wishes["twice"] += 1

    # ---------------------------------------------------------------- trouble

    def _make_trouble(self) -> None:
        expiries = list(EXPIRIES)
        while not self.ended.is_set() and self.elapsed() < self.plan.seconds:
            share = self.elapsed() / self.plan.seconds
            if expiries and share >= expiries[0]:
                expiries.pop(0)
                for code in renewing():
                    self.stalls[code].sim.expire_tokens()
            for code, stall in self.stalls.items():
                stall.sim.is_down = any(
                    one.begin <= share < one.end and code in one.platforms for one in OUTAGES
                )
                stall.sim.misbehaviour = self._weather(code, share)
            self.ended.wait(min(0.2, self.plan.seconds / 200))
        for stall in self.stalls.values():
            stall.sim.is_down, stall.sim.misbehaviour = False, Misbehaviour()
        self.trouble_over.set()

    def _weather(self, code: str, share: float) -> Misbehaviour:
        how: dict[str, Any] = {}
        for one in WEATHER:
            if one.begin <= share < one.end and (not one.platforms or code in one.platforms):
                how |= dict(one.how)
        return Misbehaviour(**how, clock_skew=timedelta(seconds=SKEWED.get(code, 0.0)))

    # ---------------------------------------------------------------- reading back

    def status(self) -> dict[str, Any]:
        """Where the day stands."""
        return {
            "elapsed": self.elapsed(),
            "placed": {code: stall.placed for code, stall in self.stalls.items()},
            "shipments": sum(len(stall.sim.shipments) for stall in self.stalls.values()),
            "is_over": self.trouble_over.is_set() and not any(thread.is_alive() for thread in self.threads),
            "errors": self.errors,
        }

    def testimony(self) -> dict[str, Any]:
        """What the platforms know in the end, for the judgement."""
        return {code: self._of(stall) for code, stall in self.stalls.items()}

    def _of(self, stall: Stall) -> dict[str, Any]:
        sim = stall.sim
        with sim.lock:
            return {
                "orders": {
                    number: [order.status, order.paid_at is not None, all(line.refunding for line in order.lines),
                             any(line.refunding for line in order.lines)]
                    for number, order in sim.orders.items()
                },
                "shipments": [[one.order_number, one.waybill] for one in sim.shipments],
                "stock": {f"{product} {variant}": units for (product, variant), units in sim.stock.items()},
                "calls": dict(sim.calls),
                "refusals": dict(sim.refusals),
                "placed": stall.placed,
                "turned_away": stall.turned_away,
                "pushed": stall.pushed,
                "pushes_refused": stall.pushes_refused,
                "wishes": dict(stall.wishes),
                "paid": dict(stall.paid),
            }  # fmt: skip

    def close(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(20)
        self.stack.close()


def platforms() -> list[str]:
    """Those that buyers know: they list their orders and show each. Shared folders and own sites are not among them."""
    return _able(Feature.GET_ORDER)


def renewing() -> list[str]:
    """Platforms whose tokens end and are renewed by us."""
    return _able(Feature.REFRESH_TOKEN)


def _able(feature: Feature) -> list[str]:
    return [
        code
        for code in channel_simulators()
        if code in connectors() and feature in connectors()[code].features
    ]
