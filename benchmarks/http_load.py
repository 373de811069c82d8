"""A small closed-loop HTTP client: each of N clients sends its next request when the last is answered.

Runs as a process of its own (``python -m benchmarks.http_load``), so that it does not share an interpreter
with what it measures. Only loopback addresses are accepted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(slots=True)
class Tally:
    """What one client saw: seconds per request and how often each status came."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def client(
    host: str, port: int, path: str, headers: dict[str, str], bodies: list[bytes], tally: Tally
) -> None:
    """Send ``bodies`` one after the other over one kept-alive connection."""
    connection = http.client.HTTPConnection(host, port, timeout=60)
    for body in bodies:
        begun = time.perf_counter()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        tally.seconds.append(time.perf_counter() - begun)
        tally.statuses[answer.status] += 1
    connection.close()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1", choices=LOOPBACK)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("bodies", type=Path, help="a file with one JSON body a line")
    arguments = parser.parse_args()
    bodies = arguments.bodies.read_bytes().splitlines()
    headers = {"Content-Type": "application/json"}
    headers.update(dict(header.split(": ", 1) for header in arguments.header))
    tallies = [Tally() for _ in range(arguments.clients)]
    threads = [
        threading.Thread(
            target=client,
            args=(
                arguments.host,
                arguments.port,
                arguments.path,
                headers,
                bodies[index :: arguments.clients],
                tally,
            ),
        )
        for index, tally in enumerate(tallies)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    statuses: Counter[int] = Counter()
    for tally in tallies:
        statuses += tally.statuses
    json.dump(
        {
            "elapsed": elapsed,
            "seconds": [second for tally in tallies for second in tally.seconds],
            "statuses": dict(statuses),
        },
        sys.stdout,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
