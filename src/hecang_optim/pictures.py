"""Writing pictures, alike for all packages. Needs matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def written(figure: Figure, path: Path | None, **options: Any) -> Figure:
    """The figure, written to ``path`` where there is one; the same figure gives the same file.

    :param path: its ending chooses the format (svg, png, pdf).
    :param options: of matplotlib's ``savefig``.
    """
    if path is not None:
        from matplotlib import rc_context

        with rc_context({"svg.hashsalt": "hecang"}):
            figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, **options)
    return figure
