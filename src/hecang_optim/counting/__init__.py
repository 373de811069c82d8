"""Which places to count: how likely the books are wrong somewhere, how many places to look at, how well that went.

``risk`` tells the likelihood from what is known of a place (a rule at first, a logistic regression once there is
history), ``lift`` measures an order of places against chance, ``sampling`` says how many places a sample needs,
``simulation`` lets a warehouse err for a year under different ways of counting it.
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
