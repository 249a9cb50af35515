"""How a verification call ended, as Twilio tells it: perhaps twice, perhaps after it was found out by looking."""

import re
from uuid import UUID

from django.http import QueryDict

from orgs.models import Organization
from telephony.forwarding.proofs import record_call_failed, record_confirmed
from telephony.models import VerifiedCallerId

_CALLER_ID = r"PN[0-9a-f]{32}"


def follow_verification(org: Organization, form: QueryDict, *, verification_id: UUID | None) -> bool:
    """Bring a verification up to date; False when it is none of ours, or not this call's any more.

    Inside the organisation's transaction.
    """
    if verification_id is None:
        return False
    row: VerifiedCallerId | None = VerifiedCallerId.objects.filter(pk=verification_id).first()
    if row is None or not _is_about(form, row):
        return False
    sid = form.get("OutgoingCallerIdSid", "")
    if form.get("VerificationStatus") == "success" and re.fullmatch(_CALLER_ID, sid):
        record_confirmed(org=org, row=row, sid=sid)
    elif form.get("VerificationStatus") == "failed":
        record_call_failed(org=org, row=row)
    else:
        return False
    return True


def _is_about(form: QueryDict, row: VerifiedCallerId) -> bool:
    """Whether it tells of the call that the row waits for, in the account that made it."""
    told = (form.get("AccountSid", ""), form.get("CallSid", ""), form.get("To", ""))
    return bool(row.twilio_call_sid) and told == (row.twilio_account_sid, row.twilio_call_sid, row.phone_number)
