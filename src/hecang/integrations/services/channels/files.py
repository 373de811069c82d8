"""Files that orders come in: each applied once, then put away, whatever happens in between."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from hecang.integrations.channels.base import ChannelOrder, FileOutcome, FileProblem, OrderFile
from hecang.integrations.models import ChannelFile
from hecang.integrations.services.channels.intake import Applied, orders_apply
from hecang.integrations.services.leases import Lease
from hecang.integrations.services.links import Calls
from hecang.kernel import clock
from hecang.kernel.db import execute, fetch

#: Orders that are applied before the lease is held anew.
CHUNK = 2000
#: Problems of a file that are kept; the report that its sender gets has all.
MOST_PROBLEMS = 100
#: How long a file is known again.
KEPT = timedelta(days=400)

_NOTE = """
INSERT INTO channel_file AS f (connection_id, key, digest, name, state, orders, problems, taken_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (connection_id, key) DO UPDATE SET digest = excluded.digest, name = excluded.name, state = excluded.state,
    orders = excluded.orders, problems = excluded.problems, taken_at = excluded.taken_at
WHERE f.state = 'failed'
"""


def file_take(*, calls: Calls, lease: Lease, file: OrderFile, orders: Sequence[ChannelOrder]) -> Applied:
    """Apply the orders of a file, remember it, and have the connector put it away.

    A file that was taken already is only put away; one that could not be read has another chance. Whoever is
    killed leaves it to be brought again: before it was remembered, its orders are applied once more, which
    changes nothing; afterwards it is known.
    """
    done = Applied()
    known = ChannelFile.objects.filter(
        connection=calls.connection, key=file.key, state=ChannelFile.State.TAKEN
    ).first()
    problems = list(file.problems)
    if known is not None and known.digest == file.digest:
        outcome = FileOutcome.KNOWN
    elif known is not None:
        outcome = FileOutcome.FAILED
        problems = [
            FileProblem("number_used", _("The number of this file was used before, with other content."))
        ]
    elif problems:
        outcome = FileOutcome.FAILED
        _note(calls, file, ChannelFile.State.FAILED, 0)
    else:
        outcome = FileOutcome.TAKEN
        for start in range(0, len(orders), CHUNK):
            lease.keep()
            done += orders_apply(connection=calls.connection, orders=orders[start : start + CHUNK])
        _note(calls, file, ChannelFile.State.TAKEN, len(orders))
    lease.keep()
    calls.make(lambda connector: connector.settle_file(file, outcome, problems))
    return done


def _note(calls: Calls, file: OrderFile, state: ChannelFile.State, orders: int) -> None:
    problems = [
        {"code": one.code, "message": one.message, "row": one.row, "field": one.field}
        for one in file.problems[:MOST_PROBLEMS]
    ]
    execute(
        _NOTE,
        [
            calls.connection.pk, file.key, file.digest, _storable(file.name), state.value, orders,
            json.dumps(problems, ensure_ascii=False), clock.now(),
        ],
    )  # fmt: skip


def _storable(name: str) -> str:
    """A name that strangers chose, as the database can keep it."""
    return name.replace("\x00", "").encode("utf-8", "replace").decode()[:255]


def files_forget() -> int:
    """Forget files that were taken long ago; how many."""
    gone = fetch("DELETE FROM channel_file WHERE taken_at < %s RETURNING id", [clock.now() - KEPT])
    return len(gone)
