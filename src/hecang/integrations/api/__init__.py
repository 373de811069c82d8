"""Operations of ``integrations``: carriers (``carriers``)."""

from hecang.integrations.api import carriers
from hecang.integrations.api.base import router

__all__ = ["carriers", "router"]
