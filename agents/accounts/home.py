"""Where a clinic's things at Vapi belong now. A change of account is noticed here, by whoever syncs next."""

from datetime import datetime

from agents.models import Agent, SyncState, VapiAccount
from agents.numbers.leases import name_at_vapi
from agents.numbers.wanted import follow_vapi_account
from credentials.sealing import Sealed, open_in_row, seal_in_row
from credentials.types import Provider, Secret
from credentials.vapi_accounts import client_with, read_own_key
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.vapi.client import VapiClient, platform_client
from telephony.models import NumberSource, PhoneNumberMapping
from voxanne.clock import now

TABLE, COLUMN = "vapi_accounts", "key_encrypted"


def open_client(org: Organization) -> VapiClient:
    """The client with which the organisation's things are to be kept now. Call it with no transaction open.

    When that is another account than before, the one before is noted as left, and every agent and number is brought
    in step anew: with this sync, and with those of the sweepers.

    Raises:
        CredentialDisabled, CredentialUnreadable: it may have a key of its own, and that cannot be read.
    """
    key = read_own_key(org.pk)
    client = client_with(key) if key else platform_client()
    with org_scope(org), org_tx():
        if _current_account() != client.account:
            _move(org, client.account, key)
    return client


def open_left_client(row: VapiAccount) -> VapiClient:
    """The client of an account that was left.

    Raises:
        SealedTextUnreadable: its key can no longer be opened.
    """
    if not row.account:
        return platform_client()
    sealed = Sealed(row.key_encrypted, row.key_commitment, row.key_fingerprint, row.encryption_version)
    return client_with(Secret(open_in_row(row.org_id, table=TABLE, column=COLUMN, row=str(row.pk), sealed=sealed)))


def bring_in_step(org: Organization) -> None:
    """Have every agent and number synced once more. Inside the open transaction."""
    known = Agent.objects.exclude(vapi_assistant_id="")
    known.update(sync_state=SyncState.SYNCING, sync_attempts=0, sync_due_at=now(), updated_at=now())
    follow_vapi_account(org, Provider.VAPI)


def _current_account() -> str:
    return VapiAccount.objects.filter(left_at=None).values_list("account", flat=True).first() or ""


def _move(org: Organization, account: str, key: Secret | None) -> None:
    list(Agent.objects.select_for_update().order_by("pk").values_list("pk"))  # one worker at a time
    before = _current_account()
    if before == account:
        return
    moment = now()
    _leave(before, moment)
    if key is None:
        VapiAccount.objects.filter(account="").delete()  # back in the platform's: nothing there is to be removed
    else:
        _settle_in(org, account, key)
    audit.record(Actor.system(org.pk), "vapi_account.changed", own=bool(account))
    bring_in_step(org)


def _leave(account: str, moment: datetime) -> None:
    # Numbers that we bought stay in our account (`agents.numbers.sync`).
    ids = PhoneNumberMapping.objects.exclude(source=NumberSource.MANAGED).values_list("pk", flat=True)
    VapiAccount.objects.update_or_create(
        account=account,
        defaults={
            "left_at": moment,
            "due_at": moment,
            "names": [name_at_vapi(number_id) for number_id in ids],
            "answered_at": None,
            "emptied_at": None,
            "attempts": 0,
        },
    )


def _settle_in(org: Organization, account: str, key: Secret) -> None:
    row = VapiAccount.objects.filter(account=account).first() or VapiAccount(org=org, account=account)
    sealed = seal_in_row(org.pk, table=TABLE, column=COLUMN, row=str(row.pk), text=key.reveal())
    row.key_encrypted, row.key_commitment = sealed.text, sealed.commitment
    row.key_fingerprint, row.encryption_version = sealed.key_id, sealed.version
    row.left_at = row.due_at = row.claim = row.claimed_until = None
    row.save()
