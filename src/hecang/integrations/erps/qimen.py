"""Qimen in both roles: we are the warehouse of an ERP, or the ERP of a warehouse."""

from __future__ import annotations

import contextlib

from django.utils.translation import gettext_noop

from hecang.integrations.qimen.client import QimenConnector
from hecang.integrations.qimen.xml import write
from hecang.kernel.connectors import Refused


class QimenErp(QimenConnector):
    """The other side is an ERP: it orders, we ship and tell."""

    code = "qimen_erp"
    title = gettext_noop("Qimen: we are the warehouse of an ERP")

    def check(self) -> None:
        """Ask for an order that nobody has: any answer of the ERP itself proves the way and the signature."""
        with contextlib.suppress(_FromBehind):
            self._ask()

    def _ask(self) -> None:
        try:
            self.send("order.query", write("request", {"name": "hecang", "scene": "1001"}))
        except Refused as error:
            if not error.code.startswith("TOP") and error.code != "sign-check-failure":
                raise _FromBehind(error.message, code=error.code) from error
            raise


class _FromBehind(Refused):
    """The gateway has let the message through, and the other side did not like it."""


class QimenWms(QimenConnector):
    """The other side is a warehouse: we order, it ships and tells."""

    code = "qimen_wms"
    title = gettext_noop("Qimen: we are the ERP of a warehouse")

    def check(self) -> None:
        """Ask which warehouses there are. Changes nothing."""
        self.send("warehouseinfo.query", write("request", {"ownerCode": self.settings.owner_code}))
