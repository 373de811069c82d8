"""The shortest walk through a warehouse.

Call :func:`shortest_tour` with an :class:`AisleLayout` and :class:`Picks`: it is exact for parallel aisles in up to
five blocks, the depot anywhere on a cross-aisle or before them, and takes microseconds to milliseconds.

==================================  ======================================================================
:func:`shortest_tour`               stops, line to draw, length, and what it saves against the S-shape
:func:`tour_lengths`                lengths of thousands of tours in one call
:func:`many_tours`                  the tours themselves
:func:`rule_tour`                   by a simple rule of :data:`RULES`; :func:`rule_lengths` for thousands
:func:`scattered_tour`              where a SKU lies in several locations: which of them, too
:func:`graph_tour`                  any other floor, as a weighted graph; :func:`matrix_tour` by distances
:func:`walk_length`                 for other kernels: see :mod:`hecang_optim.routing.kernels`
``drawing.draw_tours``              pictures
==================================  ======================================================================

Sources: Ratliff & Rosenthal 1983; Roodbergen & de Koster 2001; Cambazard & Catusse 2018; Pansart, Catusse &
Cambazard 2018; Hessler & Irnich 2024. The code is our own.
"""

from hecang_optim.routing.graph import GraphTour, graph_tour, matrix_tour
from hecang_optim.routing.kernels import Grid, many_lengths, walk_length
from hecang_optim.routing.layout import AisleLayout, Picks
from hecang_optim.routing.scattered import ScatteredTour, scattered_tour
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
    "ScatteredTour",
    "Tour",
    "graph_tour",
    "many_lengths",
    "many_tours",
    "matrix_tour",
    "rule_lengths",
    "rule_tour",
    "scattered_tour",
    "shortest_tour",
    "tour_length",
    "tour_lengths",
    "walk_length",
]
