"""Making Vapi know a number as it is saved, or forget it: imported exactly once, whatever happens in between."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog

from agents.accounts.handover import make_way
from agents.accounts.home import open_client
from agents.errors import LeaseLost, NumberNotKept
from agents.measures import measured_sync
from agents.numbers.leases import NumberLease, take_number_lease
from agents.numbers.records import record_connected, record_failure, record_forgotten
from agents.numbers.words import say
from agents.retirement import forget_missing
from agents.twilio import read_credentials
from agents.webhook_credentials import ensure_org_credential
from credentials.service import credential_service
from credentials.types import Provider, TwilioCredentials
from orgs.models import Organization
from orgs.scope import org_scope
from providers.vapi.client import JsonObject, VapiClient, platform_client
from telephony.master_account import get_master_credentials
from telephony.models import NumberSource
from voxanne.errors import DomainError, NotFoundAtProvider, ProviderError, Rejected
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

# A number that is saved again while it is synced is synced again at once, this often; then the sweeper takes over.
ROUNDS = 3


class NumberOutcome(StrEnum):
    """What became of one attempt."""

    IMPORTED = "imported"
    ADOPTED = "adopted"
    UPDATED = "updated"
    FORGOTTEN = "forgotten"
    BUSY = "busy"
    LOST = "lost"
    FAILED = "failed"


@measured_sync("number", lambda outcome: outcome)
def reconcile_number(
    *, org: Organization, row_id: UUID | str, client: VapiClient | None = None, rounds: int = ROUNDS
) -> NumberOutcome:
    """Make Vapi match one saved number. Safe to run twice, at once, or after a crash at any point.

    Call it with no transaction open. Never raises for what Vapi does: that stands in the number's row
    (`needs_attention`, a plain sentence), and the sweeper tries again.
    """
    outcome = NumberOutcome.BUSY
    with org_scope(org):
        for _ in range(rounds):
            lease = take_number_lease(row_id=UUID(str(row_id)))
            if lease is None:
                return outcome
            outcome, is_done = _sync_under(lease, org, client)
            if is_done:
                return outcome
    return outcome


def _sync_under(lease: NumberLease, org: Organization, client: VapiClient | None) -> tuple[NumberOutcome, bool]:
    try:
        client = client or _client_for(org, lease)
        outcome, is_done = _import(client, org, lease) if lease.row.is_wanted else _forget(client, org, lease)
    except LeaseLost:
        return NumberOutcome.LOST, True
    except (ProviderError, DomainError) as error:
        log.warning("number.sync_failed", number=str(lease.row.pk), error=_describe(error))
        record_failure(org=org, lease=lease, sentence=say(error))
        return NumberOutcome.FAILED, True
    finally:
        lease.release()
    log.info("number.synced", number=str(lease.row.pk), outcome=outcome.value)
    return outcome, is_done


def _import(client: VapiClient, org: Organization, lease: NumberLease) -> tuple[NumberOutcome, bool]:
    twilio = _credentials_for(org, lease)
    credential_id = _ensure_credential(client, lease, twilio)
    outcome, number_id = _ensure_answered_number(client, org, lease, twilio)
    failpoint("numbers.before_record")
    return outcome, record_connected(org=org, lease=lease, credential_id=credential_id, number_id=number_id)


def _client_for(org: Organization, lease: NumberLease) -> VapiClient:
    """A number of ours goes into our account at Vapi: the master account's token is for nobody else to see."""
    return platform_client() if lease.row.source == NumberSource.MANAGED else open_client(org)


def _credentials_for(org: Organization, lease: NumberLease) -> TwilioCredentials:
    """The account that owns the number; Twilio lets no other one import it."""
    if lease.row.source == NumberSource.MANAGED:
        return get_master_credentials(phone_number=lease.row.phone_number)
    if lease.row.source == NumberSource.AGENT and lease.row.source_agent_id:
        return read_credentials(org=org, agent_id=lease.row.source_agent_id)
    return credential_service.get(org.pk, Provider.TWILIO)


def _ensure_credential(client: VapiClient, lease: NumberLease, twilio: TwilioCredentials) -> str:
    """The id of the account's credential at Vapi, with its present token."""
    secrets = {"accountSid": twilio.account_sid, "authToken": twilio.auth_token.reveal()}
    credential_id = _find_credential_id(client, lease)
    if credential_id:
        try:
            return str(client.update_credential(credential_id, {**secrets, "name": lease.name})["id"])
        except NotFoundAtProvider:
            log.info("number.credential_gone", number=str(lease.row.pk))
        # An attempt in the account that is used now may have made one and not come to write it down.
        if named := _find_named(client.iter_credentials(), lease):
            return str(client.update_credential(named, {**secrets, "name": lease.name})["id"])
    lease.renew()
    return str(client.create_credential({"provider": "twilio", "name": lease.name, **secrets})["id"])


def _ensure_answered_number(
    client: VapiClient, org: Organization, lease: NumberLease, twilio: TwilioCredentials
) -> tuple[NumberOutcome, str]:
    """The number with what leads to an answer. Where Vapi asks us, it proves itself as the organisation's."""
    if not lease.route.is_dynamic:
        return _ensure_number(client, lease, _number_body(lease, twilio))
    proof = ensure_org_credential(client, org)
    try:
        return _ensure_number(client, lease, _number_body(lease, twilio, proof))
    except Rejected:
        # Perhaps that credential was removed at Vapi: register it again, once.
        if not forget_missing(client, [proof]):
            raise
    return _ensure_number(client, lease, _number_body(lease, twilio, ensure_org_credential(client, org)))


