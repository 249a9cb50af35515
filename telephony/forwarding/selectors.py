"""What pages and the API show of lines."""

from collections.abc import Collection
from uuid import UUID

from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.forwarding.choices import list_forwarding_numbers
from telephony.forwarding.types import Line
from telephony.models import ForwardingStatus, HybridForwardingConfig, VerificationStatus, VerifiedCallerId
from voxanne.errors import NotFound

# A clinic has a handful; nobody gets a thousand phones to ring for their codes.
MOST_LINES = 500


def list_lines(*, org: Organization) -> list[Line]:
    """The verified lines with their forwarding, oldest first. Three queries."""
    with org_scope(org), org_tx():
        rows = list(
            VerifiedCallerId.objects.filter(status=VerificationStatus.VERIFIED).order_by("created_at", "pk")[
                :MOST_LINES
            ]
        )
        configs = {item.verified_caller_id: item for item in HybridForwardingConfig.objects.all()[:MOST_LINES]}
        numbers = list_forwarding_numbers()
    return [_line(row, configs.get(row.pk), numbers) for row in rows]


def get_line(*, org: Organization, verified_caller_id: UUID) -> Line:
    """One verified line with its forwarding.

    Raises:
        NotFound: no such line, or not verified.
    """
    with org_scope(org), org_tx():
        row = VerifiedCallerId.objects.filter(pk=verified_caller_id, status=VerificationStatus.VERIFIED).first()
        if row is None:
            raise NotFound("We could not find that number.")
        config = HybridForwardingConfig.objects.filter(verified_caller_id=row.pk).first()
        return _line(row, config, list_forwarding_numbers())


def get_config(*, org: Organization, forwarding_id: UUID) -> HybridForwardingConfig:
    """One forwarding.

    Raises:
        NotFound: the organisation has none of that id.
    """
    with org_scope(org), org_tx():
        config: HybridForwardingConfig | None = HybridForwardingConfig.objects.filter(pk=forwarding_id).first()
    if config is None:
        raise NotFound("We could not find that forwarding.")
    return config


def get_forwarding(*, org: Organization, verified_caller_id: UUID) -> HybridForwardingConfig:
    """The forwarding of a line.

    Raises:
        NotFound: no such line, or it has none.
    """
    with org_scope(org), org_tx():
        config: HybridForwardingConfig | None = HybridForwardingConfig.objects.filter(
            verified_caller_id=verified_caller_id
        ).first()
    if config is None:
        raise NotFound("There is no forwarding for that number yet.")
    return config


def find_forwarding_to(*, number: str) -> HybridForwardingConfig | None:
    """A line that may forward to this number of ours: to be told before it is given up. In a transaction."""
    found: HybridForwardingConfig | None = (
        HybridForwardingConfig.objects.filter(twilio_forwarding_number=number)
        .exclude(status="disabled")
        .order_by("created_at")
        .first()
    )
    return found


def _line(row: VerifiedCallerId, config: HybridForwardingConfig | None, numbers: Collection[str]) -> Line:
    return Line(
        id=row.pk,
        phone_number=row.phone_number,
        friendly_name=row.friendly_name,
        status=str(row.status),
        verified_at=row.verified_at,
        forwarding_id=config.pk if config else None,
        forwarding_status=str(config.status) if config else "",
        forwarding_type=str(config.forwarding_type) if config else "",
        carrier=str(config.carrier) if config else "",
        forwarding_number=config.twilio_forwarding_number if config else "",
        seen_working_at=config.seen_working_at if config else None,
        leads_nowhere=config is not None
        and config.status != ForwardingStatus.DISABLED
        and config.twilio_forwarding_number not in numbers,
    )
