"""A handheld at work over HTTP: scan after scan of one job, each answered before the next, against bare SQL."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import company
from benchmarks.client import ApiClient
from benchmarks.harness import Context, Result, percentile, stopwatch
from benchmarks.server import Server
from hecang.kernel.db import fetch

NAME = "floor_scans"
SUMMARY = "one handheld looks up codes one after the other over HTTP"
SCANS = 2_000
SKUS = 200

# The least that a scan can be: what the code means and what lies there, the entry, the session's new version.
BARE_FIND = """
select k.id, k.code, sum(s.quantity) from sku k join stock s on s.sku_id = k.id
 where k.code = %s and s.warehouse_id = %s group by 1, 2
"""
BARE_ENTRY = """
insert into floor_entry (scan_id, session_id, actor, at, entry, outcome, answer)
 values (%s, %s, 'bench', now(), %s, 'accepted', %s)
"""
BARE_SESSION = "update floor_session set version = version + 1, memory = %s, updated_at = now() where id = %s"


def run(context: Context) -> list[Result]:
    scans = context.sized(SCANS, least=100)
    codes = [f"GOODS-{number:04}" for number in range(SKUS)]
    site = company.build(codes, units=10, warehouses=1).warehouse_ids[0]
    client = ApiClient.signed_in()
    chain = [str(uuid.uuid4()) for _scan in range(scans)]
    entries = [
        {
            "scan_id": scan_id, "name": "code", "value": codes[number * 7 % SKUS],
            **({"after": chain[number - 1]} if number else {"version": 0}),
        }
        for number, scan_id in enumerate(chain)
    ]  # fmt: skip
    session = str(uuid.uuid4())
    with Server() as server:
        begun = _post(
            server, client.key, "/floor/sessions",
            [{"id": session, "scenario": "lookup", "warehouse_id": site}],
        )  # fmt: skip
        done = _post(server, client.key, f"/floor/sessions/{session}/entries", entries)
    if set(begun["statuses"]) != {"201"} or set(done["statuses"]) != {"200"}:
        raise RuntimeError(f"the server answered {begun['statuses']} and {done['statuses']}")
    ((version, taken),) = fetch(
        "SELECT s.version, (SELECT count(*) FROM floor_entry e WHERE e.session_id = s.id AND e.outcome = 'accepted')"
        " FROM floor_session s WHERE s.id = %s",
        [session],
    )
    if (version, taken) != (scans, scans):
        raise RuntimeError(f"{taken} of {scans} scans were taken")
    bare = _bare(context.dsn, session, site, entries)
    return [
        Result(
            name="floor_scans.scans",
            value=scans / done["elapsed"],
            unit="scans/s",
            baseline=scans / bare,
            ratio=bare / done["elapsed"],
            detail={
                "scans": scans,
                "p50_ms": round(percentile(done["seconds"], 0.5) * 1000, 1),
                "p95_ms": round(percentile(done["seconds"], 0.95) * 1000, 1),
            },
        )
    ]


def _post(server: Server, key: str, path: str, bodies: list[dict[str, Any]]) -> dict[str, Any]:
    """Send ``bodies`` one after the other by one client in a process of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(body) + "\n" for body in bodies)
        file.flush()
        command = [
            sys.executable, "-m", "benchmarks.http_load", "--port", str(server.port), "--path", f"/api/v1{path}",
            "--header", f"Authorization: Bearer {key}", file.name,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[1])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _bare(dsn: str, session: str, site: int, entries: list[dict[str, Any]]) -> float:
    """Seconds that psycopg needs for the same scans, each in a transaction, with answers of the same size."""
    (answer, memory), *_rest = fetch(
        "SELECT e.answer::text, s.memory::text FROM floor_entry e JOIN floor_session s ON s.id = e.session_id"
        " WHERE s.id = %s ORDER BY e.id DESC LIMIT 1",
        [session],
    )
    with psycopg.connect(dsn, prepare_threshold=1) as connection, stopwatch() as watch:
        for entry in entries:
            with connection.transaction():
                connection.execute(BARE_FIND, (entry["value"], site)).fetchone()
                connection.execute(BARE_ENTRY, (uuid.uuid4(), session, json.dumps(entry), answer))
                connection.execute(BARE_SESSION, (memory, session))
            connection.commit()
    return watch.seconds
