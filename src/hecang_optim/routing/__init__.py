"""The shortest walk through a warehouse."""

from hecang_optim.routing.graph import GraphTour, graph_tour, matrix_tour
from hecang_optim.routing.kernels import Grid, many_lengths, walk_length
from hecang_optim.routing.layout import AisleLayout, Picks
from hecang_optim.routing.tours import (
    RULES,
    Tour,
    many_tours,
    rule_lengths,
    rule_tour,
    shortest_tour,
    tour_length,
    tour_lengths,
)

__all__ = [
    "RULES",
    "AisleLayout",
    "GraphTour",
    "Grid",
    "Picks",
    "Tour",
    "graph_tour",
    "many_lengths",
    "many_tours",
    "matrix_tour",
    "rule_lengths",
    "rule_tour",
    "shortest_tour",
    "tour_length",
    "tour_lengths",
    "walk_length",
]
