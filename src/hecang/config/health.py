"""How the installation fares, for machines: figures beside those of requests."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from hecang.kernel import outbox
from hecang.kernel.db import fetch


def gauges() -> bytes:
    """Outbox and background jobs, read now, in Prometheus' text format."""
    registry = CollectorRegistry()
    waiting = Gauge("hecang_outbox_waiting", "Events not handled yet", ["consumer"], registry=registry)
    lag = Gauge(
        "hecang_outbox_lag_seconds", "Age of the oldest event not handled", ["consumer"], registry=registry
    )
    failures = Gauge("hecang_outbox_failures", "Failed tries in a row", ["consumer"], registry=registry)
    for one in outbox.statuses():
        waiting.labels(one.consumer).set(one.waiting)
        lag.labels(one.consumer).set(one.lag_seconds)
        failures.labels(one.consumer).set(one.failures)
    jobs = Gauge("hecang_jobs", "Background jobs", ["queue", "status"], registry=registry)
    for queue, status, count in fetch(
        "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY queue_name, status"
    ):
        jobs.labels(queue, status).set(count)
    imports = Gauge("hecang_imports", "Imports by state, of those not over", ["state"], registry=registry)
    for state, count in fetch(
        "SELECT state, count(*) FROM import_job WHERE state IN ('queued', 'reading', 'applying') GROUP BY state"
    ):
        imports.labels(state).set(count)
    return generate_latest(registry)
