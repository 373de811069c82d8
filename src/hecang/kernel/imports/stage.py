"""First half of an import: every row is read and looked at before anything is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils.translation import gettext as _

from hecang.kernel.db import execute, fetch, fetch_one, run_in_transaction
from hecang.kernel.errors import InvalidInput
from hecang.kernel.imports import mapping as mappings
from hecang.kernel.imports.base import Finding, Group, Importer, StagedRow
from hecang.kernel.imports.findings import findings_store
from hecang.kernel.imports.reading import is_blank, open_table
from hecang.kernel.imports.rows import RawRow
from hecang.kernel.models import ImportJob
from hecang.kernel.stopping import go_on

#: Rows parsed and staged at a time.
CHUNK_ROWS = 5000
#: What one chunk of groups may hold at most.
CHUNK_GROUPS = 1000
CHUNK_GROUP_ROWS = 20_000
#: A group larger than this is a mistake in the key column.
MAX_GROUP_ROWS = 5000

logger = structlog.get_logger("hecang.imports")


class Cancelled(Exception):
    """Somebody asked for the import to stop."""


def job_stage(job: ImportJob, importer: Importer) -> None:
    """Read the file of ``job``, stage its good rows and note what is wrong with the others.

    Starts from the beginning whatever an interrupted run has left. Memory is bounded by
    :data:`CHUNK_ROWS`. Raises InvalidInput if the file as a whole cannot be used, Cancelled.
    """
    staged_delete(job.pk)
    execute("DELETE FROM import_finding WHERE job_id = %s", [job.pk])
    options = job.mapping.get("options") or {}
    with open_table(
        Path(job.file_path),
        encoding=options.get("encoding", ""),
        delimiter=options.get("delimiter", ""),
        sheet=options.get("sheet", ""),
    ) as table:
        mapping = mappings.resolve(type(importer), table.headings, job.mapping)
        execute(
            "UPDATE import_job SET rows_total = %s, rows_read = 0, rows_bad = 0, groups_total = 0,"
            " groups_checked = 0, groups_done = 0, warning_count = 0, findings_left_off = 0 WHERE id = %s",
            [table.total or 0, job.pk],
        )
        read = 0
        for chunk in _chunks(table.rows):
            read += len(chunk)
            _stage_chunk(job.pk, importer, mapping, chunk)
            refuse_if_cancelled(job.pk)
    execute("UPDATE import_job SET rows_total = %s WHERE id = %s", [read, job.pk])
    if not read:
        raise InvalidInput(_("The file has headings but no rows."), code="empty_file")
    _group(job.pk)


def _chunks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    chunk: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        if is_blank(cells):
            continue
        chunk.append((number, cells))
        if len(chunk) == CHUNK_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _stage_chunk(
    job_id: int, importer: Importer, mapping: mappings.FileMapping, chunk: list[tuple[int, list[str]]]
) -> None:
    staged: list[tuple[int, int, str, str | None]] = []
    findings: list[Finding] = []
    bad = 0
    for number, cells in chunk:
        row = mapping.row(number, cells)
        data, key = parse_row(importer, row)
        findings += (
            Finding(one.code, one.message, number, one.field, one.value, one.severity)  # type: ignore[arg-type]
            for one in row.problems
        )
        if row.is_bad:
            bad += 1
            staged.append((job_id, number, key, None))
        elif data is not None:
            staged.append((job_id, number, key, json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)))

    def write() -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY import_row (job_id, row, group_key, data) FROM STDIN") as copy,
        ):
            for values in staged:
                copy.write_row(values)
        findings_store(job_id, findings)
        execute(
            "UPDATE import_job SET rows_read = rows_read + %s, rows_bad = rows_bad + %s WHERE id = %s",
            [len(chunk), bad, job_id],
        )

    run_in_transaction(write)


def parse_row(importer: Importer, row: RawRow) -> tuple[dict[str, Any] | None, str]:
    """The row's values and group; what is wrong is noted on the row."""
    try:
        data = importer.parse(row)
    except InvalidInput as error:
        data = None
        for problem in error.problems:
            row.error(problem.field or "", problem.code, str(problem.message))
        if not error.problems:
            row.error("", error.instance_code, str(error))
    key = importer.group_by(row)
    if not key or len(key) > 200:
        if not row.is_bad:
            row.error("", "no_key", _("The cell that names this record is empty or too long."))
        key = f"#{row.number}"  # stands alone, so that it pulls no other row down
    return data, key.replace("\x00", "")


