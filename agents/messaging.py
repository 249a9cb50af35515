"""Agents' own Twilio accounts, for the messages of a lower room."""

from uuid import UUID

from agents.errors import TwilioNotConnected
from agents.models import Agent, AgentTwilioSettings
from agents.twilio import read_credentials, twilio_for
from credentials.types import TwilioCredentials
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.messaging.errors import TwilioNotConfigured
from voxanne.errors import DomainError


def serving_account(org: Organization, agent_id: UUID) -> TwilioCredentials:
    """The account that an agent's texts go through.

    Raises:
        TwilioNotConfigured: none serves it, or there is no such agent here.
        AgentTwilioUnreadable, CredentialUnreadable: there is one that cannot be decrypted.
    """
    with org_scope(org), org_tx():
        agent = Agent.objects.filter(pk=agent_id).first()
    if agent is None:
        raise TwilioNotConfigured
    try:
        return twilio_for(org=org, agent=agent).credentials
    except TwilioNotConnected as missing:
        raise TwilioNotConfigured(f"Twilio not configured. {missing.message}") from missing


def list_accounts_named(org: Organization, account_sid: str) -> list[TwilioCredentials]:
    """The agents' own accounts with that SID, as far as they can be read."""
    with org_scope(org), org_tx():
        agents = list(AgentTwilioSettings.objects.filter(account_sid=account_sid).values_list("agent_id", flat=True))
    return [account for agent_id in agents if (account := _find_readable(org, agent_id)) is not None]


def _find_readable(org: Organization, agent_id: UUID) -> TwilioCredentials | None:
    try:
        return read_credentials(org=org, agent_id=agent_id)
    except DomainError:
        return None
