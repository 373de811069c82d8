"""Which connectors to ERPs and outside warehouses there are."""

from __future__ import annotations

from collections.abc import Mapping

from hecang.integrations.erps.qimen import QimenErp, QimenWms
from hecang.integrations.qimen.client import QimenConnector

_CONNECTORS: tuple[type[QimenConnector], ...] = (QimenErp, QimenWms)


def connectors() -> Mapping[str, type[QimenConnector]]:
    """Connector classes by code."""
    return {one.code: one for one in _CONNECTORS}
