"""Operations of ``integrations``: connections and channels, carriers (``carriers``), webhooks out (``webhooks``)."""

from hecang.integrations.api import (
    carriers,
    channel_files,
    channel_orders,
    channel_products,
    channel_queues,
    connections,
    push,
    qimen,
    qimen_documents,
    qimen_door,
    supplier_answers,
    webhooks,
)
from hecang.integrations.api.base import router

__all__ = [
    "carriers",
    "channel_files",
    "channel_orders",
    "channel_products",
    "channel_queues",
    "connections",
    "push",
    "qimen",
    "qimen_documents",
    "qimen_door",
    "router",
    "supplier_answers",
    "webhooks",
]
