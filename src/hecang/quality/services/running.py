"""Asking the checks, and keeping what they found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import structlog

from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch_one, transactional
from hecang.quality.registry import Check, Found, checks

#: Findings that are written in one statement, and that one check keeps at most.
CHUNK = 5000
MAX_KEPT = 50_000
_LOCK = 0x4845_0071
logger = structlog.get_logger("hecang.quality")

_WRITE = """
INSERT INTO quality_finding (check_code, severity, entity_kind, entity_id, label, field, data, related_id, related_label,
    suggestion, state, first_seen_at, last_seen_at, settled_by, note)
SELECT %s, %s, %s, d.entity_id, d.label, d.field, d.data, d.related_id, d.related_label, d.suggestion, 'open', %s, %s, '', ''
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::bigint[], %s::text[], %s::jsonb[])
    AS d (entity_id, label, field, data, related_id, related_label, suggestion)
ON CONFLICT (check_code, entity_id, field, related_id) DO UPDATE SET
    label = excluded.label, data = excluded.data, related_label = excluded.related_label,
    suggestion = excluded.suggestion, severity = excluded.severity, last_seen_at = excluded.last_seen_at,
    state = CASE WHEN quality_finding.state = 'fixed' THEN 'open' ELSE quality_finding.state END,
    settled_at = CASE WHEN quality_finding.state = 'fixed' THEN NULL ELSE quality_finding.settled_at END,
    settled_by = CASE WHEN quality_finding.state = 'fixed' THEN '' ELSE quality_finding.settled_by END
"""
_GONE = """
UPDATE quality_finding SET state = 'fixed', settled_at = %s, settled_by = ''
WHERE check_code = %s AND state <> 'fixed' AND last_seen_at < %s
"""


def checks_run(*, codes: Sequence[str] | None = None) -> dict[str, int]:
    """Ask these checks (all for ``None``): code → findings that stand. Each check is one transaction.

    A check that fails is logged and does not keep the others from running; it is missing in the answer.
    """
    found = {}
    for code, one in checks().items():
        if codes is None or code in codes:
            try:
                found[code] = check_run(one)
            except Exception:
                logger.exception("check_failed", check=code)
    return found


@transactional
def check_run(one: Check) -> int:
    """Ask one check and keep its answer: new ones open, those that are gone mended, accepted ones accepted.

    Two at the same time wait for each other (an advisory lock). The number of statements grows by one for
    every 5,000 findings.
    """
    fetch_one("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, one.code])
    now = clock.now()
    count = 0
    for chunk in _chunks(one.find()):
        rows = [
            (
                row.entity_id, row.label[:128], row.field, json.dumps(dict(row.data), ensure_ascii=False), row.related_id,
                row.related_label[:128], json.dumps(dict(row.suggestion), ensure_ascii=False),
            )
            for row in {(row.entity_id, row.field, row.related_id): row for row in chunk}.values()
        ]  # fmt: skip
        execute(_WRITE, [one.code, one.severity, one.entity_kind, now, now, *columns(rows, 7)])
        count += len(rows)
    execute(_GONE, [now, one.code, now])
    return count


def _chunks(found: Iterable[Found]) -> Iterable[list[Found]]:
    chunk: list[Found] = []
    for kept, row in enumerate(found):
        if kept >= MAX_KEPT:
            break
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
