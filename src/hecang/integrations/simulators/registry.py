"""Which simulators there are: every module of this package that defines one."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from hecang.integrations import simulators
from hecang.integrations.simulators.base import Simulator
from hecang.kernel.discovery import classes_in


@functools.lru_cache(maxsize=1)
def channel_simulators() -> Mapping[str, type[Simulator]]:
    """Simulators of channels by code, in the order of their codes."""
    return dict(sorted({one.code: one for one in classes_in(simulators, Simulator)}.items()))  # type: ignore[type-abstract]
