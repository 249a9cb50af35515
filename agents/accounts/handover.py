"""A number that moves with its organisation to another account at Vapi.

Whether one number may be in two accounts is documented nowhere. Where Vapi says no, the entry in the account that was
left has to go first: at the last moment, with the assistant that is to answer waiting in the new one.
"""

import structlog

from agents.accounts.home import open_left_client
from agents.models import VapiAccount
from agents.numbers.leases import NumberLease
from orgs.scope import org_tx
from providers.vapi.client import VapiClient
from voxanne.errors import NotFoundAtProvider, Rejected

log = structlog.get_logger(__name__)

# Vapi's words are documented nowhere either; whatever else is wrong with a number must not cost the entry that works.
_TAKEN = ("identical", "already", "existing", "in use")


def make_way(client: VapiClient, lease: NumberLease, refusal: Rejected) -> bool:
    """Delete a number's entry in an account that its organisation has left; whether the import may be tried again.

    Raises:
        SealedTextUnreadable, ProviderError: that account could not be asked. LeaseLost: another worker has the number.
    """
    if not any(word in refusal.detail.lower() for word in _TAKEN):
        return False
    if not lease.assistant_id or client.find_assistant(lease.assistant_id) is None:
        return False
    with org_tx():
        left = list(VapiAccount.objects.exclude(left_at=None).order_by("-left_at"))
    return any(_delete_entry(open_left_client(row), lease) for row in left)


def _delete_entry(client: VapiClient, lease: NumberLease) -> bool:
    entries = client.list_phone_numbers()
    ours = (item for item in entries if (item.get("name"), item.get("number")) == (lease.name, lease.row.phone_number))
    entry = next(ours, None)
    if entry is None:
        return False
    lease.renew()
    try:
        client.delete_phone_number(str(entry["id"]))
    except NotFoundAtProvider:
        log.info("number.gone_already", vapi_id=str(entry["id"]))
    log.info("number.handed_over", number=str(lease.row.pk))
    return True
