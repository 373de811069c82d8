"""How long a platform sells what is gone: ``python -m benchmarks.channel_window`` in a migrated, empty installation.

A simulated Taobao shop is served on loopback, a real ``hecang worker`` works for it. One order after another takes
units of a SKU; measured is the time from the commit of the order until the platform has the new number. Beside
it the cost of noticing changes at 100,000 rows of availability. Prints the figures that
``docs/explanation/channel-stock.md`` quotes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

ORDERS = 60
SKUS = 100_000


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hecang.config.settings")
    from hecang.cli.bootstrap import django_ready

    django_ready()
    import hecang.config.api  # noqa: F401 - declares permissions
    from hecang.integrations.simulators.base import serving
    from hecang.integrations.simulators.taobao import TaobaoSimulator

    simulator = TaobaoSimulator()
    with serving(simulator) as address:
        world = _connected(simulator, address)
        worker = subprocess.Popen([sys.executable, "-m", "hecang", "worker"], stderr=subprocess.DEVNULL)
        try:
            delays = _sell(world, simulator)
        finally:
            worker.terminate()
            worker.wait(30)
    delays.sort()
    print(f"{len(delays)} orders: median {statistics.median(delays):.2f} s, longest {delays[-1]:.2f} s")
    print(f"noticing at {SKUS:,} rows of availability: {_noticing(world):.1f} ms")


def _connected(simulator: object, address: str) -> object:
    """A world with goods, its shop on the platform, every product known there."""
    from tests.factories.orders import world

    from hecang.integrations.channels.base import ChannelProduct
    from hecang.integrations.services.channels.products import products_see
    from hecang.integrations.services.connections import connection_activate, connection_save

    made = world()
    made.put("SKU-1", 1_000_000)
    settings = {**simulator.credentials(), "base_url": address}  # type: ignore[attr-defined]
    key = connection_save(
        kind="channel", connector="taobao", name="Bench", shop_id=made.shop.pk, settings=settings,
        token=simulator.token(),  # type: ignore[attr-defined]
    )  # fmt: skip
    products_see(connection_id=key, products=[ChannelProduct("6000001", "7000001", "SKU-1", "商品")])
    simulator.stock["6000001", "7000001"] = 0  # type: ignore[attr-defined]
    connection_activate(connection_id=key, is_active=True)
    return made


def _sell(world: object, simulator: object) -> list[float]:
    from tests.factories.orders import order_in

    stock = simulator.stock  # type: ignore[attr-defined]
    left = 1_000_000
    _until(lambda: stock["6000001", "7000001"] == left, 120)
    delays = []
    for n in range(ORDERS):
        world.intake(order_in({"SKU-1": 1}))  # type: ignore[attr-defined]
        left -= 1
        wanted = left
        delays.append(_until(lambda: stock["6000001", "7000001"] == wanted, 60))  # noqa: B023
        time.sleep(0.37 + 0.11 * (n % 7))
    return delays


def _until(is_true: object, seconds: float) -> float:
    started = time.monotonic()
    while not is_true():  # type: ignore[operator]
        if time.monotonic() - started > seconds:
            raise SystemExit("the platform was not told in time")
        time.sleep(0.005)
    return time.monotonic() - started


def _noticing(world: object) -> float:
    """Milliseconds of one look at a large book of availability, of which nothing has changed."""
    from hecang.inventory.selectors.changes import availability_changed
    from hecang.kernel.db import execute

    warehouse = next(iter(world.warehouses.values())).pk  # type: ignore[attr-defined]
    execute(
        "INSERT INTO sku (code, name, name_en, kind, status, base_unit, is_estimated, abc_class, temperature, hazard,"
        " is_lot_tracked, is_serial_tracked, is_expiry_tracked, min_remaining_days, created_at, updated_at)"
        " SELECT 'B' || n, 'B' || n, '', 'goods', 'active', 'pcs', false, 'C', 'ambient', 'none', false, false, false,"
        " 0, now(), now() FROM generate_series(1, %s) AS n",
        [SKUS],
    )
    execute(
        "INSERT INTO availability (warehouse_id, sku_id, owner_id, sellable, reserved)"
        " SELECT %s, id, %s, 10, 0 FROM sku WHERE code LIKE 'B%%'",
        [warehouse, world.shop.owner_id],  # type: ignore[attr-defined]
    )
    mark, _changed = availability_changed(None)
    took = []
    for _n in range(20):
        started = time.perf_counter()
        mark, _changed = availability_changed(mark)
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    main()
