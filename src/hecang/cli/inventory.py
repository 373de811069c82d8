"""``hecang inventory``: prove that the books of stock are right."""

from __future__ import annotations

import json

import typer
from rich.table import Table

from hecang.cli.bootstrap import django_ready, out

inventory = typer.Typer(no_args_is_help=True, help="Stock: verify the books.")


def register(app: typer.Typer) -> None:
    app.add_typer(inventory, name="inventory")


@inventory.command()
def verify(
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Recompute every balance from the ledger and compare. Exit code 1 if anything differs."""
    django_ready()
    from hecang.inventory.verify import inventory_verify

    report = inventory_verify()
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False, default=str))
    else:
        table = Table("check", "differences", "seconds", title=None)
        for found in report.checks:
            colour = "red" if found.differences else "green"
            table.add_row(found.title, f"[{colour}]{found.differences}[/]", f"{found.seconds:.2f}")
            for sample in found.samples:
                table.add_row(f"  [dim]{json.dumps(sample, default=str)}[/dim]", "", "")
        out.print(table)
        out.print(f"{report.differences} differences.", highlight=False)
    if report.differences:
        raise typer.Exit(1)
