"""Where stock stands on the way from spreadsheets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from hecang.kernel.db import fetch
from hecang.quality.registry import Step, step

step(
    Step(
        50,
        "stock",
        gettext_lazy("Stock"),
        gettext_lazy(
            "What lies where on the day of the change, with lots and expiry. Count first; bring it in last."
        ),
        lambda: int(fetch("SELECT count(*) FROM stock WHERE quantity > 0")[0][0]),
    )
)
