"""Operations of the order desk: looking, taking in, taking on the phone (``entry``), acting, moving lines
(``shaping``), pre-sales, shops.
"""

from hecang.orders.api import actions, credit, desk, entry, intake, presales, rules, shaping, shops, sourcing
from hecang.orders.api.base import router

__all__ = [
    "actions",
    "credit",
    "desk",
    "entry",
    "intake",
    "presales",
    "router",
    "rules",
    "shaping",
    "shops",
    "sourcing",
]
