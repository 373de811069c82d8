"""Operations of the order desk: looking, taking in, taking on the phone (``entry``), acting, shops."""

from hecang.orders.api import actions, desk, entry, intake, shops
from hecang.orders.api.base import router

__all__ = ["actions", "desk", "entry", "intake", "router", "shops"]
