"""Local print components: programs beside the printer that a browser speaks to through a WebSocket.

They share one family of messages (getPrinters, print, notifyPrintResult) and differ in the port; facts in
``docs/reference/print-components.md``. Ports change with the components' versions: the desk lets each
workstation override the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintComponent:
    """One component.

    :param url: from a page served over http; ``secure_url`` over https, empty where the component has none:
        browsers allow plain sockets to the machine itself.
    """

    code: str
    url: str
    secure_url: str = ""


COMPONENTS: Mapping[str, PrintComponent] = {
    one.code: one
    for one in (
        PrintComponent("cainiao", "ws://localhost:13528", "wss://localhost:13529"),
        PrintComponent("pinduoduo", "ws://localhost:5000"),
        PrintComponent("douyin", "ws://localhost:13888"),
        PrintComponent("xiaohongshu", "ws://localhost:10818"),
        PrintComponent("kuaishou", "ws://127.0.0.1:16888/ks/printer"),
    )
}