def _group(job_id: int) -> None:
    """Gather staged rows into groups, in the order of the file."""
    execute(
        "INSERT INTO import_group (job_id, first_row, key, row_count, is_bad)"
        " SELECT job_id, min(row), group_key, count(*), bool_or(data IS NULL)"
        " FROM import_row WHERE job_id = %s GROUP BY job_id, group_key ORDER BY min(row)",
        [job_id],
    )
    execute("ANALYZE import_row, import_group")  # millions of rows came in since the planner last looked
    execute(
        "UPDATE import_job SET groups_total = (SELECT count(*) FROM import_group WHERE job_id = %s)"
        " WHERE id = %s",
        [job_id, job_id],
    )
    large = fetch(
        "SELECT first_row, key, row_count FROM import_group WHERE job_id = %s AND row_count > %s LIMIT 1000",
        [job_id, MAX_GROUP_ROWS],
    )
    message = _("%(count)s rows belong to “%(key)s”; at most %(limit)s can be one record.")
    _mark_bad(
        job_id,
        [
            Finding("group_too_large", message % {"count": count, "key": key, "limit": MAX_GROUP_ROWS}, row)
            for row, key, count in large
        ],
        {row: row for row, _key, _count in large},
    )


def job_check(job: ImportJob, importer: Importer) -> None:
    """Let the importer look at all good groups; bad ones are marked with findings. Raises Cancelled."""
    after = 0
    while chunk := groups_read(job.pk, after=after):
        after = chunk[-1].first_row
        findings = list(importer.check([one.group for one in chunk]))
        first_rows = {row.number: one.first_row for one in chunk for row in one.group.rows}

        def write(findings: list[Finding] = findings, first_rows: dict[int, int] = first_rows) -> None:
            _mark_bad(job.pk, findings, first_rows)
            execute(
                "UPDATE import_job SET groups_checked = groups_checked + %s WHERE id = %s",
                [len(set(first_rows.values())), job.pk],
            )

        run_in_transaction(write)
        refuse_if_cancelled(job.pk)


def _mark_bad(job_id: int, findings: list[Finding], first_rows: dict[int, int]) -> None:
    """Store findings; a group with an error among its rows is bad as a whole."""
    findings_store(job_id, findings)
    wrong = {one.row for one in findings if one.severity == "error" and one.row is not None}
    bad = sorted({first_rows[row] for row in wrong if row in first_rows})
    if bad:
        execute(
            "UPDATE import_group SET is_bad = true WHERE job_id = %s AND first_row = ANY(%s)", [job_id, bad]
        )
        execute("UPDATE import_job SET rows_bad = rows_bad + %s WHERE id = %s", [len(wrong), job_id])


class GroupRead:
    """A group with its place in the file."""

    __slots__ = ("first_row", "group")

    def __init__(self, first_row: int, group: Group) -> None:
        self.first_row = first_row
        self.group = group


def groups_read(job_id: int, *, after: int = 0) -> list[GroupRead]:
    """The next good groups behind row ``after``: at most :data:`CHUNK_GROUPS`, about :data:`CHUNK_GROUP_ROWS` rows."""
    picked: list[tuple[int, str]] = []
    rows = 0
    for first_row, key, count in fetch(
        "SELECT first_row, key, row_count FROM import_group"
        " WHERE job_id = %s AND first_row > %s AND NOT is_bad ORDER BY first_row LIMIT %s",
        [job_id, after, CHUNK_GROUPS],
    ):
        if picked and rows + count > CHUNK_GROUP_ROWS:
            break
        picked.append((first_row, key))
        rows += count
    members: dict[str, list[StagedRow]] = {key: [] for _first, key in picked}
    for key, number, data in fetch(
        "SELECT group_key, row, data FROM import_row"
        " WHERE job_id = %s AND group_key = ANY(%s) AND data IS NOT NULL ORDER BY row",
        [job_id, list(members)],
    ):
        members[key].append(StagedRow(number, json.loads(data) if isinstance(data, str) else data))
    return [GroupRead(first_row, Group(key, tuple(members[key]))) for first_row, key in picked]


def groups_delete(job_id: int, keys: list[str]) -> None:
    """Forget groups and their rows."""
    execute("DELETE FROM import_row WHERE job_id = %s AND group_key = ANY(%s)", [job_id, keys])
    execute("DELETE FROM import_group WHERE job_id = %s AND key = ANY(%s)", [job_id, keys])


def staged_delete(job_id: int) -> None:
    """Forget everything that is staged for a job."""
    execute("DELETE FROM import_row WHERE job_id = %s", [job_id])
    execute("DELETE FROM import_group WHERE job_id = %s", [job_id])


def refuse_if_cancelled(job_id: int) -> None:
    """Raise :class:`Cancelled` if somebody asked for it or the job is gone, Interrupted if the process ends."""
    go_on()
    row = fetch_one("SELECT cancel_requested FROM import_job WHERE id = %s", [job_id])
    if row is None or row[0]:
        raise Cancelled
