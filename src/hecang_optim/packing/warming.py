"""Compile the kernels of packing on toy problems."""

from __future__ import annotations

from hecang_optim.packing.choose import choose_cartons
from hecang_optim.packing.loading import warming as loading
from hecang_optim.packing.model import Carton, Freight, Item, Order, Rules


def warm() -> None:
    """Run every entry that has kernels, with the types of real use."""
    carton = Carton(100, 100, 50, max_weight_g=1000, price=5)
    items = (Item(60, 60, 40, 100, quantity=2), Item(20, 20, 20, 10, fragile=True))
    choose_cartons([Order(items), Order(items, max_gross_g=150)], [carton], Rules(freight=Freight(100)))
    loading.warm()
