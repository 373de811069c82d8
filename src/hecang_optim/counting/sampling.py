"""How many places a sample needs, and what it says of all."""

from __future__ import annotations

import math

from scipy.special import ndtri

from hecang_optim.errors import require


def sample_size(
    population: int, *, confidence: float = 0.95, precision: float = 0.02, expected: float = 0.5
) -> int:
    """Places to look at so that the share of wrong ones is known to within ``precision`` at ``confidence``.

    Cochran's formula with the correction for a finite population.

    :param expected: the share that is expected; 0.5 asks for most.
    :raises InvalidProblem: confidence, precision or expectation outside of (0, 1).
    """
    for name, value in (("confidence", confidence), ("precision", precision), ("expected", expected)):
        require(0.0 < value < 1.0, name, "must lie between 0 and 1")
    if population <= 0:
        return 0
    z = float(ndtri(0.5 + confidence / 2))
    endless = z * z * expected * (1 - expected) / (precision * precision)
    return min(population, math.ceil(endless / (1 + (endless - 1) / population)))


def share_interval(hits: int, sample: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for the share of which ``hits`` were met among ``sample``.

    :raises InvalidProblem: more hits than places, or a confidence outside of (0, 1).
    """
    require(0 <= hits <= sample, "hits", "must lie between 0 and the size of the sample")
    require(0.0 < confidence < 1.0, "confidence", "must lie between 0 and 1")
    if sample == 0:
        return 0.0, 1.0
    z = float(ndtri(0.5 + confidence / 2))
    share = hits / sample
    centre = share + z * z / (2 * sample)
    spread = z * math.sqrt(share * (1 - share) / sample + z * z / (4 * sample * sample))
    scale = 1 + z * z / sample
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
