"""Small problems for the tests of sourcing."""

from __future__ import annotations

from typing import Any

import numpy as np

from hecang_optim.sourcing import UNLIMITED, Network, Orders, Problem


def network(first_price: list[list[float]], **other: Any) -> Network:
    """Kilo tariffs with a fifth of the first price for each further kilo; no handling, arrival after a day."""
    first = np.array(first_price, dtype=np.float64)
    warehouses, zones = first.shape
    kilo = np.full((warehouses, zones), 1000, dtype=np.int64)
    values: dict[str, Any] = {
        "first_price": first,
        "step_price": 0.2 * first,
        "first_g": kilo,
        "step_g": kilo,
        "parcel_g": np.full(warehouses, 30_000, dtype=np.int64),
        "lead_hours": np.full((warehouses, zones), 24.0),
        "departure_hours": np.full((warehouses, 1), 5.0),
        "capacity": np.full((warehouses, 1), UNLIMITED, dtype=np.int64),
        "handling_shipment": np.zeros(warehouses),
        "handling_line": np.zeros(warehouses),
        "handling_unit": np.zeros(warehouses),
    }
    return Network(**(values | other))


def orders(
    lines: list[dict[int, int]], zone: list[int] | None = None, short: float = 50.0, **other: Any
) -> Orders:
    """:param lines: for each order, SKU → units."""
    sizes = [len(one) for one in lines]
    sku = [number for one in lines for number in one]
    return Orders(
        zone=np.array(zone or [0] * len(lines), dtype=np.int64),
        line_start=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        sku=np.array(sku, dtype=np.int64),
        quantity=np.array([units for one in lines for units in one.values()], dtype=np.int64),
        short_price=np.full(len(sku), short),
        **other,
    )


def problem(net: Network, wanted: Orders, stock: list[list[int]], grams: int = 300, **other: Any) -> Problem:
    there = np.array(stock, dtype=np.int64)
    return Problem(net, wanted, there, np.full(there.shape[1], grams, dtype=np.int64), **other)


def random_problem(
    seed: int, count: int, *, warehouses: int = 3, skus: int = 4, most_units: int = 3
) -> Problem:
    """Scarce stock, tight places, two days, several lines an order."""
    random = np.random.default_rng(seed)
    net = network(
        random.uniform(4, 14, (warehouses, 3)).round(1).tolist(),
        lead_hours=random.choice([24.0, 48.0, 72.0], (warehouses, 3)),
        departure_hours=np.array([[4.0, 28.0]] * warehouses),
        capacity=random.integers(1, count + 1, (warehouses, 2)),
        handling_shipment=random.uniform(0, 2, warehouses),
        handling_line=random.uniform(0, 1, warehouses),
        handling_unit=random.uniform(0, 0.3, warehouses),
        parcel_g=np.full(warehouses, 4000, dtype=np.int64),
        split_price=1.5,
        late_price=0.1,
        most_warehouses=2,
    )
    lines = []
    for _order in range(count):
        chosen = random.choice(skus, int(random.integers(1, min(skus, 3) + 1)), replace=False)
        lines.append({int(sku): int(random.integers(1, most_units + 1)) for sku in chosen})
    allowed = random.random((count, warehouses)) < 0.9
    wanted = orders(
        lines,
        random.integers(0, 3, count).tolist(),
        due_hours=random.choice([30.0, 54.0, np.inf], count),
        allowed=allowed,
    )
    stock = random.integers(0, 1 + count // 2 + 1, (warehouses, skus))
    return Problem(
        net, wanted, stock, random.integers(100, 1800, skus), random.uniform(0, 1, (warehouses, skus))
    )
