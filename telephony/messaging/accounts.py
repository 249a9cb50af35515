"""Whose account carries a message: the agent's own, else the organisation's. Never the platform's.

Agents live in a higher room, which registers how their accounts are found.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from credentials.errors import CredentialDisabled, CredentialError, NotConnected
from credentials.service import credential_service
from credentials.types import Provider, ResendCredentials, TwilioCredentials
from orgs.directory import Directory
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.master_account import find_master_token
from telephony.messaging.errors import EmailNotConfigured, TwilioNotConfigured, WhatsAppNotConfigured
from telephony.models import Channel, TwilioAccount
from telephony.subaccounts import find_subaccount_token

WHATSAPP = "whatsapp:"


@dataclass(frozen=True)
class AgentAccounts:
    """How the agents' own accounts are found.

    Attributes:
        serving: the account that serves an agent, the organisation's standing in where that is allowed; raises
            `TwilioNotConfigured` without one.
        named: the agents' own accounts with this SID.
    """

    serving: Callable[[Organization, UUID], TwilioCredentials]
    named: Callable[[Organization, str], list[TwilioCredentials]]


_agents: list[AgentAccounts] = []
_directory = Directory(
    function="org_of_twilio", form=r"AC[0-9a-f]{32} (\+[1-9]\d{6,14})?", name="twilio_accounts", max_entries=5000
)


def register_agent_accounts(accounts: AgentAccounts) -> None:
    """Let agents have accounts of their own. Registering again replaces it."""
    _agents[:] = [accounts]


def twilio_account(*, org: Organization, agent_id: UUID | None, channel: Channel) -> TwilioCredentials:
    """The account that a text goes through.

    Raises:
        TwilioNotConfigured, WhatsAppNotConfigured: there is none, or none that can do this.
        CredentialUnreadable, AgentTwilioUnreadable: there is one that cannot be decrypted; no other stands in.
    """
    if agent_id is not None and _agents:
        account = _agents[0].serving(org, agent_id)
    else:
        try:
            account = credential_service.get(org.pk, Provider.TWILIO)
        except (NotConnected, CredentialDisabled) as missing:
            raise TwilioNotConfigured from missing
    if channel == Channel.WHATSAPP and not account.whatsapp_number:
        raise WhatsAppNotConfigured
    return account


def resend_account(*, org: Organization) -> ResendCredentials:
    """The account that an email goes through.

    Raises:
        EmailNotConfigured: there is none. CredentialUnreadable: it cannot be decrypted.
    """
    try:
        return credential_service.get(org.pk, Provider.RESEND)
    except (NotConnected, CredentialDisabled) as missing:
        raise EmailNotConfigured from missing


def resend_name(account: ResendCredentials) -> str:
    """Names an account at Resend without telling its key, to know whether a repeat goes through the same one."""
    return hashlib.sha256(f"resend account {account.api_key.reveal()}".encode()).hexdigest()[:32]


def find_org_for_account(account_sid: str, number: str) -> UUID | None:
    """The organisation that has this Twilio account, with this number (E.164 or "") where several share it.

    None when nobody has it, or nobody can say which of several. Ask it outside of transactions.
    """
    return _directory.find_org(f"{account_sid} {number}")


def list_tokens(org: Organization, account_sid: str, number: str = "") -> Iterator[str]:
    """The tokens that may have signed for this account: the organisation's, its agents', or ours of a managed number.

    Args:
        number: the organisation's number that it is about. Only what concerns a number that we bought for them may
            be signed for the account that owns the numbers of all organisations.
    """
    try:
        own = credential_service.get(org.pk, Provider.TWILIO)
    except CredentialError:
        own = None
    if own is not None and own.account_sid == account_sid:
        yield own.auth_token.reveal()
    for accounts in _agents:
        yield from (account.auth_token.reveal() for account in accounts.named(org, account_sid))
    yield from _platform_tokens(org, account_sid, number)


def _platform_tokens(org: Organization, account_sid: str, number: str) -> Iterator[str]:
    if token := find_subaccount_token(org, account_sid):
        yield token
    master = find_master_token(account_sid)
    if master and number:
        with org_scope(org), org_tx():
            ours = TwilioAccount.objects.filter(account_sid=account_sid, phone_number=number, is_managed=True).exists()
        if ours:
            yield master
