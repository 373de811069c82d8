"""Which warehouse ships what: generated batches of orders in a large country.

``python -m benchmarks.optim.sourcing FOLDER`` draws the pictures of the explanation page.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.optim.harness import OURS, Found, Record, Settings
from hecang_optim import sourcing
from hecang_optim.budget import Budget
from hecang_optim.sourcing import UNLIMITED, Network, Orders, Problem, Solution, departures, drawing

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NAME = "sourcing"
SUMMARY = "money for freight, handling, splits, delay and backorders of generated orders over 8 warehouses"
MAXIMISE = False

ZONES = 31
WAREHOUSES = 8
#: Money for a unit that is not shipped now.
SHORT_PRICE = 40.0
#: Units that an order asks for on average: lines (geometric, at most 8) times units of a line (at most 6).
UNITS_PER_ORDER = 2.65

#: (kilometres up to which, first kg, each further kg, hours): tariffs of the express carriers' kind.
BANDS = (
    (250.0, 4.5, 0.8, 24.0),
    (700.0, 5.5, 1.5, 36.0),
    (1300.0, 7.0, 3.0, 48.0),
    (2200.0, 9.0, 5.0, 72.0),
    (np.inf, 13.0, 9.0, 96.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """A country with its warehouses, goods and customers, from which orders are drawn.

    :param place: (Z, 2) kilometres east and north of each zone; ``sites``: (W,) zones with a warehouse.
    :param km: (W, Z) from each warehouse to each zone.
    :param people: (Z,) share of the orders that go to a zone.
    :param fame: (S,) share of the lines that ask for a SKU.
    """

    network: Network
    place: Floats
    sites: Ints
    km: Floats
    people: Floats
    fame: Floats
    unit_g: Ints


def market(random: np.random.Generator, skus: int, orders: int) -> Market:
    """Zones on a map, warehouses in populous ones far apart, tariffs by distance with each carrier's own level."""
    place = random.uniform((0.0, 0.0), (4200.0, 3000.0), (ZONES, 2))
    people = random.lognormal(0.0, 0.9, ZONES)
    people /= people.sum()
    far = np.linalg.norm(place[:, None] - place[None, :], axis=2)
    sites = [int(people.argmax())]
    while len(sites) < WAREHOUSES:
        sites.append(int((people * far[sites].min(axis=0)).argmax()))
    km = far[sites] + random.uniform(20.0, 80.0, (WAREHOUSES, ZONES))
    band = np.searchsorted([up_to for up_to, *_rest in BANDS], km)
    level = random.uniform(0.88, 1.12, (WAREHOUSES, 1))
    first = np.array([row[1] for row in BANDS])[band] * level
    step = np.array([row[2] for row in BANDS])[band] * level
    everywhere = np.full((WAREHOUSES, ZONES), 1000, dtype=np.int64)
    leaves = random.uniform(17.0, 21.0, WAREHOUSES)
    usual = people.max() * orders
    capacity = np.full((WAREHOUSES, 2), UNLIMITED, dtype=np.int64)
    capacity[:, 0] = (random.uniform(1.0, 2.5, WAREHOUSES) * max(usual, orders / WAREHOUSES)).astype(np.int64)
    network = Network(
        first_price=first.round(2),
        step_price=step.round(2),
        first_g=everywhere,
        step_g=everywhere,
        parcel_g=np.full(WAREHOUSES, 30_000, dtype=np.int64),
        lead_hours=np.array([row[3] for row in BANDS])[band],
        departure_hours=departures(14.0, leaves - 4.0, leaves, 2),
        capacity=capacity,
        handling_shipment=random.uniform(1.2, 2.2, WAREHOUSES).round(2),
        handling_line=random.uniform(0.2, 0.5, WAREHOUSES).round(2),
        handling_unit=random.uniform(0.05, 0.15, WAREHOUSES).round(2),
        split_price=2.0,
        late_price=0.1,
    )
    fame = 1.0 / np.arange(1, skus + 1) ** 0.9
    unit_g = random.lognormal(5.9, 0.9, skus).clip(20, 15_000).astype(np.int64)
    return Market(
        network,
        place,
        np.array(sites, dtype=np.int64),
        km,
        people,
        random.permutation(fame / fame.sum()),
        unit_g,
    )


