"""Which carrier connectors there are: every module of this package that defines one. Nothing to write down."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from hecang.integrations import carriers
from hecang.kernel.discovery import classes_in
from hecang.shipping.carriers.base import CarrierConnector


@functools.lru_cache(maxsize=1)
def connectors() -> Mapping[str, type[CarrierConnector]]:
    """Connector classes by code, in the order of their codes."""
    return dict(sorted({one.code: one for one in classes_in(carriers, CarrierConnector)}.items()))  # type: ignore[type-abstract]
