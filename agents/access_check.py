"""Can this clinic's agents take and make calls? Asked of every provider on the way, one plain line a check."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from agents.errors import TwilioNotConnected
from agents.models import Agent, CallDirection, SyncState
from agents.payload import JsonObject, webhook_url
from agents.twilio import TwilioSource, twilio_for
from agents.vapi_audit import AuditFinding, Deviation, audit_assistants
from credentials import connections, verification
from credentials.calendars import CALENDARS
from credentials.errors import NotConnected
from credentials.vapi_accounts import find_own_key, prove_key, vapi_client_for
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.models import NumberState, PhoneNumberMapping
from voxanne.errors import DomainError, ProviderError, Unauthorized


class Verdict(StrEnum):
    """SKIPPED: there is nothing to check; the clinic can do without it."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class AccessCheck:
    """One link of the chain. `fix` says what to do, empty unless it failed."""

    name: str
    verdict: Verdict
    words: str
    fix: str = ""


Answers = Iterator[AccessCheck]


def check_access(org: Organization) -> list[AccessCheck]:
    """Every check for one organisation, in the order of a call. Call it with no transaction open; nothing changes."""
    with org_scope(org):
        with org_tx():
            agents = list(Agent.objects.order_by("call_direction", "-is_default", "pk"))
        checks: list[Callable[[Organization, list[Agent]], Answers]] = [
            _our_address, _vapi_key, _directions, _assistants, _twilio, _numbers, _calendars,
        ]  # fmt: skip
        return [answer for check in checks for answer in check(org, agents)]


def _ok(name: str, words: str) -> AccessCheck:
    return AccessCheck(name, Verdict.OK, words)


def _failed(name: str, words: str, fix: str) -> AccessCheck:
    return AccessCheck(name, Verdict.FAILED, words, fix)


def _our_address(org: Organization, agents: list[Agent]) -> Answers:
    if settings.BACKEND_URL.startswith("https://") or settings.SANDBOX:
        yield _ok("our address", f"Vapi reaches us at {webhook_url()}")
    else:
        yield _failed("our address", f"{webhook_url()} is not https", "Set BACKEND_URL to the public https address.")


def _vapi_key(org: Organization, agents: list[Agent]) -> Answers:
    try:
        key = find_own_key(org.pk)
        prove_key(key)
    except Unauthorized:
        fix = "Set VAPI_PRIVATE_KEY to the account's private key." if not key else "Replace the key in Integrations."
        yield _failed("Vapi key", "Vapi does not accept it", fix)
    except (DomainError, ProviderError) as error:
        yield _failed("Vapi key", _say(error), "Try again; if it stays so, look at Vapi's status page.")
    else:
        yield _ok("Vapi key", "accepted" if not key else "the clinic's own, accepted")


def _directions(org: Organization, agents: list[Agent]) -> Answers:
    for direction in CallDirection:
        name = f"{direction.label.lower()} agent"
        found = next((agent for agent in agents if agent.call_direction == direction), None)
        if found is None:
            yield _failed(name, "there is none", "Make one in Agents.")
        elif found.sync_state == SyncState.FAILED:
            yield _failed(name, found.sync_error or "Vapi did not take it", "Press Retry in Agents, or run sync_tools.")
        elif found.tools_error:
            yield _failed(name, found.tools_error, "Run sync_tools; its output says what Vapi refuses.")
        elif not found.is_in_step:
            yield _failed(name, "Vapi does not have the latest version yet", "Wait a minute, or run sync_tools.")
        else:
            yield _ok(name, f"{found.name} is in step with Vapi")


def _assistants(org: Organization, agents: list[Agent]) -> Answers:
    try:
        found = [item for item in audit_assistants(org) if item.deviation is not Deviation.DUPLICATE]
    except ProviderError as error:
        yield _failed("assistants at Vapi", _say(error), "Try again in a minute.")
        return
    for agent in agents:
        name = f"assistant of {agent.name}"
        own = [item for item in found if item.agent_id == agent.pk]
        if own:
            yield _failed(name, "; ".join(map(_describe, own)), "Run audit_vapi_tools --fix.")
        elif agent.vapi_assistant_id:
            yield _ok(name, "there, with our tools and address")


def _describe(item: AuditFinding) -> str:
    return f"{item.deviation.value.replace('_', ' ')} {item.what}".strip()


def _twilio(org: Organization, agents: list[Agent]) -> Answers:
    for agent in agents:
        name = f"Twilio for {agent.name}"
        try:
            resolved = twilio_for(org=org, agent=agent)
            verification.check(resolved.credentials)
        except TwilioNotConnected as missing:
            yield AccessCheck(name, Verdict.SKIPPED, missing.message)
        except (DomainError, ProviderError) as error:
            yield _failed(name, _say(error), "Connect the account again in Integrations or on the agent's page.")
        else:
            whose = "its own account" if resolved.source is TwilioSource.AGENT else "the clinic's account"
            yield _ok(name, f"{whose} works and has the number")


def _numbers(org: Organization, agents: list[Agent]) -> Answers:
    with org_tx():
        rows = list(PhoneNumberMapping.objects.filter(is_wanted=True).order_by("phone_number"))
    if not rows:
        yield AccessCheck("numbers", Verdict.SKIPPED, "no number leads here: only simulated and browser calls work")
        return
    try:
        known = {item["id"]: item for item in vapi_client_for(org.pk).list_phone_numbers()}
    except (DomainError, ProviderError) as error:
        yield _failed("numbers", _say(error), "Try again in a minute.")
        return
    ours = {agent.vapi_assistant_id for agent in agents if agent.vapi_assistant_id}
    for row in rows:
        yield _number(row, known.get(row.vapi_phone_number_id), ours)


def _number(row: PhoneNumberMapping, at_vapi: JsonObject | None, ours: set[str]) -> AccessCheck:
    name = f"number ending {row.phone_number[-4:]}"
    retry = "Press Retry beside the number in Integrations."
    if row.sync_state == NumberState.NEEDS_ATTENTION:
        return _failed(name, row.sync_error or "it could not be connected", retry)
    if at_vapi is None:
        return _failed(name, "Vapi does not know it", retry)
    assistant_id = at_vapi.get("assistantId")
    if assistant_id and assistant_id not in ours:
        return _failed(name, "at Vapi it leads to somebody else's assistant", retry)
    if not assistant_id and (at_vapi.get("server") or {}).get("url") != webhook_url():
        return _failed(name, "at Vapi it leads to no assistant and does not ask us", retry)
    return _ok(name, "leads straight to an agent" if assistant_id else "Vapi asks us for every call")


def _calendars(org: Organization, agents: list[Agent]) -> Answers:
    for provider in CALENDARS:
        try:
            verdict = connections.verify(org=org, provider=provider)
        except NotConnected:
            yield AccessCheck(provider.label, Verdict.SKIPPED, "not connected: the diary alone says what is free")
        except (DomainError, ProviderError) as error:
            yield _failed(provider.label, _say(error), "Reconnect the calendar in Integrations.")
        else:
            if verdict.is_valid:
                yield _ok(provider.label, "can be read")
            else:
                yield _failed(provider.label, verdict.error, "Reconnect the calendar in Integrations.")


def _say(error: DomainError | ProviderError) -> str:
    """A sentence for people; a provider's own words may repeat what was sent, so only what happened is kept."""
    if isinstance(error, DomainError):
        return error.message
    return f"{error.provider} answered with {type(error).__name__}"
