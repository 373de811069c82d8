"""Operations of ``tickets``."""

from __future__ import annotations

from hecang.kernel.api import ApiRouter

router = ApiRouter(tag="tickets")
