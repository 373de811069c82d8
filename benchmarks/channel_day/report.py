"""The report: a page of Markdown and two pictures, from the outcome of a run and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.channel_day.plan import EXPIRIES, OUTAGES, WEATHER
from benchmarks.harness import percentile

NAME = "channel-day"


def write(outcome: Mapping[str, Any], folder: Path) -> None:
    """Write ``channel-day.md`` into ``folder`` and its pictures beside it in ``pictures``."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    _draw_progress(outcome, pictures / f"{NAME}-progress.svg")
    _draw_lags(outcome, pictures / f"{NAME}-lags.svg")
    (folder / f"{NAME}.md").write_text(page(outcome))


def page(outcome: Mapping[str, Any]) -> str:
    """The page as Markdown."""
    plan, figures, log = outcome["plan"], outcome["figures"], outcome["log"]
    verdicts = outcome["verdicts"]
    broken = [one for one in verdicts if one["broken"]]
    placed = sum(figures["placed"].values())
    return TEMPLATE.format(
        placed=placed,
        hour=plan["seconds"] / 24,
        note=outcome.get("note", ""),
        minutes=plan["seconds"] / 60,
        factor=86_400 / plan["seconds"],
        scarce=plan["scarce"],
        skus=plan["skus"],
        quota=plan["quota"],
        command=outcome["command"],
        machine=outcome["machine"],
        load=", ".join(f"{one:.0f}" for one in figures["load"]),
        busy=f"{sum(log['cpu']) / max(len(log['cpu']), 1):.0f}",
        verdict="Every law held." if not broken else f"{len(broken)} laws were broken.",
        laws=_table(
            ("law", "looked at", "broken"),
            [(one["law"], f"{one['looked_at']:,}", str(len(one["broken"]))) for one in verdicts],
        ),
        weather=_weather(),
        orders=figures["sales_orders"],
        lines=figures["lines"],
        per_second=f"{_rate(log['at'], log['orders']):.1f}",
        best=f"{_best(log['at'], log['orders']):.1f}",
        parcels=figures["parcels"],
        confirmed=figures["confirmed"],
        refused=figures["confirms_refused"],
        unshipped=_unshipped(figures),
        calls=sum(figures["calls"].values()),
        throttled=sum(figures["throttled"].values()),
        messages=figures["messages"],
        pushed=figures["pushed"],
        repeated=figures["messages_repeated"],
        suspected=figures["duplicates_suspected"],
        twice=figures["wishes"].get("twice", 0),
        cancelled=figures["cancelled"],
        too_late=figures["cancelled_too_late"],
        wishes=", ".join(f"{name} {count:,}" for name, count in sorted(figures["wishes"].items())),
        gone=figures["units_sold_when_gone"],
        paid=figures["units_paid"],
        backordered=figures["units_backordered"],
        sold_out=figures["scarce_sold_out"],
        turned_away=figures["turned_away"],
        pull_rest=figures["seconds_to_pull_the_rest"],
        rest=figures["seconds_to_rest"],
        recovery=", ".join(f"{code} {_seconds(span)}" for code, span in figures["recovery"].items()),
        platforms=_platforms(figures, log),
        memory=_table(
            ("process", "most memory"),
            [(kind, f"{held / 2**20:,.0f} MB") for kind, held in log["memory"].items()],
        ),
    )


def _platforms(figures: Mapping[str, Any], log: Mapping[str, Any]) -> str:
    rows = []
    for code, count in figures["placed"].items():
        lags = log["lags"].get(code) or [0.0]
        spread = figures["intake"].get(code, {"seconds": [0, 0, 0, 0]})["seconds"]
        rows.append(
            (
                code, f"{count:,}", *(f"{one:.1f}" for one in spread[:3]),
                *(f"{percentile(lags, share):.1f}" for share in (0.5, 0.95, 0.99)), f"{max(lags):.1f}",
                f"{figures['calls'][code]:,}",
            )
        )  # fmt: skip
    heads = (
        "platform",
        "orders",
        "in after, median",
        "95 %",
        "99 %",
        "lag, median",
        "95 %",
        "99 %",
        "most",
        "calls",
    )
    return _table(heads, rows)


