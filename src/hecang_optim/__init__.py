"""The algorithms of a warehouse: pure, seeded, compiled.

Dataclasses and arrays in, dataclasses and arrays out. Nothing here knows a database, a web framework, a clock
or a file; a search that may take long is given a :class:`~hecang_optim.budget.Budget` by its caller. A ``seed`` decides
all chance: the same arguments and a budget of rounds give the same answer. ``on_improvement`` is told the value of each
better answer. Input that means nothing raises :class:`~hecang_optim.errors.InvalidProblem`.

========================  =================================================================================
``routing``               the shortest walk through parallel aisles, exact; simple rules; any other graph
``batching``              which orders are picked together; which orders to release now
``packing``               which carton, and where each unit lies in it; a pallet is one, too
``packing.loading``       containers and pallets of many like boxes
``sourcing``              which warehouse ships what
``slotting``              which SKU lives where
``assignment``            who does which task
``lotsizing``             how much to order, and when; how much to keep in reserve
``counting``              which places to count: where the books are likely wrong
``simulation``            a day in the warehouse, event by event, to compare policies
========================  =================================================================================

Below them: ``budget`` (how long a search may go on), ``errors`` (input that means nothing), ``arrays``, ``compiled`` and
``randomness`` (what kernels are made of), ``pictures``. ``python -m hecang_optim.warm`` compiles all kernels ahead of their first use.
"""

__version__ = "0.1.0"
