"""What is counted about recordings."""

from voxanne.metrics import counter

RECORDINGS = counter(
    "recordings",
    "Tries to fetch a recording, by what came of them, and recordings whose time was over.",
    labels=("outcome",),
    from_zero=("fetched", "again", "failed", "deleted"),
)
LISTENINGS = counter(
    "recording_listenings",
    "Openings of recordings: by staff, by a shared link, and links that opened nothing.",
    labels=("by",),
    from_zero=("staff", "link", "wrong_link"),
)
