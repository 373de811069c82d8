"""One worker at a time for each work of a connection, without a lock that is held while it calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hecang.kernel.db import execute
from hecang.kernel.ids import new_id

#: Seconds after which the work of somebody who died is free again. Longer than any call may take.
LEASE_SECONDS = 180

# The database's own clock: leases are about real processes, whatever time the business thinks it is.
_TAKE = """
INSERT INTO work_lease AS l (connection_id, work, holder, until)
VALUES (%s::bigint, %s::text, %s::text, clock_timestamp() + make_interval(secs => %s::float8))
ON CONFLICT (connection_id, work) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE l.until < clock_timestamp()
"""
_KEEP = """
UPDATE work_lease SET until = clock_timestamp() + make_interval(secs => %s::float8)
WHERE connection_id = %s AND work = %s AND holder = %s
"""
_GIVE = "DELETE FROM work_lease WHERE connection_id = %s AND work = %s AND holder = %s"


class LeaseLost(Exception):
    """Somebody else has taken the work over, since this one was too slow. What it did stands."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one work of one connection."""

    connection_id: int
    work: str
    holder: str

    def keep(self) -> None:
        """Hold it for another while. Raises :class:`LeaseLost`: stop before the next call."""
        if not execute(_KEEP, [LEASE_SECONDS, self.connection_id, self.work, self.holder]):
            raise LeaseLost(f"{self.work} of connection {self.connection_id}")


@contextmanager
def leased(connection_id: int, work: str) -> Iterator[Lease | None]:
    """The lease for the block, or ``None`` where somebody else works on it."""
    lease = Lease(connection_id, work, str(new_id()))
    if not execute(_TAKE, [connection_id, work, lease.holder, LEASE_SECONDS]):
        yield None
        return
    try:
        yield lease
    finally:
        execute(_GIVE, [connection_id, work, lease.holder])
