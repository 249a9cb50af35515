"""Lines whose verification was begun and not finished, for the pages."""

from uuid import UUID

from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.models import VerificationStatus, VerifiedCallerId

MOST_SHOWN = 20


def list_unfinished(*, org: Organization) -> list[VerifiedCallerId]:
    """What can be gone on with or called again, newest first. One query."""
    with org_scope(org), org_tx():
        rows = VerifiedCallerId.objects.exclude(status=VerificationStatus.VERIFIED)
        return list(rows.order_by("-updated_at", "-pk")[:MOST_SHOWN])


def find_line_id(*, org: Organization, phone_number: str) -> UUID | None:
    """The line with this number (E.164), None when the organisation has none. One query."""
    with org_scope(org), org_tx():
        found: UUID | None = (
            VerifiedCallerId.objects.filter(phone_number=phone_number).values_list("pk", flat=True).first()
        )
    return found
