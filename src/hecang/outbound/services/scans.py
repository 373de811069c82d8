"""Messages from the floor, each answered once: a repetition gets the first answer (law 8)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, fetch
from hecang.outbound.errors import ScanReused


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The answer to one scan.

    :param ok: whether it was accepted; a refused scan has changed nothing.
    :param code: what is wrong, such as ``wrong_location``; empty when accepted.
    :param expected: what would have been right, for the screen: location, SKU, quantity.
    :param data: what it did, such as the tasks and slots that the units went to.
    :param repeated: this is the first answer, given again.
    """

    scan_id: UUID
    ok: bool
    code: str = ""
    message: str = ""
    expected: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    repeated: bool = False


def scans_known(kind: str, payloads: Mapping[UUID, Mapping[str, Any]]) -> dict[UUID, ScanResult]:
    """First answers of those scan ids that have one. One statement.

    Call it under the lock that serialises the work on the subject (batch, fulfilment, manifest). An id
    that came with another kind or content is answered ``scan_id_reused``.
    """
    if not payloads:
        return {}
    rows = fetch("SELECT scan_id, kind, payload, result FROM scan WHERE scan_id = ANY(%s)", [list(payloads)])
    known = {}
    for scan_id, old_kind, payload, result in rows:
        if old_kind != kind or _loaded(payload) != _plain(payloads[scan_id]):
            known[scan_id] = ScanResult(
                scan_id, ok=False, code="scan_id_reused",
                message=_("This scan id was used for another scan. Send a new scan with an id of its own."),
            )  # fmt: skip
        else:
            known[scan_id] = ScanResult(scan_id=scan_id, repeated=True, **_loaded(result))
    return known


def scans_store(kind: str, entries: Sequence[tuple[ScanResult, Mapping[str, Any], int | None]]) -> None:
    """Keep new answers: (answer, payload, id of what was worked on). One statement.

    Raises :class:`ScanReused` when an id came in elsewhere at the same time; nothing is written then.
    """
    if not entries:
        return
    ids, payloads, results, subjects = columns(
        (
            (result.scan_id, json.dumps(_plain(payload)), json.dumps(_answer(result)), subject)
            for result, payload, subject in entries
        ),
        width=4,
    )
    written = fetch(
        "INSERT INTO scan (scan_id, kind, subject_id, actor, at, payload, result)"
        " SELECT s.scan_id, %s, s.subject_id, %s, %s, s.payload, s.result"
        " FROM unnest(%s::uuid[], %s::jsonb[], %s::jsonb[], %s::bigint[])"
        " WITH ORDINALITY AS s (scan_id, payload, result, subject_id, position) ORDER BY position"
        " ON CONFLICT (scan_id) DO NOTHING RETURNING scan_id",
        [kind, current_actor().name[:100], now(), ids, payloads, results, subjects],
    )
    if len(written) != len(entries):
        raise ScanReused(
            _(
                "A scan id was used twice at the same moment for different work. Send the scan again with a new id."
            )
        )


def _answer(result: ScanResult) -> dict[str, Any]:
    answer = asdict(result)
    del answer["scan_id"], answer["repeated"]
    return answer


def _plain(payload: Mapping[str, Any]) -> Any:
    """``payload`` as it looks after a way through JSON."""
    return json.loads(json.dumps(payload, default=str))


def _loaded(value: Any) -> Any:
    """A JSON column as Python values, whether the driver has parsed it or not."""
    return json.loads(value) if isinstance(value, str) else value
