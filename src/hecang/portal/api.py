"""Operations of ``portal``."""

from __future__ import annotations

from hecang.kernel.api import ApiRouter

router = ApiRouter(tag="portal")
