"""Operations of ``integrations``: carriers (``carriers``), webhooks out (``webhooks``)."""

from hecang.integrations.api import carriers, webhooks
from hecang.integrations.api.base import router

__all__ = ["carriers", "router", "webhooks"]
