"""``hecang wave``: plan, look at and release waves from the command line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from hecang.cli.bootstrap import django_ready, err, out

if TYPE_CHECKING:
    from hecang.outbound.services.wave import WaveDraft

wave = typer.Typer(no_args_is_help=True, help="Waves: plan, release, cancel.")


def register(app: typer.Typer) -> None:
    app.add_typer(wave, name="wave")


@wave.command()
def plan(
    warehouse: str = typer.Option(..., "--warehouse", "-w", help="Code of the warehouse, such as SH."),
    before: datetime | None = typer.Option(
        None, "--before", help="Only what must leave before this time (UTC)."
    ),
    max_orders: int = typer.Option(500, "--max-orders", min=1, max=5000, help="At most so many fulfilments."),
    size: str = typer.Option("any", "--size", help="any, single (one unit an order) or multi."),
    temperature: str = typer.Option("", "--temperature", help="ambient, chilled or frozen; empty: all."),
    slots: int = typer.Option(12, "--slots", min=1, max=200, help="Orders that a cart takes."),
    policy: str = typer.Option("fefo", "--policy", help="Allocation: fefo, fifo, lifo or fewest_locations."),
    choose: bool = typer.Option(
        False, "--choose", help="Let the optimiser choose what goes now and what waits; says why."
    ),
    pickers: int = typer.Option(0, "--pickers", min=0, help="With --choose: who pick; 0: as many as now."),
    minutes: int = typer.Option(60, "--minutes", min=1, max=1440, help="With --choose: until the next wave."),
    save: bool = typer.Option(False, "--save", help="Store the plan as a wave."),
    release: bool = typer.Option(False, "--release", help="Store the plan and release it at once."),
) -> None:
    """Plan a wave over what is ready; without --save or --release nothing changes."""
    django_ready()
    from datetime import UTC

    from hecang.facility.selectors import warehouses_by_code
    from hecang.kernel.errors import HecangError
    from hecang.outbound.planning.base import Cart
    from hecang.outbound.planning.criteria import WaveCriteria
    from hecang.outbound.services.wave import wave_create, wave_plan

    found = warehouses_by_code([warehouse]).get(warehouse)
    if found is None:
        err.print(f"[bold red]There is no warehouse {warehouse!r}.[/]", highlight=False)
        raise typer.Exit(1)
    criteria = WaveCriteria(
        ship_before=before.replace(tzinfo=UTC) if before else None,
        max_orders=max_orders,
        size=size if size in {"single", "multi"} else "any",  # type: ignore[arg-type]
        temperature=temperature,
        policy=policy,
        choose=choose,
        pickers=pickers,
        next_wave_minutes=minutes,
        cart=Cart(slots=slots),
    )
    try:
        draft = wave_plan(warehouse_id=found.id, criteria=criteria)
        if draft.choice is not None:
            _show_choice(draft)
        _show(draft)
        if not (save or release):
            out.print("[dim]Nothing was changed. Add --save to keep this plan, --release to start it.[/dim]")
            return
        wave_id = wave_create(draft=draft)
        out.print(f"Stored as wave {_number(wave_id)}.", highlight=False)
        if release:
            _release(wave_id)
    except HecangError as error:
        err.print(f"[bold red]{error}[/]", highlight=False)
        raise typer.Exit(1) from error


@wave.command("release")
def release_command(
    number: str = typer.Argument(help="Number of the wave, such as WV260101-000001."),
) -> None:
    """Allocate the goods of a planned wave and put its tasks on the floor."""
    django_ready()
    from hecang.kernel.errors import HecangError

    try:
        _release(_wave_id(number))
    except HecangError as error:
        err.print(f"[bold red]{error}[/]", highlight=False)
        raise typer.Exit(1) from error


@wave.command()
def cancel(number: str = typer.Argument(help="Number of the wave.")) -> None:
    """Undo a wave that nobody has begun to pick."""
    django_ready()
    from hecang.kernel.errors import HecangError
    from hecang.outbound.services.wave import wave_cancel

    try:
        wave_cancel(wave_id=_wave_id(number))
    except HecangError as error:
        err.print(f"[bold red]{error}[/]", highlight=False)
        raise typer.Exit(1) from error
    out.print(f"Wave {number} is cancelled; its fulfilments are ready again.", highlight=False)


def _show(draft: WaveDraft) -> None:
    """The plan as a table: a row for each batch, metres against one order at a time."""
    table = Table(
        title=f"{len(draft.orders)} fulfilments in {len(draft.plan.batches)} batches", title_justify="left"
    )
    table.add_column("batch", justify="right")
    table.add_column("kind")
    for name in ("fulfilments", "lines", "units", "walk m", "in an S m", "one by one m", "saved"):
        table.add_column(name, justify="right")
    for at, batch in enumerate(draft.plan.batches, start=1):
        orders, lines, units = draft.totals(batch)
        table.add_row(
            str(at), batch.kind.value, f"{orders:,}", f"{lines:,}", f"{units:,}",
            *_metres(batch.walk_mm, batch.s_shape_mm, batch.single_walk_mm),
        )  # fmt: skip
    table.add_section()
    facts = draft.orders.values()
    table.add_row(
        "", "all", f"{len(draft.orders):,}", f"{sum(order.line_count for order in facts):,}",
        f"{sum(order.unit_count for order in facts):,}",
        *_metres(draft.plan.walk_mm, draft.plan.s_shape_mm, draft.plan.single_walk_mm), style="bold",
    )  # fmt: skip
    out.print(table)
    if draft.short_units:
        out.print(f"[yellow]No stock in sight for {draft.short_units:,} units; they would be backordered.[/]")


def _metres(walk_mm: int, s_shape_mm: int, single_mm: int) -> tuple[str, str, str, str]:
    saved = f"{1 - walk_mm / single_mm:.0%}" if single_mm else "–"
    s_shape = f"{s_shape_mm / 1000:,.0f}" if s_shape_mm else "–"
    return f"{walk_mm / 1000:,.0f}", s_shape, f"{single_mm / 1000:,.0f}", saved


#: Reasons in words, as ``--choose`` prints them.
_REASONS = {
    "due_now": "released: would be late by the next wave",
    "overdue": "released: late already",
    "priority": "released: urgent",
    "fills_tour": "released: others of this wave go where it lies",
    "capacity_left": "released: pickers would stand idle",
    "later_cutoff_denser": "kept: has time, and a later wave shares its way better",
    "no_capacity": "kept: the pickers have enough to do",
    "not_released_yet": "kept: may not be released yet",
}


def _show_choice(draft: WaveDraft) -> None:
    """What the optimiser chose: the floor, the reasons with their counts, and the most urgent orders."""
    choice = draft.choice
    assert choice is not None
    floor = choice.floor
    out.print(
        f"{floor.pickers} pickers, {floor.next_wave_s // 60} minutes until the next wave, {floor.load_s // 60}"
        f" minutes of work on the floor, room for {choice.capacity_s // 60}.",
        highlight=False,
    )
    table = Table(title="Why", title_justify="left", show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for reason, count in choice.counts().items():
        table.add_row(f"{count:,}", _REASONS[reason.value])
    out.print(table)
    orders = Table(title="The most urgent", title_justify="left")
    for name in ("fulfilment", "decision", "to spare min", "walk now s", "walk later s"):
        orders.add_column(name, justify="left" if name in {"fulfilment", "decision"} else "right")
    for order in draft.looked_at[:20]:
        verdict = choice.verdicts[order.id]
        spare = "–" if verdict.slack_s is None else f"{verdict.slack_s / 60:,.0f}"
        orders.add_row(
            order.number, verdict.reason.value, spare, f"{verdict.walk_now_s:,}", f"{verdict.walk_later_s:,}"
        )
    out.print(orders)


def _release(wave_id: int) -> None:
    from hecang.outbound.services.wave_release import wave_release

    with out.status("Allocating …"):
        done = wave_release(wave_id=wave_id)
    if done.repeated:
        out.print("It was released before.")
        return
    out.print(f"Released: {done.tasks:,} tasks, {done.units:,} units.", highlight=False)
    if done.short_units:
        out.print(f"[yellow]{done.short_units:,} units could not be allocated and are backordered.[/]")
    if done.dropped:
        out.print(
            f"[yellow]{len(done.dropped)} fulfilments were held or cancelled meanwhile and left the wave.[/]"
        )


def _wave_id(number: str) -> int:
    from hecang.outbound.models import Wave

    found = Wave.objects.filter(number=number.strip().upper()).values_list("id", flat=True).first()
    if found is None:
        err.print(f"[bold red]There is no wave {number!r}.[/]", highlight=False)
        raise typer.Exit(1)
    return found


def _number(wave_id: int) -> str:
    from hecang.outbound.models import Wave

    return Wave.objects.values_list("number", flat=True).get(id=wave_id)
