"""Loading one container, or one pallet up to a height, as full as possible; or several until all is loaded.

Begin with :func:`load_container`: describe the room and the types of boxes (:class:`LoadingProblem`) and give
it a :class:`~hecang_optim.budget.Budget`; the :class:`Loading` lists boxes with their places in the order in
which a person can load them. :func:`load_containers` fills as many containers as it takes,
:func:`load_lowest` piles everything onto one pallet as low as possible, :func:`draw_loading` draws a loading.

Sources: blocks after Fanslau & Bortfeldt (INFORMS Journal on Computing 22(2), 2010) and Zhu, Oon, Lim &
Weng (Applied Intelligence 37, 2012); the search after Araya & Riff (Computers & Operations Research 43,
2014); the judgement of blocks after Araya, Guerrero & Nuñez (Computers & Operations Research 82, 2017);
maximal spaces after Parreño, Alvarez-Valdés, Tamarit & Oliveira (INFORMS Journal on Computing 20(3), 2008).
"""

from hecang_optim.packing.loading.beam import load_container
from hecang_optim.packing.loading.drawing import draw_loading
from hecang_optim.packing.loading.problem import BoxType, Container, LoadingProblem
from hecang_optim.packing.loading.result import LoadedBox, Loading
from hecang_optim.packing.loading.several import load_containers, load_lowest

__all__ = [
    "BoxType",
    "Container",
    "LoadedBox",
    "Loading",
    "LoadingProblem",
    "draw_loading",
    "load_container",
    "load_containers",
    "load_lowest",
]
