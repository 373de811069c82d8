"""The day with processes: platforms in one, two workers, a server for messages, and one for each warehouse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks import server as server_module
from benchmarks.channel_day.clerk import shops_authorise
from benchmarks.channel_day.judging import all_quiet, judge, pulled_to, queues
from benchmarks.channel_day.plan import OUTAGES, Plan
from benchmarks.channel_day.platforms import Remote, street
from benchmarks.channel_day.watching import EVERY, Log
from benchmarks.channel_day.world import World, build
from benchmarks.server import Server
from hecang.integrations.services.channels.stock import stock_reconcile_all
from hecang.kernel import clock
from hecang.kernel.db import fetch

WORKERS = 2


@dataclass
class Day:
    """One run.

    :param after: seconds on the wall for shipping what is left and coming to rest, once the last order is placed.
    """

    plan: Plan
    home: Path
    after: float
    say: Callable[[str], None]

    def run(self) -> dict[str, Any]:
        """All of it; verdicts, figures and samples."""
        self.log = Log()
        self.processes: dict[str, list[int]] = {}
        with ExitStack() as stack:
            there = stack.enter_context(street(self.plan))
            self.processes["platforms"] = [there.process.pid]
            world = build(self.plan, there.ask("open"))
            connection.close()
            server_module.PATIENCE = 300  # a busy machine may take long to start it; nothing is measured yet
            server = stack.enter_context(Server(workers=1))
            engines = [
                stack.enter_context(_process("benchmarks.channel_day.engine", str(self.plan.factor)))
                for _n in range(WORKERS)
            ]
            self.processes["worker"] = [one.pid for one in engines]
            self._wait(world, there, lambda: not queues()["stock"], 120)
            self.say("every platform knows its stock; the day begins")
            door = f"http://127.0.0.1:{server.port}"
            there.ask("begin", inboxes={code: f"{door}{one.inbox}" for code, one in world.shops.items()})
            figures = self._pass(world, there)
            testimony = self.home / "testimony.json"
            there.ask("testimony", path=str(testimony))
        judgement = judge(self.plan, world, json.loads(testimony.read_text()))
        return {
            "plan": self.plan.as_json(),
            "verdicts": [asdict(one) for one in judgement.verdicts],
            "figures": {**judgement.figures, **figures},
            "log": self.log.as_json(),
        }

    def _pass(self, world: World, there: Remote) -> dict[str, Any]:
        """From the first order to rest; how long each part of it took."""
        began = clock.now()
        with ExitStack() as floors:
            for key in world.site.warehouse_ids:
                one = floors.enter_context(_process("benchmarks.channel_day.warehouse", str(key)))
                self.processes.setdefault("warehouse", []).append(one.pid)
            self._wait(world, there, lambda: there.ask("status")["is_over"], self.plan.seconds + 300)
            over = clock.now()
            self.say(f"the last order is placed, trouble is over: {self._standing()}")
            in_time = self._wait(world, there, lambda: pulled_to(over), 300)
            self.say(f"every order is here: {self._standing()}")
            self._wait(world, there, _is_shipped, self.after)
        self.say(f"the warehouses stop: {self._standing()}")
        rest = self._wait(world, there, lambda: all_quiet() and pulled_to(over), 300)
        self.say(f"everything is at rest after {rest} s: {self._standing()}")
        stock_reconcile_all()
        self._wait(world, there, all_quiet, 120)
        return {
            "seconds_to_pull_the_rest": in_time,
            "seconds_to_rest": rest,
            "intake": self._intake(began),
            "recovery": self._recovery(world, began),
            "load": os.getloadavg(),
        }

    def _wait(self, world: World, there: Remote, is_true: Callable[[], bool], most: float) -> float | None:
        """Look on until it is true; seconds, or ``None`` where patience ran out."""
        began = time.monotonic()
        looked = 0.0
        while not is_true():
            now = time.monotonic()
            if now - began > most:
                return None
            if now - looked >= EVERY:
                looked = now
                status = there.ask("status")
                if status["errors"]:
                    raise RuntimeError(status["errors"][0])
                shops_authorise(world, lambda code: there.ask("consent", code=code))
                if status["elapsed"]:
                    self.log.look(world, status["elapsed"], sum(status["placed"].values()), self.processes)
            time.sleep(0.5)
        return round(time.monotonic() - began, 1)

    def _standing(self) -> str:
        log = self.log
        return f"{log.placed[-1]:,} placed, {log.orders[-1]:,} here, {log.parcels[-1]:,} shipped, {log.confirmed[-1]:,} confirmed"

    def _intake(self, began: datetime) -> dict[str, Any]:
        """From placed to taken in, by platform, in seconds of the wall."""
        rows = fetch(
            "SELECT c.connector, count(*), percentile_cont(ARRAY[0.5, 0.95, 0.99, 1.0]) WITHIN GROUP ("
            "  ORDER BY extract(epoch FROM p.imported_at - p.placed_at)::float8)"
            " FROM platform_order p JOIN connection c ON c.id = p.connection_id WHERE p.imported_at >= %s GROUP BY 1 ORDER BY 1",
            [began],
        )
        return {
            code: {"orders": count, "seconds": [round(one, 2) for one in spread]}
            for code, count, spread in rows
        }

    def _recovery(self, world: World, began: datetime) -> dict[str, Any]:
        """Seconds after the end of an outage until each platform's lag was an ordinary one again."""
        del world, began
        found = {}
        for one in OUTAGES:
            end = one.end * self.plan.seconds
            for code in one.platforms:
                lags = self.log.lags.get(code, [])
                back = [
                    at for at, lag in zip(self.log.at, lags, strict=False) if at >= end and lag < ORDINARY
                ]
                found[code] = round(back[0] - end, 1) if back else None
        return found


#: A lag that nobody would call one: an interval between two pulls and a bit.
ORDINARY = 8.0


def _is_shipped() -> bool:
    """Nothing is left for the warehouses."""
    return not fetch(
        "SELECT 1 FROM fulfilment WHERE state NOT IN ('shipped', 'cancelled') AND NOT is_stopped LIMIT 1"
    )


@contextmanager
def _process(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the day, asked to end with the block."""
    started = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(60)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
