"""Which planner is in force."""

from __future__ import annotations

import functools
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from hecang.outbound.planning.base import WavePlanner

SETTING: Final = "outbound.wave_planner"
KNOWN: Final = {"seed_s_shape": "hecang.outbound.planning.default.SeedWavePlanner"}


def wave_planner() -> WavePlanner:
    """The planner named in ``settings.STRATEGIES["outbound.wave_planner"]``: a known name or a dotted path."""
    return _loaded(settings.STRATEGIES.get(SETTING, "seed_s_shape"))


@functools.cache
def _loaded(name: str) -> WavePlanner:
    planner: WavePlanner = import_string(KNOWN.get(name, name))()
    return planner
