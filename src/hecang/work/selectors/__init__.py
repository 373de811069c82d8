"""What there is to know of tasks and of those who do them."""

from hecang.work.selectors.standing import StandingTask, standing_task, standing_tasks

__all__ = ["StandingTask", "standing_task", "standing_tasks"]
