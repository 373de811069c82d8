"""Second half of an import: groups are written chunk by chunk, each chunk in one transaction.

A chunk's rows leave the staging table in the transaction that writes them. So a process that is
killed at any moment has written a chunk and forgotten its rows, or neither; the next run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import connection, transaction

from hecang.kernel.db import execute, run_in_transaction
from hecang.kernel.errors import HecangError
from hecang.kernel.imports.base import ApplyResult, Finding, Importer
from hecang.kernel.imports.findings import findings_left_out, findings_store
from hecang.kernel.imports.stage import (
    GroupRead,
    groups_delete,
    groups_read,
    refuse_if_cancelled,
)
from hecang.kernel.models import ImportJob


def job_apply(job: ImportJob, importer: Importer) -> None:
    """Write all good groups that are still staged. Raises Cancelled between chunks."""
    run_in_transaction(lambda: _leave_out_bad(job.pk))
    while True:
        refuse_if_cancelled(job.pk)
        chunk = groups_read(job.pk)
        if not chunk:
            return
        _apply(job.pk, importer, chunk)


def _leave_out_bad(job_id: int) -> None:
    """Remove groups with bad rows, telling their good rows why, and count them as skipped."""
    findings_left_out(job_id)
    execute(
        "DELETE FROM import_row r USING import_group g"
        " WHERE g.job_id = %s AND g.is_bad AND r.job_id = g.job_id AND r.group_key = g.key",
        [job_id],
    )
    count = execute("DELETE FROM import_group WHERE job_id = %s AND is_bad", [job_id])
    execute(
        "UPDATE import_job SET skipped_count = skipped_count + %s, groups_done = groups_done + %s WHERE id = %s",
        [count, count, job_id],
    )


def _apply(job_id: int, importer: Importer, chunk: Sequence[GroupRead]) -> None:
    """Write a chunk; where it is refused, halve it until the group at fault stands alone."""
    try:
        _own_transaction(lambda: _write(job_id, importer, chunk))
    except HecangError as error:
        if len(chunk) == 1:
            _own_transaction(lambda refused=error: _skip(job_id, chunk[0], refused))  # type: ignore[misc]
            return
        middle = len(chunk) // 2
        _apply(job_id, importer, chunk[:middle])
        refuse_if_cancelled(job_id)
        _apply(job_id, importer, chunk[middle:])


def _write(job_id: int, importer: Importer, chunk: Sequence[GroupRead]) -> None:
    result = importer.apply([one.group for one in chunk])
    _count(job_id, result, len(chunk))
    groups_delete(job_id, [one.group.key for one in chunk])


def _skip(job_id: int, one: GroupRead, error: HecangError) -> None:
    findings = [
        Finding(problem.code, str(problem.message), one.first_row, problem.field or "")
        for problem in error.problems
    ] or [Finding(error.instance_code, str(error), one.first_row)]
    _count(job_id, ApplyResult(skipped=1, findings=findings), 1)
    groups_delete(job_id, [one.group.key])


def _count(job_id: int, result: ApplyResult, groups: int) -> None:
    findings_store(job_id, result.findings)
    execute(
        "UPDATE import_job SET groups_done = groups_done + %s, created_count = created_count + %s,"
        " updated_count = updated_count + %s, unchanged_count = unchanged_count + %s,"
        " skipped_count = skipped_count + %s WHERE id = %s",
        [groups, result.created, result.updated, result.unchanged, result.skipped, job_id],
    )


def _own_transaction(function: Callable[[], None]) -> None:
    """Run in a transaction that can be undone by itself, also where one is open already (tests)."""
    if connection.in_atomic_block:
        with transaction.atomic():
            function()
    else:
        run_in_transaction(function)
