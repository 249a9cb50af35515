"""Agents' own Twilio accounts: reading, replacing and removing them, and which account serves an agent."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError

from agents.errors import AgentTwilioUnreadable, TwilioNotConnected
from agents.measures import TWILIO_USES
from agents.models import Agent, AgentTwilioSettings
from agents.numbers.wanted import settle_numbers
from credentials.errors import CredentialDisabled, NotConnected, SealedTextUnreadable
from credentials.fields import build, read_values
from credentials.sealing import Sealed, open_in_row, seal_in_row
from credentials.service import credential_service
from credentials.types import Provider, Secret, TwilioCredentials
from credentials.verification import check
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.messaging.numbers import note_account
from voxanne.errors import BadInput, DomainError, NotFound

log = structlog.get_logger(__name__)

TABLE, COLUMN = "agent_twilio_settings", "auth_token_encrypted"
_DOTS = "•" * 8
_SHOWN_OF_TOKEN = 4
FIELDS = ("accountSid", "authToken", "phoneNumber")


class TwilioSource(StrEnum):
    """Whose account serves an agent."""

    AGENT = "agent"
    FALLBACK = "fallback"


@dataclass(frozen=True)
class OwnTwilio:
    """An agent's own account, as far as people may see it. `problem` says why its token cannot be used, else ""."""

    account_sid: str
    phone_number: str
    masked_token: str
    problem: str = ""


@dataclass(frozen=True)
class TwilioView:
    """Whose account serves an agent, for its page.

    Attributes:
        own: its own account, None when it has none.
        source: whose serves it, None when nothing resolves; `problem` then says why.
        phone_number: of the account that serves it, "" without one.
    """

    own: OwnTwilio | None
    source: TwilioSource | None = None
    phone_number: str = ""
    problem: str = ""


@dataclass(frozen=True)
class ResolvedTwilio:
    """The account that serves an agent, and whose it is."""

    credentials: TwilioCredentials
    source: TwilioSource


def twilio_for(*, org: Organization, agent: Agent) -> ResolvedTwilio:
    """The account for a message or call of an agent: its own, else the organisation's. Each use is counted.

    Adapters get these credentials handed in; they never look them up.

    Raises:
        TwilioNotConnected: neither has one, or the organisation's may not stand in (`TWILIO_ORG_FALLBACK`).
        AgentTwilioUnreadable, CredentialUnreadable: there is one that cannot be decrypted; no other stands in for it.
    """
    try:
        with org_scope(org), org_tx():
            resolved = _resolve(org, _find_row(agent.pk))
    except DomainError:
        TWILIO_USES.labels("none").inc()
        raise
    TWILIO_USES.labels(resolved.source.value).inc()
    return resolved


def view_twilio(*, org: Organization, agent: Agent) -> TwilioView:
    """What the agent's page and API show. Nothing is counted; one query of ours, inside the open transaction."""
    row = _find_row(agent.pk)
    own = _show(row) if row else None
    try:
        resolved = _resolve(org, row)
    except DomainError as missing:
        return TwilioView(own, problem=missing.message)
    return TwilioView(own, resolved.source, resolved.credentials.phone_number)


def read_credentials(*, org: Organization, agent_id: UUID) -> TwilioCredentials:
    """An agent's own account.

    Raises:
        TwilioNotConnected: it has none.
        AgentTwilioUnreadable: its token cannot be decrypted.
    """
    with org_scope(org), org_tx():
        row = _find_row(agent_id)
    if row is None:
        raise TwilioNotConnected
    return _open(row)


def find_own_twilio(*, org: Organization, agent_id: UUID) -> OwnTwilio | None:
    """What may be shown of an agent's own account, None when it has none.

    Raises:
        NotFound: no such agent here.
    """
    with org_scope(org), org_tx():
        if not Agent.objects.filter(pk=agent_id).exists():
            raise NotFound("We could not find that agent.")
        row = _find_row(agent_id)
    return _show(row) if row else None


def save_own_twilio(*, org: Organization, agent_id: UUID, given: Mapping[str, Any], actor: Actor) -> OwnTwilio:
    """Verify an account with Twilio and let it serve one agent; all or nothing. Call it with no transaction open.

    Args:
        given: accountSid, authToken and phoneNumber as they were typed. The token's mask, or an empty token, keeps
            the one that is stored for the same account.

    Raises:
        NotFound: no such agent here.
        BadInput: `fields` names what is missing or malformed, or which field another agent of the clinic holds.
        CredentialRefused: Twilio does not accept it. ProviderUnreachable: Twilio did not answer.
        NumberTaken: another organisation answers the number. In each case nothing was changed.
    """
    with org_scope(org):
        credentials = _read(org, agent_id, given)
        check(credentials)
        with org_tx():
            store_own_twilio(org=org, agent_id=agent_id, credentials=credentials, actor=actor)
    log.info("agent_twilio.saved", agent=str(agent_id))
    token = credentials.auth_token.reveal()
    return OwnTwilio(credentials.account_sid, credentials.phone_number, mask_token(token))


