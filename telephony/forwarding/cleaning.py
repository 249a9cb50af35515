"""Every night: verifications that came to nothing, here and in the platform's account at Twilio."""

from datetime import timedelta

import structlog
from django.db.models import Exists, OuterRef

from orgs.scope import service_tx
from telephony.forwarding.accounts import find_platforms_account, read_platforms_tag
from telephony.models import ForwardingStatus, HybridForwardingConfig, VerificationStatus, VerifiedCallerId
from voxanne.clock import now
from voxanne.errors import ProviderError

log = structlog.get_logger(__name__)

GRACE = timedelta(minutes=10)
KEPT_FOR = timedelta(hours=24)
# More than this in one account are left for another night's look.
MOST_ENTRIES = 5000
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


def forget_left_behind() -> int:
    """Remove from the platform's account what our calls proved there for lines that are gone; how many.

    Somebody keyed a code in and never came back, or an organisation has left: while Twilio lists the number nobody
    else could verify it. Only entries that are named for a row of ours are looked at. No transaction is open.
    """
    account = find_platforms_account()
    if account is None:
        return 0
    client, forgotten = account.client(), 0
    try:
        listed = client.list_caller_ids(limit=MOST_ENTRIES)
        named = {row_id: item.sid for item in listed if (row_id := read_platforms_tag(item.friendly_name))}
        with service_tx("entries at Twilio may be of lines that are gone"):
            known = set(VerifiedCallerId.across_orgs.filter(pk__in=named).values_list("pk", flat=True))
        for row_id in named.keys() - known:
            client.delete_caller_id(named[row_id])
            forgotten += 1
    except ProviderError as error:
        log.warning("lines.not_forgotten_at_twilio", error=str(error))
    return forgotten
