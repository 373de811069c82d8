"""Operations of the order desk: looking, taking in, taking on the phone (``entry``), acting, shops."""

from hecang.orders.api import actions, credit, desk, entry, intake, rules, shops
from hecang.orders.api.base import router

__all__ = ["actions", "credit", "desk", "entry", "intake", "router", "rules", "shops"]
