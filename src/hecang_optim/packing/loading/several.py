"""Several containers of one kind, until everything is loaded; and one pallet, as low as possible."""

from __future__ import annotations

import math
from dataclasses import replace

from hecang_optim.budget import Budget
from hecang_optim.errors import require
from hecang_optim.packing.loading.beam import load_container, make_stock
from hecang_optim.packing.loading.problem import BoxType, LoadingProblem
from hecang_optim.packing.loading.result import Loading

#: Exponents on the volume of a box that make large boxes go first; 1 is plain volume.
EAGERNESS = (1.0, 1.15, 1.3, 1.5)
#: Heights tried for one pallet, at most.
HEIGHTS = 12


def load_containers(problem: LoadingProblem, budget: Budget, seed: int = 0) -> tuple[Loading, ...]:
    """Load everything into as few containers of the problem's kind as can be found.

    Fills one container after another; then again with large boxes more urgent, while there is budget and the
    number is above the bound by volume and weight. Of two plans with as many containers the one whose last is
    emptier is better.

    :param problem: its container is there as often as needed; values are ignored, everything has to go.
    :param budget: of all containers together; each gets a share, so that even a spent one loads everything.
    :return: one loading a container; each one's problem holds what the ones before have left.
    :raises InvalidProblem: a box that does not fit, or is too heavy.
    """
    room = problem.container
    stock, _unit = make_stock(problem)
    fitting = set(stock.kind.tolist())
    for index, box in enumerate(problem.boxes):
        require(box.quantity == 0 or index in fitting, "boxes", "does not fit into the container", index)
        require(
            box.quantity == 0 or room.weight_limit_g is None or box.weight_g <= room.weight_limit_g,
            "boxes.weight_g",
            "is above the container's weight limit",
            index,
        )
    bound = _fewest(problem)
    best: tuple[Loading, ...] | None = None
    for attempt, eagerness in enumerate(EAGERNESS):
        plan = _fill_all(problem, _part(budget, len(EAGERNESS) - attempt), seed, eagerness, bound)
        if best is None or _badness(plan) < _badness(best):
            best = plan
        if budget.spent() or len(best) <= bound:
            break
    assert best is not None
    return best


def _fewest(problem: LoadingProblem) -> int:
    """Containers that it takes at least, by volume and by weight."""
    volume = sum(box.volume * box.quantity for box in problem.boxes)
    fewest = -(-volume // problem.container.volume)
    weight = sum(box.weight_g * box.quantity for box in problem.boxes)
    if problem.container.weight_limit_g and weight:
        fewest = max(fewest, -(-weight // problem.container.weight_limit_g))
    return fewest


def _part(budget: Budget, parts: int) -> Budget:
    """One of so many equal parts of what is left."""
    remaining = budget.remaining()
    rounds = budget.rounds_left
    return Budget(
        seconds=None if math.isinf(remaining) else remaining / parts,
        clock=budget.clock,
        # a spent budget still buys one completion
        rounds=None if rounds is None else max(1, rounds // parts),
        cancelled=budget.cancelled,
    )


def _fill_all(
    problem: LoadingProblem, budget: Budget, seed: int, eagerness: float, containers: int
) -> tuple[Loading, ...]:
    loadings: list[Loading] = []
    boxes = problem.boxes
    while any(box.quantity for box in boxes):
        share = _part(budget, max(1, containers - len(loadings)))
        eager = tuple(replace(box, value=float(box.volume) ** eagerness) for box in boxes)
        filled = load_container(replace(problem, boxes=eager), share, seed)
        rounds = share.rounds_left
        if share.rounds is not None and rounds is not None:
            budget.count(share.rounds - rounds)
        loadings.append(Loading(replace(problem, boxes=boxes), filled.boxes))
        boxes = _reduced(boxes, filled)
    return tuple(loadings)


def _reduced(boxes: tuple[BoxType, ...], loading: Loading) -> tuple[BoxType, ...]:
    return tuple(replace(box, quantity=left) for box, left in zip(boxes, loading.left_over, strict=True))


def _badness(plan: tuple[Loading, ...]) -> tuple[int, int]:
    return len(plan), min((loading.volume for loading in plan), default=0)


def load_lowest(problem: LoadingProblem, budget: Budget, seed: int = 0) -> Loading | None:
    """Load everything onto one pallet, as low as can be found: halving between what is proved and what is found.

    :param problem: the container's height is the most that is allowed.
    :return: ``None`` where not everything was found to fit.
    """
    best: Loading | None = None
    highest = problem.container.height
    area = problem.container.length * problem.container.width
    lowest = -(-sum(box.volume * box.quantity for box in problem.boxes) // area)
    height = highest
    for attempt in range(HEIGHTS):
        room = replace(problem.container, height=max(1, height))
        lower = replace(problem, container=room)
        loading = load_container(lower, _part(budget, HEIGHTS - attempt), seed)
        if not any(loading.left_over):
            best = Loading(problem, loading.boxes)
            highest = best.height
        elif best is None:
            return None
        else:
            lowest = height + 1
        if lowest >= highest or budget.spent():
            break
        height = (lowest + highest) // 2
    return best
