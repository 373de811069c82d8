"""Tables of ``integrations``: connections to systems outside, and what went through them."""

from hecang.integrations.models.carrier import CarrierLink
from hecang.integrations.models.channel import (
    ChannelFile,
    ChannelRules,
    PlatformMessage,
    PlatformOrder,
    PlatformProduct,
    PlatformRequest,
    PlatformStock,
    PullCursor,
    ShipmentConfirm,
    StockWatch,
    WorkLease,
)
from hecang.integrations.models.connection import Connection, ConnectionPace
from hecang.integrations.models.qimen import (
    QimenDocument,
    QimenLine,
    QimenMark,
    QimenMessage,
    QimenPart,
    QimenSending,
)
from hecang.integrations.models.supplier import SupplierFile
from hecang.integrations.models.webhook import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)

__all__ = [
    "CarrierLink",
    "ChannelFile",
    "ChannelRules",
    "Connection",
    "ConnectionPace",
    "PlatformMessage",
    "PlatformOrder",
    "PlatformProduct",
    "PlatformRequest",
    "PlatformStock",
    "PullCursor",
    "QimenDocument",
    "QimenLine",
    "QimenMark",
    "QimenMessage",
    "QimenPart",
    "QimenSending",
    "ShipmentConfirm",
    "StockWatch",
    "SupplierFile",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
    "WorkLease",
]
