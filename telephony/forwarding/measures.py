"""What is counted about lines."""

from voxanne.metrics import counter

VERIFICATIONS = counter(
    "line_verifications",
    "Verification calls and what became of them.",
    labels=("outcome",),
    from_zero=("called", "verified", "refused", "unknown", "wrong_code", "locked", "not_answered"),
)
