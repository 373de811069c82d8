"""Import jobs: made, run, applied, cancelled, forgotten. See ``docs/explanation/imports.md``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils import translation
from django.utils.translation import gettext as _

from hecang.kernel.actor import acting, actor_of, current_actor, current_request_id
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.errors import Conflict, HecangError, LimitExceeded, NotFound
from hecang.kernel.ids import new_id
from hecang.kernel.imports import mapping as mappings
from hecang.kernel.imports.apply import job_apply
from hecang.kernel.imports.base import ImportContext, Importer, importer_of
from hecang.kernel.imports.memory import mapping_remember
from hecang.kernel.imports.reading import open_table
from hecang.kernel.imports.stage import Cancelled, job_check, job_stage, staged_delete
from hecang.kernel.models import ImportGroup, ImportJob
from hecang.kernel.stopping import Interrupted

State = ImportJob.State
#: States in which a worker has something to do.
OPEN = (State.QUEUED, State.READING, State.APPLYING)
#: How long files, findings and jobs are kept.
KEPT = timedelta(days=30)
#: First half of the advisory lock that keeps a job to one process.
_LOCK = 0x4845_0001

logger = structlog.get_logger("hecang.imports")


class Upload(Protocol):
    """A file as web frameworks hand it over, or any open binary file with a name."""

    name: Any

    def read(self, size: int = ..., /) -> bytes: ...


def file_store(file: Upload | BinaryIO, *, name: str) -> tuple[Path, str]:
    """Copy an upload to where workers find it; its path and SHA-256. Raises LimitExceeded.

    All servers and workers must see ``HECANG_HOME/imports``.
    """
    folder = Path(settings.HOME) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    suffix = re.sub(r"[^a-z0-9.]", "", Path(name).suffix.lower())[:8]
    path = folder / f"{new_id()}{suffix}"
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("xb") as target:
            while block := file.read(1 << 20):
                size += len(block)
                if size > settings.IMPORT_MAX_BYTES:
                    raise LimitExceeded(
                        _("The file is larger than %(limit)s MB. Split it, or raise HECANG_IMPORT_MAX_MB.")
                        % {"limit": settings.IMPORT_MAX_BYTES // 1024 // 1024}
                    )
                digest.update(block)
                target.write(block)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest()


@transactional
def import_create(
    *,
    kind: str,
    path: Path,
    file_name: str,
    sha256: str,
    dry_run: bool = False,
    on_error: str = ImportJob.OnError.STOP,
    mapping: Mapping[str, Any] | None = None,
) -> ImportJob:
    """Queue a stored file for import. Raises InvalidInput, PermissionMissing."""
    importer = importer_of(kind)
    actor = current_actor()
    actor.require(importer.permission)
    mapping = dict(mapping or {})
    mappings.check_options(importer, mapping.get("options") or {})
    return ImportJob.objects.create(
        kind=kind,
        file_name=Path(file_name).name.replace("\x00", "")[:255] or "file",
        file_path=str(path),
        file_sha256=sha256,
        dry_run=dry_run,
        on_error=on_error,
        mapping=mapping,
        created_by=actor.name[:100],
        user_id=actor.user_id,
        created_at=now(),
    )


@transactional
def import_apply(*, job_id: int, on_error: str | None = None) -> None:
    """Let a validated (or interrupted) job write. Locks the job. Raises NotFound, Conflict."""
    job = _locked(job_id)
    current_actor().require(importer_of(job.kind).permission)
    resumable = job.state == State.FAILED and ImportGroup.objects.filter(job=job).exists()
    if job.state != State.VALIDATED and not resumable:
        raise Conflict(
            _("Only a validated import can be applied; this one is “%(state)s”.")
            % {"state": job.get_state_display()}
        )
    choice = on_error or job.on_error
    if job.rows_bad and choice == ImportJob.OnError.STOP:
        raise Conflict(
            _("%(count)s rows are wrong. Mend the file, or choose to leave out what is wrong.")
            % {"count": job.rows_bad},
            code="rows_wrong",
        )
    ImportJob.objects.filter(pk=job_id).update(
        state=State.APPLYING,
        on_error=choice,
        dry_run=False,
        cancel_requested=False,
        message="",
        finished_at=None,
    )


@transactional
def import_cancel(*, job_id: int) -> None:
    """Ask a job to stop; what it has written stays. Locks the job. Raises NotFound, Conflict."""
    job = _locked(job_id)
    if job.state == State.VALIDATED:
        _finish(job_id, State.CANCELLED, _("Cancelled. Nothing was imported."))
        return
    if job.state not in OPEN:
        raise Conflict(
            _("This import is over (“%(state)s”); there is nothing to cancel.")
            % {"state": job.get_state_display()}
        )
    ImportJob.objects.filter(pk=job_id).update(cancel_requested=True)


def _locked(job_id: int) -> ImportJob:
    job = ImportJob.objects.select_for_update(no_key=True).filter(pk=job_id).first()
    if job is None:
        raise NotFound(_("There is no such import."))
    return job


def import_run(job_id: int) -> bool:
    """Do what is to be done for a job, here and now; False if another process is at it.

    Reads and checks the file, then applies it unless it is a dry run. Acts as the user who made the
    job. Can be killed at any moment and called again: reading starts anew, applying goes on.
    """
    with _exclusive(job_id) as mine:
        if not mine:
            return False
        job = ImportJob.objects.filter(pk=job_id).first()
        if job is None or job.state not in OPEN:
            return True
        try:
            actor, language = actor_of(job.user_id)
        except HecangError as error:  # the user was closed since
            _finish(job_id, State.FAILED, str(error))
            return True
        with (
            acting(actor, request_id=current_request_id() or f"import-{job_id}"),
            translation.override(language),
        ):
            _run(job)
    return True


def _run(job: ImportJob) -> None:
    context = ImportContext(job.pk, job.file_name, dict(job.mapping.get("options") or {}))
    try:
        kind = importer_of(job.kind)
        current_actor().require(kind.permission)
        if job.state != State.APPLYING:
            _validate(job, kind, context)
            job.refresh_from_db()
        if job.state == State.APPLYING:
            job_apply(job, kind(context))
            _remember(job, kind)
            _finish(job.pk, State.DONE, "")
    except Cancelled:
        message = _("Cancelled. What had been imported by then stays.")
        _finish(job.pk, State.CANCELLED, message)
    except HecangError as error:
        details = " ".join(str(problem.message) for problem in error.problems[:10])
        _finish(job.pk, State.FAILED, f"{error} {details}".strip())
    except Interrupted:
        logger.info("import_interrupted", job=job.pk)  # it stays open: another worker goes on
    except (DatabaseError, InterfaceError):
        raise  # the database went away: the job stays open, a worker takes it up again
    except Exception as error:
        logger.error("import_crashed", job=job.pk, kind=job.kind, exc_info=error)
        message = _("The import met an error of ours (%(kind)s). What had been imported by then stays.")
        _finish(job.pk, State.FAILED, message % {"kind": type(error).__name__}, keep_staged=True)


def _validate(job: ImportJob, kind: type[Importer], context: ImportContext) -> None:
    ImportJob.objects.filter(pk=job.pk).update(state=State.READING)
    importer = kind(context)
    job_stage(job, importer)
    job_check(job, importer)
    job.refresh_from_db()
    if job.dry_run:
        _finish(job.pk, State.VALIDATED, "", keep_staged=True)
    elif job.rows_bad and job.on_error == ImportJob.OnError.STOP:
        message = _("%(count)s rows are wrong; nothing was imported.") % {"count": job.rows_bad}
        _finish(job.pk, State.FAILED, message)
    else:
        ImportJob.objects.filter(pk=job.pk).update(state=State.APPLYING)


def _remember(job: ImportJob, kind: type[Importer]) -> None:
    """Keep how the columns were matched, for the next file of this kind."""
    options = {name: str(value) for name, value in (job.mapping.get("options") or {}).items()}
    with open_table(
        Path(job.file_path),
        encoding=options.get("encoding", ""),
        delimiter=options.get("delimiter", ""),
        sheet=options.get("sheet", ""),
    ) as table:
        mapping_remember(kind=kind, headings=table.headings, mapping=job.mapping)


def _finish(job_id: int, state: str, message: str, *, keep_staged: bool = False) -> None:
    if not keep_staged:
        staged_delete(job_id)
    ImportJob.objects.filter(pk=job_id).update(state=state, message=message[:4000], finished_at=now())


@contextmanager
def _exclusive(job_id: int) -> Iterator[bool]:
    """A lock that ends with the connection, so that a killed process leaves none behind."""
    row = fetch_one("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, job_id % 2**31])
    mine = bool(row and row[0])
    try:
        yield mine
    finally:
        if mine:
            try:
                fetch_one("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, job_id % 2**31])
            except (DatabaseError, InterfaceError):
                logger.warning("import_lock_lost", job=job_id)


def jobs_waiting() -> list[int]:
    """Jobs that have something to do and that no process is at."""
    from hecang.kernel.db import fetch

    rows = fetch(
        "SELECT id FROM import_job WHERE state = ANY(%s) AND NOT EXISTS ("
        "  SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = id %% 2147483648"
        "  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ") ORDER BY id",
        [list(OPEN), _LOCK],
    )
    return [row[0] for row in rows]


def imports_purge() -> int:
    """Forget jobs older than :data:`KEPT` with their files and findings; their number."""
    old = ImportJob.objects.filter(created_at__lt=now() - KEPT).exclude(state__in=OPEN)
    count = 0
    for job in old.only("id", "file_path").iterator():
        Path(job.file_path).unlink(missing_ok=True)
        staged_delete(job.pk)
        execute("DELETE FROM import_finding WHERE job_id = %s", [job.pk])
        execute("DELETE FROM import_job WHERE id = %s", [job.pk])
        count += 1
    return count
