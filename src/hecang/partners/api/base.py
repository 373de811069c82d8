"""The router that the modules of this package fill."""

from __future__ import annotations

from hecang.kernel.api import ApiRouter, Schema

router = ApiRouter(tag="partners")


class Created(Schema):
    id: int
