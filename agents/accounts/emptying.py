"""What is ours in an account at Vapi that an organisation has left, and deleting it there.

Assistants are known by their metadata, numbers and their credentials by their names. What is in use now is never
deleted, in whichever account it is found.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import structlog

from agents.accounts.leases import AccountLease
from agents.models import Agent, PlatformRegistration, RegistrationKind
from agents.numbers.leases import name_at_vapi
from agents.webhook_credentials import org_credential_name
from orgs.models import Organization
from orgs.scope import service_tx
from providers.vapi.client import JsonObject, VapiClient
from telephony.models import PhoneNumberMapping
from voxanne.clock import now
from voxanne.errors import NotFoundAtProvider

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ours:
    """How an organisation's things are called at Vapi, and the ids of those that calls depend on now."""

    org_id: str
    names: frozenset[str]
    in_use: frozenset[str]
    assistants_in_use: frozenset[str]

    def may_go(self, items: Iterable[JsonObject]) -> list[str]:
        """The ids of those numbers and credentials of ours that nothing depends on."""
        return [str(item["id"]) for item in items if item.get("name") in self.names and item["id"] not in self.in_use]

    def assistants_that_may_go(self, items: Iterable[JsonObject]) -> list[str]:
        """The ids of those assistants of ours that nothing depends on."""
        ours = [str(item["id"]) for item in items if (item.get("metadata") or {}).get("orgId") == self.org_id]
        return [assistant_id for assistant_id in ours if assistant_id not in self.assistants_in_use]


@dataclass(frozen=True)
class Emptied:
    """How much was deleted."""

    assistants: int
    numbers: int
    credentials: int


def find_ours(org: Organization, *, names: Collection[str]) -> Ours:
    """What the rows say. Inside the open transaction.

    Args:
        names: of numbers that were there when the account was left; their rows may be gone by now.
    """
    rows = list(PhoneNumberMapping.objects.values_list("pk", "vapi_phone_number_id", "vapi_credential_id"))
    assistants = Agent.objects.exclude(vapi_assistant_id="").values_list("vapi_assistant_id", flat=True)
    return Ours(
        org_id=str(org.pk),
        names=frozenset({*names, *(name_at_vapi(row_id) for row_id, _, _ in rows)}),
        in_use=frozenset(vapi_id for _, *vapi_ids in rows for vapi_id in vapi_ids if vapi_id),
        assistants_in_use=frozenset(assistants),
    )


def answers_here(client: VapiClient, ours: Ours) -> bool:
    """Whether the account is the present one after all, under another key: what answers now is in it."""
    return any(client.find_assistant(assistant_id) for assistant_id in sorted(ours.assistants_in_use))


def empty(client: VapiClient, lease: AccountLease, ours: Ours) -> Emptied:
    """Delete the organisation's numbers, their credentials and its assistants. Harmless for what is gone already.

    Raises:
        LeaseLost: the organisation has come back, or another worker is at it; what was deleted until then is gone.
        ProviderError: Vapi did not do it; the next attempt goes on.
    """
    numbers = ours.may_go(client.list_phone_numbers())
    _delete(client.delete_phone_number, numbers, lease)
    credentials = ours.may_go(item for item in client.iter_credentials() if item.get("provider") == "twilio")
    _delete(client.delete_credential, credentials, lease)
    assistants = ours.assistants_that_may_go(client.iter_assistants())
    _delete(client.delete_assistant, assistants, lease)
    return Emptied(len(assistants), len(numbers), len(credentials))


def retire_registrations(org: Organization, account: str) -> None:
    """Have what was registered for the organisation deleted, as soon as nobody in that account refers to it.

    Of the platform's account that is its webhook credential alone. Whoever else has a clinic's account wants its
    registrations again with the next sync.
    """
    with service_tx("retire what an account was left with"):
        rows = PlatformRegistration.objects.filter(account=account, retired_at=None)
        if not account:
            rows = rows.filter(kind=RegistrationKind.CREDENTIAL, name=org_credential_name(org))
        rows.update(retired_at=now())


def _delete(remove: Callable[[str], None], vapi_ids: list[str], lease: AccountLease) -> None:
    for vapi_id in vapi_ids:
        lease.renew()
        try:
            remove(vapi_id)
        except NotFoundAtProvider:
            log.info("vapi_account.gone_already", vapi_id=vapi_id)