def draw_orders(random: np.random.Generator, of: Market, count: int) -> Orders:
    """Orders of 1 to 8 lines; most lines ask for one unit."""
    lines = np.minimum(random.geometric(0.5, count), 8)
    start = [0]
    skus: list[int] = []
    for number in lines.tolist():
        skus += random.choice(of.fame.size, number, replace=False, p=of.fame).tolist()
        start.append(len(skus))
    quantity = np.minimum(random.geometric(0.75, len(skus)), 6)
    return Orders(
        zone=random.choice(ZONES, count, p=of.people).astype(np.int64),
        line_start=np.array(start, dtype=np.int64),
        sku=np.array(skus, dtype=np.int64),
        quantity=quantity.astype(np.int64),
        short_price=np.full(len(skus), SHORT_PRICE),
        due_hours=random.choice([60.0, 84.0, 108.0], count),
    )


def draw_stock(random: np.random.Generator, of: Market, units: float) -> Ints:
    """(W, S) stock where ``units`` are sold a day: some days of cover, differing by SKU, and badly spread.

    Each SKU lies in one to five of the warehouses, in shares that have nothing to do with where its customers live.
    """
    cover = random.lognormal(np.log(2.5), 0.8, of.fame.size)
    total = of.fame * units * cover
    held = random.permuted(np.arange(WAREHOUSES)[None].repeat(of.fame.size, 0), axis=1)
    held = held < random.integers(1, 6, of.fame.size)[:, None]
    shares = random.gamma(0.8, 1.0, held.shape) * held
    shares /= shares.sum(axis=1, keepdims=True)
    least = random.integers(2, 13, held.shape) * held  # what is left of the last carton
    return np.ascontiguousarray((least + np.round(shares * total[:, None]).astype(np.int64)).T)


@dataclass(frozen=True, slots=True)
class Instance:
    """A batch, or a batch and what comes after it.

    :param orders: of a batch.
    :param later: batches that follow on the same stock, before the next delivery.
    """

    orders: int
    seed: int
    later: int = 0

    @property
    def name(self) -> str:
        return f"{'future' if self.later else 'batch'}-{self.orders}-{self.seed}"


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """An instance drawn: one problem a batch, all with the stock of the first."""

    market: Market
    batches: list[Problem]


