"""The number at Vapi that an agent calls from: read, or found and written back where it is missing."""

from uuid import UUID

import structlog

from agents.models import Agent, AgentTwilioSettings
from agents.numbers.records import find_number_id
from credentials.errors import CredentialDisabled, CredentialUnreadable, NotConnected
from credentials.service import credential_service
from credentials.types import Provider
from credentials.vapi_accounts import vapi_client_for
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.vapi.client import VapiClient
from providers.vapi.readiness import is_vapi_id
from telephony.models import PhoneNumberMapping
from voxanne.clock import now

log = structlog.get_logger(__name__)


def ensure_phone_number_id(*, org: Organization, agent: Agent, client: VapiClient | None = None) -> str:
    """The id of the number that an agent calls from; found and written to the agent where it has none. "" for none.

    What stands in the agent's row and is no id of Vapi's (a phone number, say) counts as none.
    Call it with no transaction open: it may ask Vapi.

    Raises:
        ProviderError: our tables do not say, and Vapi could not be asked.
    """
    known = agent.vapi_phone_number_id
    if is_vapi_id(known):
        return known
    found = resolve_org_phone_number_id(org=org, agent_id=agent.pk, client=client) or ""
    if found:
        found = agent.vapi_phone_number_id = _write_back(org, agent.pk, known, found)
    return found


def resolve_org_phone_number_id(
    *, org: Organization, agent_id: UUID | None = None, client: VapiClient | None = None
) -> str | None:
    """Vapi's id of the organisation's number: from our tables, else by asking Vapi for its numbers. None for none.

    With `agent_id` an account of that agent's own decides, as it does for everything else. Only numbers that are
    proven to be the organisation's are looked for at Vapi, never the one it says of itself in its profile: the
    account holds those of other organisations too. Call it with no transaction open.

    Raises:
        ProviderError: our tables do not say, and Vapi could not be asked.
    """
    with org_scope(org):
        with org_tx():
            account = AgentTwilioSettings.objects.filter(agent_id=agent_id).first() if agent_id else None
            stored = find_number_id(agent_id)
            wanted = [account.phone_number] if account else _numbers_of(org)
        if is_vapi_id(stored):
            return stored
        return _ask_vapi(client or vapi_client_for(org.pk), wanted) if wanted else None


def _numbers_of(org: Organization) -> list[str]:
    """The organisation's numbers in E.164: those that the directory gives it, then its Twilio account's."""
    mapped = PhoneNumberMapping.objects.filter(is_wanted=True, is_active=True, source_agent_id=None).order_by("pk")
    numbers = list(mapped.values_list("phone_number", flat=True))
    try:
        numbers.append(credential_service.get(org.pk, Provider.TWILIO).phone_number)
    except (NotConnected, CredentialDisabled, CredentialUnreadable):
        log.debug("number.no_organisation_account")
    return numbers


def _ask_vapi(client: VapiClient, wanted: list[str]) -> str | None:
    ids = {str(entry.get("number")): str(entry["id"]) for entry in client.list_phone_numbers()}
    return next((ids[number] for number in wanted if number in ids), None)


def _write_back(org: Organization, agent_id: UUID, before: str, found: str) -> str:
    """Write the id to the agent; whoever has written one meanwhile keeps theirs. What stands there afterwards."""
    with org_scope(org), org_tx():
        row = Agent.objects.select_for_update().only("pk", "vapi_phone_number_id").get(pk=agent_id)
        if row.vapi_phone_number_id != before and is_vapi_id(row.vapi_phone_number_id):
            return row.vapi_phone_number_id
        Agent.objects.filter(pk=agent_id).update(vapi_phone_number_id=found, updated_at=now())
    log.info("agent.phone_number_resolved", agent=str(agent_id))
    return found
