"""Single orders over HTTP: create, audit, source, reserve; against psycopg doing one such transaction an order."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import company, replay
from benchmarks.client import ApiClient
from benchmarks.dataset import REGIONS
from benchmarks.harness import Context, Result, percentile, stopwatch
from benchmarks.server import Server

NAME = "single_orders"
SUMMARY = "orders of 3 lines, one request each, by 1 and by 8 clients"
CLIENTS = (1, 8)
ORDERS = 3_000
WARM_UP = 200
SKUS = 2_000


def run(context: Context) -> list[Result]:
    count = context.sized(ORDERS, least=200)
    codes = [f"S{number}" for number in range(SKUS)]
    company.build(codes, units=1_000_000)
    key = ApiClient.signed_in().key
    results = []
    with Server() as server, psycopg.connect(context.dsn, prepare_threshold=1) as connection:
        load(server, key, [body("warm", number, codes) for number in range(WARM_UP)], clients=8)
        for clients in CLIENTS:
            replay.empty(connection)
            context.say(f"{clients} client{'s' if clients > 1 else ''}: {count:,} orders")
            bodies = [body(f"c{clients}", number, codes) for number in range(count)]
            answer = load(server, key, bodies, clients=clients)
            if answer["statuses"] != {"201": count}:
                raise RuntimeError(f"not every order was taken: {answer['statuses']}")
            captured = replay.capture(connection)
            replay.empty(connection)
            bare = _bare(context.dsn, captured, clients)
            results.append(
                Result(
                    name=f"single_orders.{clients}_clients",
                    value=count / answer["elapsed"],
                    unit="orders/s",
                    baseline=count / bare,
                    ratio=bare / answer["elapsed"],
                    detail={
                        "p95_ms": round(1000 * percentile(answer["seconds"], 0.95), 1),
                        "orders": count,
                        "server_processes": server.workers,
                    },
                )
            )
    return results


def body(prefix: str, number: int, codes: Sequence[str]) -> dict[str, Any]:
    return {
        "shop": "bench",
        "external_number": f"{prefix}-{number}",
        "placed_at": "2026-01-02T03:04:05Z",
        "buyer": f"b{number}",
        "recipient": {
            "name": "李娜",
            "phone": f"138{number:08d}",
            "region_code": REGIONS[number % len(REGIONS)],
            "address": f"中山路{number % 900 + 1}号",
        },
        "lines": [
            {"sku": codes[(number * 7 + step * 31) % len(codes)], "quantity": step + 1, "unit_price": "9.90"}
            for step in range(3)
        ],
    }


def load(server: Server, key: str, bodies: Sequence[dict[str, Any]], *, clients: int) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(body) + "\n" for body in bodies)
        file.flush()
        command = [
            sys.executable, "-m", "benchmarks.http_load", "--port", str(server.port), "--path", "/api/v1/orders",
            "--clients", str(clients), "--header", f"Authorization: Bearer {key}", file.name,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[1])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _bare(dsn: str, captured: replay.Capture, clients: int) -> float:
    """Seconds that psycopg needs for the same orders, by as many connections."""
    ready = threading.Barrier(clients + 1)

    def work(mine: Sequence[int]) -> None:
        with psycopg.connect(dsn, prepare_threshold=1) as connection:
            ready.wait()
            for order in mine:
                replay.write_order(connection, captured, order)

    threads = [threading.Thread(target=work, args=(captured.order_ids[n::clients],)) for n in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    with stopwatch() as watch:
        for thread in threads:
            thread.join()
    return watch.seconds
