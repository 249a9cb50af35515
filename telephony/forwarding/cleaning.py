"""Every night: verifications that came to nothing."""

from datetime import timedelta

from django.db.models import Exists, OuterRef

from orgs.scope import service_tx
from telephony.models import ForwardingStatus, HybridForwardingConfig, VerificationStatus, VerifiedCallerId
from voxanne.clock import now

GRACE = timedelta(minutes=10)
KEPT_FOR = timedelta(hours=24)
_ENDED = (VerificationStatus.FAILED, VerificationStatus.EXPIRED)


def clean_up() -> tuple[int, int]:
    """Expire codes that ran out over ten minutes ago, and delete what failed or expired over a day ago.

    Returns how many each. A row whose line forwards is left alone, whatever its status.
    """
    moment = now()
    forwarding = HybridForwardingConfig.across_orgs.filter(
        org_id=OuterRef("org_id"), verified_caller_id=OuterRef("pk"), status=ForwardingStatus.ACTIVE
    )
    with service_tx("verifications of any organisation may have come to nothing"):
        rows = VerifiedCallerId.across_orgs.exclude(Exists(forwarding))
        ended = rows.filter(status__in=_ENDED, updated_at__lte=moment - KEPT_FOR)
        deleted = ended.count()
        ended.delete()
        expired = rows.filter(
            status=VerificationStatus.PENDING, verification_code_expires_at__lte=moment - GRACE
        ).update(status=VerificationStatus.EXPIRED, verification_code_hash="", updated_at=moment)
    return expired, deleted
