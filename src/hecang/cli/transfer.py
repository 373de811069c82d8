"""``hecang import`` and ``hecang export``: files in and out, by the same code as the import centre and the lists."""

from __future__ import annotations

import threading
from pathlib import Path

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from hecang.cli.bootstrap import django_ready, err, out

#: Findings that are printed; the error file has all of them.
SHOWN = 20


def register(app: typer.Typer) -> None:
    app.command("import")(import_file)
    app.command("export")(export_list)


def import_file(
    kind: str = typer.Argument(help="What the file holds: sku, sales_order, stock, location, rate, …"),
    path: Path = typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV or XLSX."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would happen."),
    skip_errors: bool = typer.Option(
        False,
        "--skip-errors",
        help="Leave out what is wrong and import the rest; otherwise one mistake stops all.",
    ),
    column: list[str] = typer.Option([], "--column", "-c", help="Our column=heading in the file."),
    constant: list[str] = typer.Option([], "--set", "-s", help="Our column=value for every row."),
    option: list[str] = typer.Option([], "--option", "-o", help="Option of this kind of import=value."),
    errors: Path = typer.Option(None, "--errors", help="Write the rows with mistakes to this file."),
) -> None:
    """Import a file. Every row is checked before the first is written."""
    django_ready()
    from hecang.kernel.errors import HecangError
    from hecang.kernel.imports.jobs import file_store, import_create, import_run
    from hecang.kernel.imports.report import errors_csv
    from hecang.kernel.models import ImportJob

    mapping = {"columns": _pairs(column), "constants": _pairs(constant), "options": _pairs(option)}
    try:
        with path.open("rb") as file:
            stored, digest = file_store(file, name=path.name)
        job = import_create(
            kind=kind,
            path=stored,
            file_name=path.name,
            sha256=digest,
            dry_run=dry_run,
            on_error=ImportJob.OnError.SKIP if skip_errors else ImportJob.OnError.STOP,
            mapping=mapping,
        )
    except HecangError as error:
        err.print(f"[bold red]{error}[/]", highlight=False)
        raise typer.Exit(1) from None
    worker = threading.Thread(target=import_run, args=(job.pk,))
    worker.start()
    _follow(job.pk, worker)
    job.refresh_from_db()
    _report(job)
    if errors is not None:
        errors.write_text("".join(errors_csv(job)))
        out.print(f"Rows with mistakes: {errors}", highlight=False)
    raise typer.Exit(0 if job.state in (ImportJob.State.DONE, ImportJob.State.VALIDATED) else 1)


def export_list(
    name: str = typer.Argument(help="A list: orders, skus, stock, movements, fulfilments, …"),
    path: Path = typer.Argument(help="The file; its ending, .csv or .xlsx, says how it is written."),
    where: list[str] = typer.Option([], "--where", "-w", help="Filter=value, as in the address of the list."),
    sort: str = typer.Option("", help="Column to sort by; a minus before it turns it round."),
) -> None:
    """Export a list to a file."""
    django_ready()
    from pydantic import ValidationError

    from hecang.config import api  # noqa: F401 - makes the lists known
    from hecang.kernel.actor import SYSTEM
    from hecang.kernel.api.export import export_write
    from hecang.kernel.api.lists import LISTS, export_chunks
    from hecang.kernel.errors import HecangError

    definition = LISTS.get(name)
    kind = path.suffix.lstrip(".").lower()
    if definition is None or kind not in ("csv", "xlsx"):
        known = ", ".join(sorted(LISTS))
        text = (
            f"There is no list {name}. There are: {known}."
            if definition is None
            else "Name a .csv or .xlsx file."
        )
        err.print(f"[bold red]{text}[/]", highlight=False)
        raise typer.Exit(1)
    columns = [(column.key, str(column.title)) for column in definition.columns]
    try:
        with path.open("wb") as file:
            export_write(file, name, columns, export_chunks(definition, SYSTEM, _pairs(where), sort), kind)
    except (HecangError, ValidationError) as error:
        path.unlink(missing_ok=True)
        err.print(f"[bold red]{error}[/]", highlight=False)
        raise typer.Exit(1) from None
    out.print(f"Written: {path} ({path.stat().st_size:,} bytes)", highlight=False)


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, found, value = text.partition("=")
        if not found:
            raise typer.BadParameter(f"“{text}” has no =; write name=value.")
        pairs[name.strip()] = value
    return pairs


def _follow(job_id: int, worker: threading.Thread) -> None:
    """Show how far the import is until it ends."""
    from hecang.kernel.models import ImportJob

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeElapsedColumn(), console=err,
    )  # fmt: skip
    with bar:
        reading = bar.add_task("rows read", total=0)
        writing = bar.add_task("groups written", total=0)
        while worker.is_alive():
            worker.join(0.3)
            job = ImportJob.objects.get(pk=job_id)
            bar.update(reading, completed=job.rows_read, total=max(job.rows_total, job.rows_read))
            bar.update(writing, completed=job.groups_done, total=job.groups_total)


def _report(job: object) -> None:
    from hecang.kernel.models import ImportFinding, ImportJob

    assert isinstance(job, ImportJob)
    summary = Table(title=f"{job.kind}: {job.file_name}", show_header=False)
    for title, value in (
        ("state", job.state), ("rows", f"{job.rows_read:,}"), ("rows with mistakes", f"{job.rows_bad:,}"),
        ("warnings", f"{job.warning_count:,}"), ("created", f"{job.created_count:,}"),
        ("updated", f"{job.updated_count:,}"), ("unchanged", f"{job.unchanged_count:,}"),
        ("left out", f"{job.skipped_count:,}"),
    ):  # fmt: skip
        summary.add_row(title, str(value))
    out.print(summary)
    if job.message:
        out.print(job.message, highlight=False)
    findings = ImportFinding.objects.filter(job=job, severity="error").order_by("row", "id")[:SHOWN]
    if findings:
        table = Table("row", "column", "code", "what is wrong", title=f"The first {len(findings)} mistakes")
        for one in findings:
            table.add_row(str(one.row or ""), one.field, one.code, one.message)
        out.print(table)
