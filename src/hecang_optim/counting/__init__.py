"""Which places to count: how likely the books are wrong somewhere, how many places to look at, how well that went.

:func:`risk_fit` learns from places that were counted (a logistic regression; :data:`PRIOR` is a rule for those without
history), :func:`lift_of` measures an order of places against chance, :func:`sample_size` says how many places a sample
needs, :func:`share_interval` what it says of all. ``simulation`` lets a warehouse err for a year under different ways of
counting it.
"""

from hecang_optim.counting.lift import SHARES, Lift, lift_of
from hecang_optim.counting.risk import FEATURES, PRIOR, RiskModel, risk_fit
from hecang_optim.counting.sampling import sample_size, share_interval

__all__ = [
    "FEATURES",
    "PRIOR",
    "SHARES",
    "Lift",
    "RiskModel",
    "lift_of",
    "risk_fit",
    "sample_size",
    "share_interval",
]
