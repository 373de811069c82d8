"""Which carton for an order, and where each unit lies in it; pallets; containers. Millimetres and grams.

Call :func:`choose_cartons` with orders (of :class:`Item`), cartons and :class:`Rules`: for each order the cheapest
carton, or cartons, with a place for every unit and the sequence in which to put them in.

====================================  ===================================================================
:func:`choose_cartons`                thousands of orders in one call
:func:`choose_carton`                 one order
:func:`faults`, :func:`carton_faults`   checks a packing, a carton, from the definitions alone
``drawing.draw_carton``               pictures, step by step
:mod:`hecang_optim.packing.loading`   large loads of few kinds of boxes: containers, and pallets up to a height
====================================  ===================================================================

Sources, spaces and corners: Lai & Chan, An evolutionary algorithm for the cutting and packing problem, Computers & OR 24
(1997); Parreño, Alvarez-Valdes, Tamarit & Oliveira, A maximal-space algorithm for the container loading problem,
INFORMS J. Computing 20 (2008). What real loads ask for: Bortfeldt & Wäscher, Constraints in container loading,
EJOR 229 (2013).
"""

from hecang_optim.packing.choose import choose_carton, choose_cartons
from hecang_optim.packing.model import (
    Carton,
    Freight,
    Item,
    Order,
    PackedCarton,
    Packing,
    Placement,
    Rules,
    Turning,
)
from hecang_optim.packing.verify import carton_faults, faults

__all__ = [
    "Carton",
    "Freight",
    "Item",
    "Order",
    "PackedCarton",
    "Packing",
    "Placement",
    "Rules",
    "Turning",
    "carton_faults",
    "choose_carton",
    "choose_cartons",
    "faults",
]
