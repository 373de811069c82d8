"""What is measured while the day passes: how far behind each shop is, what waits, how much memory is used."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil

from benchmarks.channel_day.judging import queues
from benchmarks.channel_day.world import World
from hecang.kernel.db import fetch

#: Seconds between two looks.
EVERY = 2.0
_LAGS = """
SELECT connection_id, extract(epoch FROM now() - high_water)::float8 FROM pull_cursor WHERE stream = 'orders'
"""


@dataclass
class Log:
    """Samples over the day."""

    at: list[float] = field(default_factory=list)
    lags: dict[str, list[float]] = field(default_factory=dict)
    waiting: list[dict[str, int]] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    placed: list[int] = field(default_factory=list)
    parcels: list[int] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    #: Kind of process → most bytes that one of that kind has held.
    memory: dict[str, int] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)

    def look(self, world: World, elapsed: float, placed: int, processes: dict[str, list[int]]) -> None:
        """Take one sample."""
        codes = {one.connection_id: code for code, one in world.shops.items()}
        self.at.append(round(elapsed, 2))
        for connection, lag in fetch(_LAGS):
            self.lags.setdefault(codes[connection], []).append(round(lag, 2))
        self.waiting.append(queues())
        counts = fetch(
            "SELECT (SELECT count(*) FROM sales_order), (SELECT count(*) FROM parcel WHERE state = 'shipped'),"
            " (SELECT count(*) FROM shipment_confirm WHERE state = 'done')"
        )[0]
        self.orders.append(counts[0])
        self.parcels.append(counts[1])
        self.confirmed.append(counts[2])
        self.placed.append(placed)
        self.cpu.append(psutil.cpu_percent())
        for kind, ids in processes.items():
            for one in ids:
                try:
                    held = psutil.Process(one).memory_info().rss
                except psutil.NoSuchProcess:
                    continue
                self.memory[kind] = max(self.memory.get(kind, 0), held)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def until(is_true: Any, *, seconds: float, meanwhile: Any = lambda: None) -> float | None:
    """Wait; how long it took, or ``None`` where patience ran out."""
    began = time.monotonic()
    while not is_true():
        if time.monotonic() - began > seconds:
            return None
        meanwhile()
        time.sleep(0.5)
    return time.monotonic() - began
