"""Which planner is in force."""

from __future__ import annotations

import functools
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from hecang.outbound.planning.base import WavePlanner

SETTING: Final = "outbound.wave_planner"
DEFAULT: Final = "optimised"
KNOWN: Final = {
    "optimised": "hecang.outbound.planning.optimised.OptimisedWavePlanner",
    "seed_s_shape": "hecang.outbound.planning.seed.SeedWavePlanner",
}


def wave_planner() -> WavePlanner:
    """The planner named in ``settings.STRATEGIES["outbound.wave_planner"]``: a known name or a dotted path.

    Its module is loaded when it is first asked for; processes that plan nothing never pay for it.
    """
    return _loaded(settings.STRATEGIES.get(SETTING, DEFAULT))


@functools.cache
def _loaded(name: str) -> WavePlanner:
    planner: WavePlanner = import_string(KNOWN.get(name, name))()
    return planner
