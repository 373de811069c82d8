"""The router that the modules of this package fill, and the shapes they share."""

from __future__ import annotations

from hecang.kernel.api import ApiRouter

router = ApiRouter(tag="work")
