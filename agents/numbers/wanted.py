"""Which numbers Vapi should know, written down inside the transaction that changes a Twilio account."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q, QuerySet

from agents.models import Agent, AgentTwilioSettings, CallDirection
from agents.numbers.records import link_agents
from agents.numbers.routes import dynamic_mark
from agents.numbers.tasks import sync_number
from credentials.errors import CredentialDisabled, CredentialUnreadable, NotConnected
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from telephony.errors import NumberTaken
from telephony.models import NumberSource, NumberState, PhoneNumberMapping
from voxanne.clock import now
from voxanne.live import publish_on_commit


@dataclass(frozen=True)
class _WantedNumber:
    """One number, with whose account, and who answers it."""

    phone_number: str
    source: NumberSource
    source_agent_id: UUID | None
    answering_agent_id: UUID | None

    def is_met_by(self, row: PhoneNumberMapping) -> bool:
        """Whether the row says the same already."""
        said = (row.is_wanted, row.phone_number, row.source, row.source_agent_id, row.agent_id)
        return said == (True, self.phone_number, self.source, self.source_agent_id, self.answering_agent_id)


def settle_numbers(*, org: Organization, changed: UUID | None) -> None:
    """Bring the wanted numbers in line with the Twilio accounts as they are now, and wake what tells Vapi.

    Args:
        changed: whose account was saved or removed: an agent's id, or None for the organisation's. Its number is
            given to Vapi again even when it stayed the same, because its token may be new.

    Raises:
        NumberTaken: another organisation answers one of the numbers; the caller's transaction must be rolled back.
    """
    try:
        with org_tx():
            _settle(org, changed)
    except IntegrityError as error:
        if "number_directory" in str(error):
            raise NumberTaken from error
        raise


def follow_organisation(org: Organization, provider: Provider) -> None:
    """The organisation's Twilio account was saved or removed."""
    settle_numbers(org=org, changed=None)


def follow_vapi_account(org: Organization, provider: Provider) -> None:
    """The organisation may have another account at Vapi: its numbers must be there."""
    with org_tx():
        _mark_all(org, PhoneNumberMapping.objects.filter(is_wanted=True))


def follow_routing(org: Organization) -> None:
    """The clinic has chosen anew who answers or where calls are put through to. Inside the open transaction."""
    _mark_all(org, PhoneNumberMapping.objects.filter(is_wanted=True))


def mark_answered_by(*, org: Organization, agent_id: UUID) -> None:
    """An agent has another assistant: numbers with a fixed link must lead there. Inside the open transaction."""
    fixed = ~Q(confirmed_route=dynamic_mark())
    _mark_all(org, PhoneNumberMapping.objects.filter(fixed, agent_id=agent_id, is_wanted=True))


def retry_numbers(*, org: Organization) -> int:
    """Try again now whatever needs attention; how many numbers that are."""
    with org_tx():
        rows = list(PhoneNumberMapping.objects.select_for_update().filter(sync_state=NumberState.NEEDS_ATTENTION))
        for row in rows:
            mark_and_wake(org, row)
    return len(rows)


def _settle(org: Organization, changed: UUID | None) -> None:
    wanted = {item.phone_number: item for item in _list_wanted(org)}
    rows = list(PhoneNumberMapping.objects.select_for_update().order_by("pk"))
    by_number = {row.phone_number: row for row in rows}
    spare = [row for row in rows if row.phone_number not in wanted and row.source != NumberSource.MANAGED]
    for item in wanted.values():
        row = by_number.get(item.phone_number) or _take_spare(spare, item) or PhoneNumberMapping(org=org)
        if item.is_met_by(row) and item.source_agent_id != changed:
            continue
        row.phone_number, row.is_wanted, row.is_active = item.phone_number, True, True
        row.source, row.source_agent_id, row.agent_id = item.source, item.source_agent_id, item.answering_agent_id
        mark_and_wake(org, row)
    for row in spare:
        if row.is_wanted:
            row.is_wanted = False
            mark_and_wake(org, row)
    link_agents()


def _take_spare(spare: list[PhoneNumberMapping], item: _WantedNumber) -> PhoneNumberMapping | None:
    """The row of the number that the same account had before: Vapi's entry is changed rather than replaced."""
    for row in spare:
        if (row.source, row.source_agent_id) == (item.source, item.source_agent_id):
            spare.remove(row)
            return row
    return None


def _list_wanted(org: Organization) -> list[_WantedNumber]:
    """The organisation's number first, so that an agent's own account wins where both have the same."""
    agents = list(Agent.objects.order_by("-is_default", "created_at", "pk").only("pk", "call_direction"))
    reception = next((agent.pk for agent in agents if agent.call_direction == CallDirection.INBOUND), None)
    inbound = {agent.pk for agent in agents if agent.call_direction == CallDirection.INBOUND}
    shared = _organisations_numbers(org)
    wanted = [_WantedNumber(number, NumberSource.ORGANIZATION, None, reception) for number in shared]
    for own in AgentTwilioSettings.objects.order_by("pk"):
        # Who rings back a number that an outbound agent called from reaches the reception.
        answering = own.agent_id if own.agent_id in inbound else reception
        wanted.append(_WantedNumber(own.phone_number, NumberSource.AGENT, own.agent_id, answering))
    return wanted


def _organisations_numbers(org: Organization) -> list[str]:
    """The number of the organisation's account. One that is off or cannot be read keeps what it had: it may come back,
    and a number that is taken from Vapi answers nobody."""
    try:
        return [credential_service.get(org.pk, Provider.TWILIO).phone_number]
    except NotConnected:
        return []
    except (CredentialDisabled, CredentialUnreadable):
        kept = PhoneNumberMapping.objects.filter(source=NumberSource.ORGANIZATION, is_wanted=True)
        return list(kept.values_list("phone_number", flat=True))


def mark(org: Organization, row: PhoneNumberMapping) -> None:
    """Something else is wanted of this number now. Inside the open transaction; nobody is woken."""
    row.wanted_version += 1
    row.sync_state, row.sync_error = NumberState.SYNCING, ""
    row.sync_attempts, row.sync_due_at = 0, now()
    row.save()
    publish_on_commit(org.pk, "agent", id=row.agent_id or row.pk)


def mark_and_wake(org: Organization, row: PhoneNumberMapping) -> None:
    """The same, and a worker hears of it."""
    mark(org, row)
    enqueue_on_commit(sync_number, str(org.pk), str(row.pk))


def _mark_all(org: Organization, rows: QuerySet[PhoneNumberMapping]) -> None:
    """Have Vapi told about these numbers again, but not about numbers of our account that were never to be synced."""
    for row in rows.exclude(source=NumberSource.MANAGED, wanted_version=0).select_for_update().order_by("pk"):
        mark_and_wake(org, row)
