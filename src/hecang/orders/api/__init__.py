"""Operations of the order desk: looking (``desk``), taking in (``intake``), acting (``actions``), ``shops``."""

from hecang.orders.api import actions, desk, intake, shops
from hecang.orders.api.base import router

__all__ = ["actions", "desk", "intake", "router", "shops"]
