"""Which simulated carriers there are: every module of this package that defines one."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from hecang.integrations.simulators import carriers
from hecang.integrations.simulators.carriers.base import CarrierSimulator
from hecang.kernel.discovery import classes_in


@functools.lru_cache(maxsize=1)
def carrier_simulators() -> Mapping[str, type[CarrierSimulator]]:
    """Simulators of carriers by code, in the order of their codes."""
    return dict(sorted({one.code: one for one in classes_in(carriers, CarrierSimulator)}.items()))  # type: ignore[type-abstract]
