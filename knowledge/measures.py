"""What is counted about documents."""

from voxanne.metrics import counter

DOCUMENTS = counter(
    "knowledge_documents",
    "Readings of documents, by what came of them.",
    labels=("outcome",),
    from_zero=("read", "again", "failed", "busy"),
)
