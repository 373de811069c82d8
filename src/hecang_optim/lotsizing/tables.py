"""Kernels on the probabilities of counted demand: tables of P(D = k) and of the cost of a period."""

from __future__ import annotations

from hecang_optim.arrays import Floats
from hecang_optim.compiled import kernel


@kernel
def fill_probabilities(mean: float, variance: float, table: Floats) -> None:
    """P(D = k) for k = 0, 1, … into ``table``: negative binomial where the variance exceeds the mean, else Poisson.

    From the mode outwards, so that nothing underflows; what lies beyond the table is shared out in proportion.
    """
    overdispersed = variance > mean * (1.0 + 1e-6)
    successes = mean * mean / (variance - mean) if overdispersed else 0.0
    failure = (variance - mean) / variance if overdispersed else 0.0
    mode = int(max(0.0, (successes - 1.0) * failure / (1.0 - failure))) if overdispersed else int(mean)
    mode = min(mode, len(table) - 1)
    table[mode] = 1.0
    for k in range(mode + 1, len(table)):
        table[k] = table[k - 1] * ((successes + k - 1) * failure / k if overdispersed else mean / k)
    for k in range(mode - 1, -1, -1):
        table[k] = table[k + 1] * ((k + 1) / ((successes + k) * failure) if overdispersed else (k + 1) / mean)
    table /= table.sum()


@kernel
def fill_losses(probability: Floats, losses: Floats) -> float:
    """E[(D - y)⁺] for y = 0, 1, … into ``losses``; returns the mean of D. Both tables have the same length."""
    above = 0.0
    beyond = 0.0
    for y in range(len(probability) - 1, -1, -1):
        losses[y] = beyond
        above += probability[y]
        beyond += above
    return beyond - above


@kernel
def period_cost(level: int, mean: float, losses: Floats, holding: float, backorder: float) -> float:
    """Expected cost of stock left and units owed when ``level`` meets the demand of ``losses``."""
    if level < 0:
        return backorder * (mean - level)
    if level >= len(losses):
        return holding * (level - mean)
    short = float(losses[level])
    return holding * (level - mean + short) + backorder * short


@kernel
def cheapest_level(mean: float, losses: Floats, holding: float, backorder: float) -> int:
    """The level with the least :func:`period_cost`: the lowest whose cost the next one does not undercut."""
    level = 0
    cost = period_cost(0, mean, losses, holding, backorder)
    while level < len(losses):
        above = period_cost(level + 1, mean, losses, holding, backorder)
        if above >= cost:
            break
        level += 1
        cost = above
    return level