def _weather() -> str:
    rows = [
        (one.name, f"{one.begin * 24:.1f}–{one.end * 24:.1f} h", ", ".join(one.platforms) or "all",
         ", ".join(f"{name.replace('_', ' ')} {share:.0%}" for name, share in one.how) or "down")
        for one in (*WEATHER, *OUTAGES)
    ]  # fmt: skip
    rows.append(
        ("tokens end early", ", ".join(f"{one * 24:.1f} h" for one in EXPIRIES), "all that renew them", "")
    )
    return _table(("what", "when", "where", "how often (of calls)"), rows)


def _unshipped(figures: Mapping[str, Any]) -> str:
    states = figures["order_states"]
    return ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in sorted(states.items()))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _rate(at: Sequence[float], counts: Sequence[int]) -> float:
    """Orders a second while any came in."""
    moving = [n for n in range(1, len(counts)) if counts[n] > counts[n - 1]]
    if not moving:
        return 0.0
    first, last = max(moving[0] - 1, 0), moving[-1]
    return (counts[last] - counts[first]) / max(at[last] - at[first], 1.0)


def _best(at: Sequence[float], counts: Sequence[int], span: float = 20.0) -> float:
    """The best rate over a span of seconds."""
    best = 0.0
    begin = 0
    for end in range(len(at)):
        while at[end] - at[begin] > span:
            begin += 1
        if at[end] - at[begin] > span / 2:
            best = max(best, (counts[end] - counts[begin]) / (at[end] - at[begin]))
    return best


def _seconds(span: float | None) -> str:
    return "not within the day" if span is None else f"{span:.1f} s"


def _draw_progress(outcome: Mapping[str, Any], path: Path) -> None:
    pyplot = _pyplot()
    log = outcome["log"]
    figure, axes = pyplot.subplots(figsize=(9, 4))
    for name, label in (
        ("placed", "placed on platforms"), ("orders", "taken in"), ("parcels", "parcels shipped"),
        ("confirmed", "confirmed to platforms"),
    ):  # fmt: skip
        axes.plot(*_thinned(log["at"], log[name]), label=label, linewidth=1.5)
    _mark(axes, outcome["plan"]["seconds"])
    axes.set_xlabel("seconds of the run")
    axes.set_ylabel("orders, parcels")
    axes.legend(frameon=False)
    _save(figure, path)


def _draw_lags(outcome: Mapping[str, Any], path: Path) -> None:
    pyplot = _pyplot()
    log = outcome["log"]
    figure, axes = pyplot.subplots(figsize=(9, 4))
    for code, lags in sorted(log["lags"].items()):
        axes.plot(*_thinned(log["at"], lags), label=code, linewidth=1)
    _mark(axes, outcome["plan"]["seconds"])
    axes.set_xlabel("seconds of the run")
    axes.set_ylabel("lag of the pull, seconds")
    axes.legend(frameon=False, ncols=2, fontsize=8)
    _save(figure, path)


def _mark(axes: Any, seconds: float) -> None:
    for one in OUTAGES:
        axes.axvspan(one.begin * seconds, one.end * seconds, color="#d4380d", alpha=0.15, linewidth=0)
    for one in WEATHER[1:]:
        axes.axvspan(one.begin * seconds, one.end * seconds, color="#faad14", alpha=0.12, linewidth=0)
    axes.axvline(seconds, color="#8c8c8c", linewidth=0.8, linestyle="--")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _thinned(at: Sequence[float], values: Sequence[float]) -> tuple[list[float], list[float]]:
    """At most 300 points: a picture needs no more."""
    step = max(1, len(values) // 300)
    size = min(len(at), len(values))
    return [round(one, 1) for one in at[:size:step]], list(values[:size:step])


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = NAME
    mpl.rcParams["path.simplify_threshold"] = 0.5
    from matplotlib import pyplot

    return pyplot


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})


