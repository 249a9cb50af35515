"""One wish, sent twice, makes one row."""

from uuid import UUID, uuid4, uuid5

LONGEST_KEY = 200


def new_key() -> str:
    """What a form sends, so that sending it twice is sending it once."""
    return uuid4().hex


def id_of_wish(org_id: UUID, *, kind: str, key: str) -> UUID | None:
    """The id of the row that a wish makes, the same for the same key; None without a key."""
    return uuid5(org_id, f"{kind}:{key[:LONGEST_KEY]}") if key else None
