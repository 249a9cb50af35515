"""Numbers that we bought, among those that Vapi should know. `agents.managed_numbers` decides; the sync follows."""

from uuid import UUID

from django.db import IntegrityError

from agents.numbers.records import link_agents
from agents.numbers.wanted import mark, mark_and_wake
from orgs.models import Organization
from orgs.scope import org_tx
from telephony.errors import NumberTaken
from telephony.models import NumberSource, PhoneNumberMapping


def want_number(*, org: Organization, phone_number: str, agent_id: UUID | None) -> UUID:
    """Write down that Vapi should know this number and lead its calls to the agent; the row's id. Inside org_tx.

    Nobody is woken: the caller has it synced. Doing it again changes nothing.

    Raises:
        NumberTaken: another organisation answers it.
    """
    row = _find(phone_number) or PhoneNumberMapping(org=org, phone_number=phone_number, wanted_version=0)
    if row.is_wanted and row.wanted_version and row.agent_id == agent_id:
        return row.pk
    row.source, row.source_agent_id, row.agent_id = NumberSource.MANAGED, None, agent_id
    row.is_wanted = row.is_active = True
    try:
        with org_tx():
            mark(org, row)
    except IntegrityError as error:
        if "number_directory" in str(error):
            raise NumberTaken from error
        raise
    return row.pk


def unwant_number(*, org: Organization, phone_number: str) -> UUID | None:
    """Write down that Vapi should forget it; the row's id, None when there is none (any more). Inside org_tx."""
    row = _find(phone_number)
    if row is None:
        return None
    if row.is_wanted:
        row.is_wanted = False
        mark(org, row)
    return row.pk


def answer_with(*, org: Organization, phone_number: str, agent_id: UUID | None) -> None:
    """Have another agent answer a number that Vapi knows or is about to; nothing for one that it does not. Inside
    org_tx."""
    row = _find(phone_number)
    if row is not None and row.is_wanted and row.agent_id != agent_id:
        row.agent_id = agent_id
        mark_and_wake(org, row)
        link_agents()


def _find(phone_number: str) -> PhoneNumberMapping | None:
    row: PhoneNumberMapping | None = (
        PhoneNumberMapping.objects.select_for_update()
        .filter(phone_number=phone_number, source=NumberSource.MANAGED)
        .first()
    )
    return row
