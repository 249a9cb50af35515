"""What the clinic's people have to do. Every room may note a task; `add_task` is the way."""

from contacts.staff_tasks.records import NewTask, add_task, finish_task, reopen_task

__all__ = ["NewTask", "add_task", "finish_task", "reopen_task"]