def generate(instance: Instance) -> Case:
    """Draw market, stock and orders; the same seed draws the same."""
    random = np.random.default_rng((instance.seed, instance.orders))
    of = market(random, max(60, instance.orders * 2 // 5), instance.orders)
    drawn = [draw_orders(random, of, instance.orders) for _batch in range(1 + instance.later)]
    stock = draw_stock(random, of, float(drawn[0].quantity.sum()))
    return Case(of, [Problem(of.network, orders, stock, of.unit_g) for orders in drawn])


def find(files: Sequence[Path]) -> Found:
    """All instances are generated: 200 and 1000 orders with several seeds, 10,000 with one; and with a future."""
    del files
    batches = [Instance(orders, seed) for orders in (200, 1000) for seed in range(5)]
    futures = [Instance(orders, seed, later=2) for orders in (200, 1000) for seed in range(5)]
    return Found([*batches, Instance(10_000, 0), *futures])


def solve(instance: Instance, settings: Settings) -> Iterator[Record]:
    return _future(instance, settings) if instance.later else _batch(instance, settings)


def seconds_for(orders: int) -> float:
    return 60.0 if orders > 2000 else 5.0


def _batch(instance: Instance, settings: Settings) -> Iterator[Record]:
    """One batch; the bound is proven in the same run."""
    case = generate(instance)
    problem = case.batches[0]
    trace: list[tuple[float, float]] = []
    budget = settings.budget(seconds_for(instance.orders))
    with settings.stopwatch() as watch:
        ours = sourcing.solve(
            problem, budget, on_improvement=lambda value: trace.append((budget.used(), value))
        )
    ours.check()
    yield _record(instance, OURS, ours.value, ours.bound, watch.seconds, tuple(trace))
    if not settings.rivals:
        return
    rivals: dict[str, Callable[[], Solution]] = {
        "one by one at prices": lambda: sourcing.solve_one_by_one(problem, ours.prices),
        "nearest that has all": lambda: sourcing.nearest_with_all(problem, case.market.km),
        "cheapest first": lambda: sourcing.cheapest_first(problem),
    }
    for method, rival in rivals.items():
        with settings.stopwatch() as watch:
            theirs = rival()
        theirs.check()
        yield _record(instance, method, theirs.value, ours.bound, watch.seconds)


def _future(instance: Instance, settings: Settings) -> Iterator[Record]:
    """Batch after batch on the same stock; ours knows what is expected, never what comes.

    What counts is money spent over all batches, without prices of scarcity. The bound is that of a decision which
    had known all orders from the beginning.
    """
    case = generate(instance)
    hindsight = _hindsight(case, Budget(seconds=5.0, clock=settings.clock))
    seconds = seconds_for(instance.orders)

    def ours(problem: Problem) -> Solution:
        return sourcing.solve(problem, settings.budget(seconds))

    methods: dict[str, tuple[Callable[[Problem], Solution], bool]] = {OURS: (ours, True)}
    if settings.rivals:
        methods |= {
            "without scarcity prices": (ours, False),
            "nearest that has all": (
                lambda problem: sourcing.nearest_with_all(problem, case.market.km),
                False,
            ),
            "cheapest first": (sourcing.cheapest_first, False),
        }
    for method, (decide, priced) in methods.items():
        with settings.stopwatch() as watch:
            spent = _play(case, decide, priced=priced)
        yield _record(instance, method, spent, hindsight, watch.seconds)


def _play(case: Case, decide: Callable[[Problem], Solution], *, priced: bool) -> float:
    """Money spent over all batches."""
    stock, spent = case.batches[0].stock, 0.0
    for number, batch in enumerate(case.batches):
        left = len(case.batches) - 1 - number
        scarcity = _scarcity(case.market, batch, stock, left) if priced and left else None
        solution = decide(replace(batch, stock=stock, scarcity=scarcity))
        solution.check()
        costs = solution.by_component()
        spent += sum(money for name, money in costs.items() if name != "scarcity")
        stock = stock - solution.taken
    return spent


def _scarcity(of: Market, batch: Problem, stock: Ints, left: int) -> Floats:
    """Prices from what a batch asks for on average, ``left`` batches ahead."""
    a_batch = of.people[:, None] * of.fame[None, :] * batch.orders.count * UNITS_PER_ORDER
    return sourcing.scarcity_prices(of.network, of.unit_g, stock, left * a_batch, SHORT_PRICE, now=a_batch)


def _hindsight(case: Case, budget: Budget) -> float:
    """What all batches together cost at least; their places taken together."""
    all_orders = _joined([batch.orders for batch in case.batches])
    first = case.batches[0]
    network = replace(first.network, capacity=first.network.capacity * len(case.batches))
    return sourcing.solve(replace(first, network=network, orders=all_orders), budget).bound


def _joined(parts: list[Orders]) -> Orders:
    ends = np.cumsum([0, *(part.sku.size for part in parts)])
    starts = [part.line_start[:-1] + end for part, end in zip(parts, ends, strict=False)]
    return Orders(
        zone=np.concatenate([part.zone for part in parts]),
        line_start=np.concatenate([*starts, ends[-1:]]),
        sku=np.concatenate([part.sku for part in parts]),
        quantity=np.concatenate([part.quantity for part in parts]),
        short_price=np.concatenate([part.short_price for part in parts]),
        due_hours=np.concatenate([part.due_hours for part in parts if part.due_hours is not None]),
    )


def _record(
    instance: Instance,
    method: str,
    value: float,
    bound: float,
    seconds: float,
    trace: tuple[tuple[float, float], ...] = (),
) -> Record:
    return Record(NAME, instance.name, method, value, bound, seconds, MAXIMISE, trace)


def draw(folder: Path) -> None:
    """The pictures of the explanation page: where parcels go, and what each method costs."""
    case = generate(Instance(1000, 0))
    problem, of = case.batches[0], case.market
    solutions = {
        "hecang": sourcing.solve(problem, Budget(rounds=30)),
        "cheapest first": sourcing.cheapest_first(problem),
        "nearest that has all": sourcing.nearest_with_all(problem, of.km),
    }
    drawing.draw_flows(
        solutions["hecang"],
        of.place[of.sites],
        of.place,
        folder / "sourcing-flows.svg",
        "1,000 orders, 8 warehouses: who ships where",
    )
    drawing.draw_costs(solutions, folder / "sourcing-costs.svg", "What 1,000 orders cost")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
