"""Which SKU lives where, so that future picks are short walks and light work.

Describe the floor (:class:`Places`), the goods (:class:`Goods`) and the walks of the past (:class:`Walks`: one for
each order, or one for each batch where batches are walked), put them together as a :class:`SlottingProblem`, then
call

==================================  ====================================================================
:func:`reslot`                      a new place for everything: the whole warehouse, anytime
:func:`best_moves`                  the best N moves from the present places, each with saving and pay-back
:func:`evaluate`                    what walks cost with goods at given places; with later walks: a fair test
:func:`random_storage`              everything somewhere: the baseline
:func:`class_based_storage`         A, B, C from the depot on, by chance within a class
:func:`storage_by_distance`         the most picked nearest (Heskett's cube-per-order index, or lines)
:func:`storage_by_extra_walking`    the most picked where one more stop adds least to the walks
:func:`abc_classes`, :func:`xyz_classes`, :func:`cube_per_order_index`   classes
:func:`affinity`                    what is bought together: cosine or lift
:func:`walk_lengths`                exact length of each walk
:func:`extra_walking`, :func:`distance_from_depot`   how good each place is
==================================  ====================================================================

All assignments are arrays: ``place[i]`` is the index of the place of SKU i. Walks are exact tours of
:mod:`hecang_optim.routing`, in the unit of its layout.

Sources: Heskett (1963), "Cube-per-order index"; Petersen & Aase (2004), "A comparison of picking, storage, and
routing policies in manual order picking"; Mantel, Schuur & Heragu (2007), "Order oriented slotting"; Larco, de
Koster, Roodbergen & Dul (2017), "Managing warehouse efficiency and worker discomfort through enhanced storage
assignment decisions".
"""

from hecang_optim.slotting.affinity import Affinity, affinity
from hecang_optim.slotting.classes import abc_classes, cube_per_order_index, xyz_classes
from hecang_optim.slotting.model import Goods, Places, SlottingProblem, Walks
from hecang_optim.slotting.moves import Move, best_moves
from hecang_optim.slotting.ranking import distance_from_depot, extra_walking
from hecang_optim.slotting.reslot import Slotting, evaluate, reslot
from hecang_optim.slotting.storage import (
    class_based_storage,
    random_storage,
    storage_by_distance,
    storage_by_extra_walking,
)
from hecang_optim.slotting.tours import walk_lengths

__all__ = [
    "Affinity",
    "Goods",
    "Move",
    "Places",
    "Slotting",
    "SlottingProblem",
    "Walks",
    "abc_classes",
    "affinity",
    "best_moves",
    "class_based_storage",
    "cube_per_order_index",
    "distance_from_depot",
    "evaluate",
    "extra_walking",
    "random_storage",
    "reslot",
    "storage_by_distance",
    "storage_by_extra_walking",
    "walk_lengths",
    "xyz_classes",
]
