"""Operations of work: the task pool, workers, and the floor protocol."""

from hecang.work.api import floor, overview, plan, shifts, tasks, workers
from hecang.work.api.base import router

__all__ = ["floor", "overview", "plan", "router", "shifts", "tasks", "workers"]