def _ensure_number(client: VapiClient, lease: NumberLease, body: JsonObject) -> tuple[NumberOutcome, str]:
    """Import the number, or change the entry that is there already. Looked for before every POST."""
    how, existing = NumberOutcome.UPDATED, _find_known(client, lease)
    if existing is None or existing.get("number") != body["number"]:
        existing = _find_other(client, lease, existing)
        how = NumberOutcome.UPDATED if lease.row.vapi_phone_number_id else NumberOutcome.ADOPTED
    if existing is None:
        lease.renew()
        saved, how = _create(client, lease, body), NumberOutcome.IMPORTED
        failpoint("numbers.imported")
    else:
        saved = _change(client, lease, existing, body)
    if not _is_kept(saved, body):
        raise NumberNotKept
    return how, str(saved["id"])


def _create(client: VapiClient, lease: NumberLease, body: JsonObject) -> JsonObject:
    try:
        return client.create_phone_number(body)
    except Rejected as refusal:
        if not make_way(client, lease, refusal):
            raise
    return client.create_phone_number(body)


def _change(client: VapiClient, lease: NumberLease, existing: JsonObject, body: JsonObject) -> JsonObject:
    """Change an entry; what must go is cleared, or where Vapi will not clear it, the number is imported anew.

    Whether null clears a number's assistant is not documented (reference vapi, 3.4), so it is tried and read back.
    The entry goes only after Vapi has taken everything else, so that a wrong token never costs a clinic its line.
    """
    number_id, unwanted = str(existing["id"]), lease.route.unwanted(existing)
    if not unwanted:
        return client.update_phone_number(number_id, body)
    try:
        client.update_phone_number(number_id, {**body, **dict.fromkeys(unwanted)})
    except Rejected:
        client.update_phone_number(number_id, body)
    changed = client.find_phone_number(number_id)
    if changed is not None and not lease.route.unwanted(changed):
        return changed
    log.info("number.imported_anew", number=str(lease.row.pk), unwanted=unwanted)
    lease.renew()
    _ignore_missing(client.delete_phone_number, number_id)
    failpoint("numbers.before_importing_anew")
    return client.create_phone_number(body)


def _is_kept(saved: JsonObject, body: JsonObject) -> bool:
    """Whether Vapi has what a call depends on."""
    server = saved.get("server") or {}
    proof = (server.get("url"), server.get("credentialId"))
    wanted = body.get("server")
    return all(saved.get(name) == body[name] for name in ("number", "assistantId") if name in body) and (
        wanted is None or proof == (wanted["url"], wanted["credentialId"])
    )


def _number_body(lease: NumberLease, twilio: TwilioCredentials, proof: str = "") -> JsonObject:
    """What Vapi should have. Text messages stay with us: without `smsEnabled: false` Vapi would take their webhook."""
    return {
        "provider": "twilio",
        "number": lease.row.phone_number,
        "twilioAccountSid": twilio.account_sid,
        "twilioAuthToken": twilio.auth_token.reveal(),
        "smsEnabled": False,
        "name": lease.name,
        **lease.route.body(assistant_id=lease.assistant_id, credential_id=proof),
    }


def _find_known(client: VapiClient, lease: NumberLease) -> JsonObject | None:
    known_id = lease.row.vapi_phone_number_id
    return client.find_phone_number(known_id) if known_id else None


def _find_other(client: VapiClient, lease: NumberLease, known: JsonObject | None) -> JsonObject | None:
    """An entry for this number, however it came there; else the one that is known or carries our name.

    The directory lets only one organisation have the number, so an entry for it is ours to take over. When the entry
    that we had stands for the number before, it goes: two entries cannot have one number.
    """
    entries = client.list_phone_numbers()
    named = known or next((item for item in entries if item.get("name") == lease.name), None)
    holder = next((item for item in entries if item.get("number") == lease.row.phone_number), None)
    if holder and named and holder["id"] != named["id"]:
        _ignore_missing(client.delete_phone_number, str(named["id"]))
    return holder or named


def _forget(client: VapiClient, org: Organization, lease: NumberLease) -> tuple[NumberOutcome, bool]:
    number_id = lease.row.vapi_phone_number_id or _find_named(client.list_phone_numbers(), lease)
    if number_id:
        _ignore_missing(client.delete_phone_number, number_id)
    credential_id = _find_credential_id(client, lease)
    if credential_id:
        _ignore_missing(client.delete_credential, credential_id)
    failpoint("numbers.before_forgetting")
    return NumberOutcome.FORGOTTEN, record_forgotten(org=org, lease=lease)


def _find_credential_id(client: VapiClient, lease: NumberLease) -> str:
    return lease.row.vapi_credential_id or _find_named(client.iter_credentials(), lease)


def _find_named(items: Any, lease: NumberLease) -> str:
    return next((str(item["id"]) for item in items if item.get("name") == lease.name), "")


def _ignore_missing(remove: Callable[[str], None], vapi_id: str) -> None:
    try:
        remove(vapi_id)
    except NotFoundAtProvider:
        log.info("number.gone_already", vapi_id=vapi_id)


def _describe(error: ProviderError | DomainError) -> str:
    """For the log: Vapi's words on a refusal may repeat what was sent, so only its status is kept."""
    if isinstance(error, Rejected):
        return f"{error.operation} refused with {error.status}"
    return type(error).__name__
