"""What was found in a file, written down in bulk and bounded in number."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _

from hecang.kernel.db import execute, fetch_one
from hecang.kernel.imports.base import Finding

#: Findings kept for one job; more are only counted.
MAX_KEPT = 100_000


def findings_store(job_id: int, findings: Sequence[Finding]) -> None:
    """Write findings of a job by COPY, up to :data:`MAX_KEPT`, and count them all on the job."""
    if not findings:
        return
    row = fetch_one("SELECT count(*) FROM import_finding WHERE job_id = %s", [job_id])
    kept = findings[: max(MAX_KEPT - (row[0] if row else 0), 0)]
    if kept:
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY import_finding (job_id, severity, row, field, code, message, value) FROM STDIN"
            ) as copy,
        ):
            for one in kept:
                copy.write_row(
                    (
                        job_id, one.severity, one.row or 1, one.field[:64], one.code[:64],
                        one.message.replace("\x00", "")[:2000], one.value.replace("\x00", "")[:200],
                    )
                )  # fmt: skip
    warnings = sum(one.severity == "warning" for one in findings)
    execute(
        "UPDATE import_job SET warning_count = warning_count + %s, findings_left_off = findings_left_off + %s"
        " WHERE id = %s",
        [warnings, len(findings) - len(kept), job_id],
    )


def findings_left_out(job_id: int) -> None:
    """Tell good rows of bad groups why they are not imported, in one statement."""
    message = _("Left out, because other rows of “{group}” are wrong.")
    execute(
        "INSERT INTO import_finding (job_id, severity, row, field, code, message, value)"
        " SELECT %s, 'error', r.row, '', 'left_out_with_group', replace(%s, '{group}', r.group_key), ''"
        " FROM import_group g JOIN import_row r ON r.job_id = g.job_id AND r.group_key = g.key"
        " WHERE g.job_id = %s AND g.is_bad AND r.data IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM import_finding f"
        "                 WHERE f.job_id = r.job_id AND f.row = r.row AND f.severity = 'error')"
        " ORDER BY r.row"
        " LIMIT greatest(%s - (SELECT count(*) FROM import_finding WHERE job_id = %s), 0)",
        [job_id, message, job_id, MAX_KEPT, job_id],
    )
