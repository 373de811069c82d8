"""Compile the kernels on a toy problem."""

from __future__ import annotations

import numpy as np

from hecang_optim.budget import Budget
from hecang_optim.sourcing.problem import Network, Orders, Problem
from hecang_optim.sourcing.solving import solve


def warm() -> None:
    """Two warehouses that fight for one unit."""
    tariff = np.array([[5.0, 9.0], [9.0, 5.0]])
    kilo = np.full((2, 2), 1000, dtype=np.int64)
    network = Network(
        first_price=tariff,
        step_price=0.2 * tariff,
        first_g=kilo,
        step_g=kilo,
        parcel_g=np.array([20_000, 20_000], dtype=np.int64),
        lead_hours=8.0 * tariff,
        departure_hours=np.array([[4.0], [4.0]]),
        capacity=np.array([[2], [2]], dtype=np.int64),
        handling_shipment=np.ones(2),
        handling_line=np.ones(2),
        handling_unit=np.ones(2),
        split_price=1.0,
        late_price=0.1,
        most_warehouses=2,
    )
    orders = Orders(
        zone=np.array([0, 0, 1], dtype=np.int64),
        line_start=np.array([0, 1, 2, 4], dtype=np.int64),
        sku=np.array([0, 0, 0, 1], dtype=np.int64),
        quantity=np.array([1, 2, 1, 1], dtype=np.int64),
        short_price=np.full(4, 20.0),
        due_hours=np.full(3, 48.0),
    )
    stock = np.array([[2, 0], [1, 1]], dtype=np.int64)
    solve(Problem(network, orders, stock, np.array([400, 900], dtype=np.int64)), Budget(rounds=20))
