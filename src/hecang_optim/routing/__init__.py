"""The shortest walk through a warehouse."""

from hecang_optim.routing.kernels import Grid, many_lengths, walk_length
from hecang_optim.routing.layout import AisleLayout, Picks

__all__ = ["AisleLayout", "Grid", "Picks", "many_lengths", "walk_length"]
