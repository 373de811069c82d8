"""How much sooner an order of places meets the wrong ones than chance does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hecang_optim.errors import InvalidProblem, require

#: Shares of all places after which hits are told.
SHARES: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Lift:
    """What counting in one order would have found.

    :param found: share of all wrong places that are among the first ``SHARES`` of all.
    :param hits: share of those first places that are wrong.
    :param auc: chance that a wrong place stands before a right one; 0.5 is chance.
    """

    places: int
    wrong: int
    found: tuple[float, ...]
    hits: tuple[float, ...]
    auc: float


def lift_of(score: npt.ArrayLike, wrong: npt.ArrayLike) -> Lift:
    """Hits when places are counted from the highest score down; places of one score count as shuffled.

    :param score: of each place (n).
    :param wrong: whether the books were wrong there (n).
    :raises InvalidProblem: no places, or lengths that differ.
    """
    scores = np.asarray(score, dtype=np.float64)
    labels = np.asarray(wrong, dtype=np.float64)
    if scores.shape != labels.shape or scores.ndim != 1:
        raise InvalidProblem("score", f"has shape {scores.shape} where {labels.shape} is expected")
    count = len(scores)
    require(count > 0, "score", "is empty")
    total = float(labels.sum())
    # Within places of one score the expected number of wrong ones rises evenly.
    _values, group = np.unique(-scores, return_inverse=True)
    size = np.bincount(group)
    bad = np.bincount(group, weights=labels)
    edges = np.concatenate([[0.0], np.cumsum(size)])
    met = np.concatenate([[0.0], np.cumsum(bad)])
    takes = np.maximum(np.ceil(np.asarray(SHARES) * count - 1e-9), 1.0)
    reached = np.interp(takes, edges, met)
    right = size - bad
    before = np.concatenate([[0.0], np.cumsum(right)])[:-1]
    pairs = total * (count - total)
    wins = float((bad * (count - total - before - right / 2)).sum())
    return Lift(
        places=count,
        wrong=int(total),
        found=tuple(float(x) for x in (reached / total if total else np.asarray(SHARES))),
        hits=tuple(float(x) for x in reached / takes),
        auc=wins / pairs if pairs else 0.5,
    )
