"""Plans as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hecang_optim.assignment.model import Task, WorkPlan
from hecang_optim.pictures import written

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_plan(
    plan: WorkPlan, tasks: Sequence[Task], *, most_workers: int = 20, path: Path | None = None
) -> Figure:
    """One row a worker, time to the right: promised work dark, later work light, late work red, empty travel thin.

    :param most_workers: so many rows at most.
    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    from matplotlib.figure import Figure

    queues = plan.queues[:most_workers]
    figure = Figure(figsize=(9, 1.4 + 0.28 * len(queues)), layout="constrained")
    axes = figure.subplots()
    for row, queue in enumerate(queues):
        for place, step in enumerate(queue.steps):
            axes.plot(
                [step.leave / 60, (step.leave + step.travel) / 60], [row, row], color="0.6", linewidth=1
            )
            promised = place < len(queue.now)
            colour = "#c0392b" if step.lateness > 0 else "#1f618d" if promised else "#aed6f1"
            axes.barh(row, (step.end - step.begin) / 60, left=step.begin / 60, height=0.6, color=colour)
    late = sum(step.lateness > 0 for queue in plan.queues for step in queue.steps)
    axes.set_yticks(range(len(queues)), [f"worker {queue.worker}" for queue in queues], fontsize=7)
    axes.set_ylim(len(queues) - 0.4, -0.6)
    axes.set_xlabel("minutes")
    axes.set_title(
        f"{len(tasks)} tasks, {len(plan.queues)} workers: {plan.empty_travel / 60:.0f} min of empty travel, "
        f"{late} late, {len(plan.unassigned)} unassigned",
        fontsize=9,
    )
    for label, colour in (("promised", "#1f618d"), ("later", "#aed6f1"), ("late", "#c0392b")):
        axes.barh(0, 0, color=colour, label=label)
    axes.margins(x=0.02)
    figure.legend(fontsize=8, frameon=False, loc="outside lower center", ncols=3)
    return written(figure, path)
