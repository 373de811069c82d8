"""Peak memory: of the server under load, and of the import of a large file."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import company
from benchmarks.client import ApiClient
from benchmarks.dataset import Basket, baskets
from benchmarks.harness import Context, Result
from benchmarks.server import Server
from benchmarks.single_orders import body, load

NAME = "memory"
SUMMARY = "peak memory of the server under load and of a bulk import"
ORDERS = 2_000
IMPORT_ORDERS = 20_000
MEBIBYTE = 2**20


def run(context: Context) -> list[Result]:
    bought = baskets(context.sized(IMPORT_ORDERS, least=500))
    wanted = company.demand(bought)
    codes = sorted(wanted)
    company.build(codes, units=100_000)
    key = ApiClient.signed_in().key
    with Server() as server:
        idle = server.memory()
        with _watched(server) as peaks:
            count = context.sized(ORDERS, least=200)
            load(server, key, [body("m", number, codes) for number in range(count)], clients=8)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        lines = _write(path, bought)
        context.say(f"importing {lines:,} lines, {path.stat().st_size / MEBIBYTE:,.1f} MiB")
        command = [sys.executable, "-m", "benchmarks.import_file", str(path)]
        done = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[1])
        if done.returncode:
            raise RuntimeError(done.stderr.decode()[-2000:])
    report = json.loads(done.stdout.splitlines()[-1])
    if report["created"] != len(bought):
        raise RuntimeError(f"not every order was imported: {report}")
    return [
        Result(
            name="memory.server_peak",
            value=max(peaks) / MEBIBYTE,
            unit="MiB",
            baseline=idle / MEBIBYTE,
            ratio=max(peaks) / idle,
            detail={"processes": server.workers, "baseline_is": "idle"},
        ),
        Result(
            name="memory.import_peak",
            value=report["peak"] / MEBIBYTE,
            unit="MiB",
            baseline=report["before"] / MEBIBYTE,
            ratio=report["peak"] / report["before"],
            detail={
                "lines": lines,
                "seconds": round(report["seconds"], 1),
                "lines_per_second": round(lines / report["seconds"]),
                "baseline_is": "before the import",
            },
        ),
    ]


@contextmanager
def _watched(server: Server) -> Iterator[list[int]]:
    """Bytes that the server held, looked at ten times a second inside the block."""
    seen = [server.memory()]
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            seen.append(server.memory())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _write(path: Path, bought: list[Basket]) -> int:
    """The baskets as a file such as people upload; the number of lines in it."""
    lines = 0
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["shop", "external_number", "placed_at", "buyer", "recipient_name", "phone", "region_code", "address",
             "sku", "quantity", "unit_price"]
        )  # fmt: skip
        for basket in bought:
            order = company.order_in(basket)
            to = order.recipient
            head = ["bench", order.external_number, basket.placed_at.isoformat(), order.buyer, to.name, to.phone,
                    to.region_code, to.address]  # fmt: skip
            writer.writerows([*head, line.sku, line.quantity, line.unit_price] for line in order.lines)
            lines += len(order.lines)
    return lines