def store_own_twilio(*, org: Organization, agent_id: UUID, credentials: TwilioCredentials, actor: Actor) -> None:
    """Store an account that was verified, and have its number follow. Inside the caller's transaction.

    Raises:
        NotFound, BadInput, NumberTaken: as `save_own_twilio`; the transaction must be rolled back.
    """
    agent = Agent.objects.select_for_update().filter(pk=agent_id).first()
    if agent is None:
        raise NotFound("We could not find that agent.")
    sealed = seal_in_row(org.pk, table=TABLE, column=COLUMN, row=str(agent_id), text=credentials.auth_token.reveal())
    values = {
        "account_sid": credentials.account_sid,
        "phone_number": credentials.phone_number,
        "auth_token_encrypted": sealed.text,
        "key_commitment": sealed.commitment,
        "key_fingerprint": sealed.key_id,
        "encryption_version": sealed.version,
    }
    try:
        with org_tx():
            row, made = AgentTwilioSettings.objects.update_or_create(agent=agent, defaults=values)
    except IntegrityError as error:
        if "agent_twilio_settings_org_number_key" in str(error):
            raise BadInput(fields={"phoneNumber": ["Another of your agents has this number."]}) from error
        raise
    action = "agent.twilio_connected" if made else "agent.twilio_replaced"
    audit.record(actor, action, agent, settings=str(row.pk))
    note_account(org=org, agent_id=agent.pk, account=credentials)
    settle_numbers(org=org, changed=agent.pk)


def remove_own_twilio(*, org: Organization, agent_id: UUID, actor: Actor) -> bool:
    """Let an agent go back to the organisation's account. False when it had none of its own.

    Raises:
        NotFound: no such agent here.
    """
    with org_scope(org), org_tx():
        agent = Agent.objects.select_for_update().filter(pk=agent_id).first()
        if agent is None:
            raise NotFound("We could not find that agent.")
        deleted, _ = AgentTwilioSettings.objects.filter(agent=agent).delete()
        if deleted:
            audit.record(actor, "agent.twilio_disconnected", agent)
            note_account(org=org, agent_id=agent.pk, account=None)
            settle_numbers(org=org, changed=agent.pk)
    return bool(deleted)


def mask_token(token: str) -> str:
    """`••••••••1234`: enough to tell two tokens apart."""
    return f"{_DOTS}{token[-_SHOWN_OF_TOKEN:]}"


def _find_row(agent_id: UUID) -> AgentTwilioSettings | None:
    row: AgentTwilioSettings | None = AgentTwilioSettings.objects.filter(agent_id=agent_id).first()
    return row


def _resolve(org: Organization, row: AgentTwilioSettings | None) -> ResolvedTwilio:
    if row is not None:
        return ResolvedTwilio(_open(row), TwilioSource.AGENT)
    if not settings.TWILIO_ORG_FALLBACK:
        raise TwilioNotConnected("This agent has no Twilio account of its own. Connect one on the agent's page.")
    try:
        return ResolvedTwilio(credential_service.get(org.pk, Provider.TWILIO), TwilioSource.FALLBACK)
    except NotConnected as missing:
        raise TwilioNotConnected from missing
    except CredentialDisabled as off:
        raise TwilioNotConnected(f"{off.message} Connect it again there, or connect this agent's own account.") from off


def _show(row: AgentTwilioSettings) -> OwnTwilio:
    try:
        masked, problem = mask_token(_open(row).auth_token.reveal()), ""
    except AgentTwilioUnreadable as unreadable:
        masked, problem = _DOTS, unreadable.message
    return OwnTwilio(row.account_sid, row.phone_number, masked, problem)


def _read(org: Organization, agent_id: UUID, given: Mapping[str, Any]) -> TwilioCredentials:
    """Check the shape of what was typed, the stored token standing in for its mask."""
    existing = find_own_twilio(org=org, agent_id=agent_id)
    values, kept = {name: given.get(name) for name in FIELDS}, {}
    if existing is not None and not existing.problem and _says(values["accountSid"], existing.account_sid):
        kept["authToken"] = read_credentials(org=org, agent_id=agent_id).auth_token.reveal()
        if _says(values["authToken"], existing.masked_token):
            values["authToken"] = ""
    elif isinstance(values["authToken"], str) and _DOTS[0] in values["authToken"]:
        values["authToken"] = ""
    credentials = build(Provider.TWILIO, read_values(Provider.TWILIO, values, kept=kept))
    return cast("TwilioCredentials", credentials)


def _says(given: Any, text: str) -> bool:
    return isinstance(given, str) and given.strip() == text


def _open(row: AgentTwilioSettings) -> TwilioCredentials:
    sealed = Sealed(row.auth_token_encrypted, row.key_commitment, row.key_fingerprint, row.encryption_version)
    try:
        token = open_in_row(row.org_id, table=TABLE, column=COLUMN, row=str(row.agent_id), sealed=sealed)
    except SealedTextUnreadable as broken:
        log.warning("agent_twilio.unreadable", agent=str(row.agent_id), damage=broken.damage.value)
        raise AgentTwilioUnreadable from broken
    return TwilioCredentials(account_sid=row.account_sid, auth_token=Secret(token), phone_number=row.phone_number)
