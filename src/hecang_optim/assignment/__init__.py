"""Who does which task, in which order: people and robots, skills, equipment, due times, short empty ways.

Call :func:`assign` with tasks, workers and travel times; it returns a :class:`WorkPlan`: a queue for each worker with
times, empty travel and lateness, and for each task that nobody gets the reason. A task ends elsewhere than it begins
(a putaway in the rack, a pick tour at the packing station), so tasks chain: a putaway on the way out, a pick on the
way back.

Rolling horizon: with ``max_queue``, a worker is promised a few tasks, all others stay open. Plan again when something
happened, with the promises (:meth:`WorkPlan.worker_of`) in the tasks: started tasks stay, promised ones change hands
only where it is worth :attr:`Goals.change`.

The search inserts each task where it adds least, the most urgent first, then takes strings of neighbouring tasks out
and inserts them anew, in the manner of simulated annealing: Christiaens & Vanden Berghe, "Slack induction by string
removals for vehicle routing problems" (Transportation Science 54, 2020). 2,000 tasks for 100 workers take less than half a
second.
"""

from hecang_optim.assignment.model import (
    DEFAULT_GOALS,
    Goals,
    Queue,
    Reason,
    Step,
    Task,
    Travel,
    TravelFunction,
    Unassigned,
    Worker,
    WorkPlan,
)
from hecang_optim.assignment.planning import assign
from hecang_optim.assignment.travel import rectangular, walking

__all__ = [
    "DEFAULT_GOALS",
    "Goals",
    "Queue",
    "Reason",
    "Step",
    "Task",
    "Travel",
    "TravelFunction",
    "Unassigned",
    "WorkPlan",
    "Worker",
    "assign",
    "rectangular",
    "walking",
]
