"""Where a page of a list ends: a moment and an id, so that new rows never shift what comes next."""

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from voxanne.errors import BadInput


@dataclass(frozen=True)
class Cursor:
    """The last row of a page, in the list's own order."""

    moment: datetime
    id: UUID

    def encode(self) -> str:
        """As it stands in an address."""
        return base64.urlsafe_b64encode(f"{self.moment.isoformat()}|{self.id}".encode()).decode().rstrip("=")


def decode_cursor(text: str) -> Cursor | None:
    """The cursor in an address; None for an empty one.

    Raises:
        BadInput: it was not made by us.
    """
    if not text:
        return None
    try:
        moment, _, row_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
        return Cursor(moment=datetime.fromisoformat(moment), id=UUID(row_id))
    except ValueError as error:
        raise BadInput("This page link is not valid any more. Start from the first page.") from error
