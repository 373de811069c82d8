"""Operations of ``rules``."""

from __future__ import annotations

from hecang.kernel.api import ApiRouter

router = ApiRouter(tag="rules")
