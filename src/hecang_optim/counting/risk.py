"""How likely the books are wrong at a place: logistic regression with a ridge, by Newton's method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats
from hecang_optim.errors import InvalidProblem, require

#: What is known of a place, in the order of the columns. Counts, units and money come as log(1 + x).
FEATURES: Final = (
    "days_since_count",
    "moves_since_count",
    "picks_since_count",
    "people_since_count",
    "skus",
    "units",
    "unit_value",
    "level",
    "shorts_since_count",
    "wrong_share_place",
    "wrong_share_sku",
    "wrong_nearby",
    "pick_face",
)

_STEPS: Final = 50
_CLOSE: Final = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class RiskModel:
    """A straight line in the log-odds over standardised features.

    :param mean, scale: of each feature where it was learned (d); 0 and 1 leave it as it is.
    :param weights: log-odds for one ``scale`` more of each feature (d).
    """

    mean: Floats
    scale: Floats
    weights: Floats
    intercept: float

    def score(self, features: npt.ArrayLike) -> Floats:
        """Probability that the books are wrong at each place (n), from its features (n, d)."""
        table = _table(features, len(self.weights))
        odds = (table - self.mean) / self.scale @ self.weights + self.intercept
        return _sigmoid(odds)

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, for keeping."""
        return {
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "weights": self.weights.tolist(),
            "intercept": self.intercept,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> RiskModel:
        """The model that :meth:`as_dict` wrote down."""
        mean, scale, weights = (
            np.asarray(kept[name], dtype=np.float64) for name in ("mean", "scale", "weights")
        )
        return cls(mean, scale, weights, float(kept["intercept"]))


def _prior() -> RiskModel:
    # Log-odds for one more of each raw feature: what touches a place makes it wrong, what was wrong there or
    # beside it will be again. Chosen by hand; only the order that they make matters.
    weights = [0.25, 0.45, 0.25, 0.30, 0.60, 0.05, 0.05, 0.05, 1.50, 2.00, 1.50, 0.60, 0.20]
    size = len(FEATURES)
    return RiskModel(np.zeros(size), np.ones(size), np.asarray(weights), -5.0)


#: The rule for a warehouse without history.
PRIOR: Final = _prior()


def risk_fit(features: npt.ArrayLike, wrong: npt.ArrayLike, *, ridge: float = 1.0) -> RiskModel:
    """Learn from places that were counted.

    :param features: of each place before it was counted (n, d).
    :param wrong: whether the books were wrong there (n).
    :param ridge: how strongly weights are drawn to 0; in units of one observation.
    :raises InvalidProblem: fewer than one place of each kind, shapes that do not fit, numbers that are none.
    """
    labels = np.asarray(wrong, dtype=np.float64)
    raw = np.asarray(features, dtype=np.float64)
    table = _table(raw, raw.shape[1] if raw.ndim == 2 else 0)
    if len(labels) != len(table):
        raise InvalidProblem("wrong", f"has {len(labels)} places where {len(table)} are expected")
    require(bool(labels.any() and not labels.all()), "wrong", "needs places of both kinds")
    mean, scale = table.mean(axis=0), table.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    design = np.column_stack([np.ones(len(table)), (table - mean) / scale])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0
    share = labels.mean()
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(share / (1 - share))
    for _step in range(_STEPS):
        chance = _sigmoid(design @ beta)
        spread = np.maximum(chance * (1 - chance), 1e-9)
        gradient = design.T @ (labels - chance) - penalty * beta
        curvature = (design * spread[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        # A step too far overshoots where hardly anything is uncertain.
        beta += step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < _CLOSE:
            break
    return RiskModel(mean, scale, beta[1:], float(beta[0]))


def _table(features: npt.ArrayLike, width: int) -> Floats:
    table = np.asarray(features, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != width:
        raise InvalidProblem("features", f"has shape {table.shape} where (places, {width}) is expected")
    require(bool(np.isfinite(table).all()), "features", "is not a number somewhere")
    return table


def _sigmoid(odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -35.0, 35.0))), dtype=np.float64)
