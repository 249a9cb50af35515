"""The subaccount of an organisation: one, made once, its token sealed. It keeps the organisation's usage apart.

The numbers stay with the master account, which is why they are imported with its credentials (invariant 7).
"""

from datetime import timedelta
from uuid import uuid4

from credentials.errors import SealedTextUnreadable
from credentials.sealing import Sealed, open_in_row, seal_in_row
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.twilio.master import MasterTwilioClient
from providers.twilio.types import Subaccount
from telephony.errors import SubaccountBusy
from telephony.models import TwilioSubaccount
from voxanne.clock import now
from voxanne.failpoints import failpoint

TABLE, COLUMN = "twilio_subaccounts", "auth_token_encrypted"
LEASE_S = 60


def ensure_subaccount(*, org: Organization, client: MasterTwilioClient) -> str:
    """The SID of the organisation's subaccount; made, or found after a lost answer, where it has none yet.

    Call it with no transaction open. Safe to run twice: it is looked for by its name before it is made.

    Raises:
        SubaccountBusy: another worker is making it.
        ProviderError: Twilio refused, or could not be asked.
    """
    with org_scope(org):
        row = _claim(org)
        if row.account_sid:
            return row.account_sid
        try:
            found = client.find_subaccount(row.name_at_twilio)
            if found is None:
                failpoint("subaccount.claimed")
                found = client.create_subaccount(row.name_at_twilio)
            failpoint("subaccount.made")
            return _record(org, row, found)
        finally:
            _let_go(row)


def find_subaccount_token(org: Organization, account_sid: str) -> str:
    """The token that signs for the organisation's subaccount; "" when that SID is not its, or cannot be read."""
    with org_scope(org), org_tx():
        row = TwilioSubaccount.objects.filter(account_sid=account_sid).first() if account_sid else None
    if row is None:
        return ""
    sealed = Sealed(row.auth_token_encrypted, row.key_commitment, row.key_fingerprint, row.encryption_version)
    try:
        return open_in_row(org.pk, table=TABLE, column=COLUMN, row=str(row.pk), sealed=sealed)
    except SealedTextUnreadable:
        return ""


def _claim(org: Organization) -> TwilioSubaccount:
    moment = now()
    with org_tx():
        TwilioSubaccount.objects.bulk_create([TwilioSubaccount(org=org)], ignore_conflicts=True)
        row: TwilioSubaccount = TwilioSubaccount.objects.select_for_update().get()
        if row.account_sid:
            return row
        if row.claimed_until is not None and row.claimed_until > moment:
            raise SubaccountBusy
        row.claim, row.claimed_until = uuid4(), moment + timedelta(seconds=LEASE_S)
        row.save(update_fields=["claim", "claimed_until", "updated_at"])
    return row


def _record(org: Organization, claimed: TwilioSubaccount, made: Subaccount) -> str:
    """Keep what was made; the first to record it decides."""
    sealed = seal_in_row(org.pk, table=TABLE, column=COLUMN, row=str(claimed.pk), text=made.auth_token)
    with org_tx():
        row: TwilioSubaccount = TwilioSubaccount.objects.select_for_update().get(pk=claimed.pk)
        if row.account_sid:
            return row.account_sid
        row.account_sid = made.sid
        row.auth_token_encrypted, row.key_commitment = sealed.text, sealed.commitment
        row.key_fingerprint, row.encryption_version = sealed.key_id, sealed.version
        row.save()
        audit.record(Actor.system(org.pk), "subaccount.made", row)
    return made.sid


def _let_go(row: TwilioSubaccount) -> None:
    with org_tx():
        TwilioSubaccount.objects.filter(pk=row.pk, claim=row.claim).update(claim=None, claimed_until=None)
