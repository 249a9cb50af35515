"""What is counted of reminders."""

from django.db import transaction

from scheduling.models import Reminder
from voxanne.metrics import counter, histogram

# `missed` is one that was skipped because its time passed; the others are the states of the row.
MISSED_RESULT = "missed"
REMINDERS = counter("reminders", "Reminders by what came of them and by which way.", labels=("result", "channel"))
LATE = histogram(
    "reminder_late_seconds",
    "From when a reminder was due to when it was handed over.",
    buckets=(1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0),
)
ANSWERS = counter("reminder_answers", "What patients answered to reminders.", labels=("answer",))


def note_lateness(seconds: float) -> None:
    """How late one was handed over, once the open transaction commits."""
    transaction.on_commit(lambda: LATE.observe(max(seconds, 0.0)))


def count_outcome(reminder: Reminder, *, result: str = "") -> None:
    """Count it once the open transaction commits; `result` instead of its state."""
    transaction.on_commit(REMINDERS.labels(result or str(reminder.state), str(reminder.channel)).inc)
