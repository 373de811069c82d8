"""Questions that other apps ask about purchases."""

from hecang.purchasing.selectors.open_lines import OpenLine, purchase_lines_open

__all__ = ["OpenLine", "purchase_lines_open"]