TEMPLATE = """# A day of orders over all channels

<!-- Written by `python -m benchmarks.channel_day --report docs/explanation`; do not edit. -->

{placed:,} orders on ten simulated platforms at once, one shop on each, all selling from one stock in two warehouses:
Taobao, JD, Pinduoduo, Douyin, Xiaohongshu, Kuaishou, Youzan, WeChat shop, Shopify, WooCommerce. The platforms are
Hecang's simulators, in a process of their own, over HTTP on loopback; two real workers pull, take messages, tell stock
and parcels; a real server takes the messages; two warehouses pick, pack and ship while orders still come in. In the end
what the platforms know is laid beside what Hecang knows.

**{verdict}**

{laws}

![Orders and parcels over the day](pictures/channel-day-progress.svg)

## The day

24 hours in {minutes:.1f} minutes: {factor:.0f} times as fast as life. The platforms' limits of calls are as much wider,
and the time after which they list a change as much shorter; the engine's own pauses after failures are the real ones.
So an outage of an hour here is one of {hour:.1f} seconds, and *lags are seconds of the wall*.

{weather}

The clocks of JD and Kuaishou are wrong by one and a half seconds all day. Three in five orders are also told by a message
where the platform sends any, one message in seven twice. What buyers did afterwards, orders: {wishes} ("twice" is the same
purchase on another platform, by mistake; "move" another address; "pay" paid late). Buyers buy only what their platform shows. {scarce} of {skus} SKUs are scarce: there are
60 % of the units that buyers want. A platform is told at most {quota} of anything, and counts down itself what it sells.

Recipients come sealed from eight of the platforms. No platform's waybill service is connected here, so a person says how
those parcels travel; Hecang does not choose a carrier for them by itself.

## What came of it

- **Orders**: {orders:,} sales orders of {lines:,} lines, {per_second} orders/s over the run, {best} in its best 20 s,
  beside everything else that the same cores did.
- **Twice**: {pushed:,} messages sent, {messages:,} kept, {repeated:,} of them repeats that were only counted; every order was
  also pulled, and listed again with each overlap. None became two. {twice:,} purchases were made on two platforms by
  mistake; {suspected:,} orders were held as possible duplicates.
- **Stock**: {paid:,} units sold, {sold_out} scarce SKUs to the last unit. Platforms sold {gone:,} units that were gone
  already, in the time before they could know. {backordered:,} units are backordered, visible as short, promised to nobody.
  {turned_away:,} times a buyer found nothing left of what he wanted.
- **Parcels**: {parcels:,} left in the time that there was, {confirmed:,} are confirmed, {refused:,} confirmations were
  refused, each of an order that its buyer had stopped meanwhile. Where the orders stand: {unshipped}.
- **Cancelled**: {cancelled:,} orders; {too_late:,} of them had left, and say so.
- **Calls**: {calls:,} answered by the platforms, {throttled:,} turned away as too fast.
- **After the last order**: every order was here after {pull_rest} s; when the warehouses stopped, everything was at rest
  {rest} s later: no message, confirmation, answer or level waits.
- **After the outage** the lag was an ordinary one again after: {recovery}.

{platforms}

"In after" is from the payment to the sales order, "lag" how far the pull is behind the wall clock. Both include the pause
of three seconds between two pulls; a platform that lists changes late adds one or two.

Xiaohongshu and WeChat list numbers only, and every order has to be asked for by a call of its own. What was answered of a
page is kept when a call fails, and the next pull goes on behind it; yet the more calls a page takes, the sooner one fails.

![Lag of each platform's pull](pictures/channel-day-lags.svg)

{memory}

## How it was measured

```
{command}
```

{note}

{machine}. The machine was shared with other work: load averages at the end {load} on two cores, the processors {busy} % busy.
The figures say what this run reached on such a machine, not what Hecang can at best; the laws do not depend on it.

A small version with a few hundred orders is part of the tests (`tests/scenarios/test_channel_day.py`).
"""
