"""What is counted about calls that Vapi had to be asked for."""

from voxanne.metrics import counter

RECONCILED = counter(
    "calls_reconciled",
    "Calls that Vapi was asked about: a report that never came, a call that nobody heard of, one that goes on, one of "
    "which Vapi has no record.",
    labels=("outcome",),
    from_zero=("report", "unheard", "goes_on", "gone"),
)
