"""Connecting a number to its agent at Vapi, and taking it from there: what `agents.numbers` does for every number."""

from uuid import UUID

from agents.managed_numbers.errors import CannotGoOn, NotYet
from agents.managed_numbers.leases import ManagedLease
from agents.numbers.managed import unwant_number, want_number
from agents.numbers.sync import reconcile_number
from orgs.models import Organization
from orgs.scope import org_tx
from telephony.errors import NumberTaken
from telephony.models import PhoneNumberMapping
from voxanne.failpoints import failpoint


def connect(org: Organization, lease: ManagedLease) -> None:
    """Have Vapi know the number, with the master account's credentials, and lead calls to the agent.

    Raises:
        CannotGoOn: another organisation answers this number.
        NotYet: Vapi has not taken it yet; the number's own row says why.
    """
    try:
        with org_tx():
            row = lease.lock()
            mapping_id = want_number(org=org, phone_number=row.phone_number, agent_id=row.agent_id)
    except NumberTaken as taken:
        raise CannotGoOn(taken.message) from taken
    failpoint("managed.wanted")
    if not (vapi_id := _imported_as(mapping_id)):
        lease.renew()
        reconcile_number(org=org, row_id=mapping_id)
        vapi_id = _imported_as(mapping_id)
    if not vapi_id:
        raise NotYet(_why_not(mapping_id))
    failpoint("managed.imported")
    lease.note(vapi_phone_number_id=vapi_id)


def disconnect(org: Organization, lease: ManagedLease) -> None:
    """Have Vapi forget the number, and with it its agents. Safe to run twice.

    Raises:
        NotYet: Vapi still knows it.
    """
    with org_tx():
        mapping_id = unwant_number(org=org, phone_number=lease.lock().phone_number)
    if mapping_id is not None:
        failpoint("managed.unwanted")
        lease.renew()
        reconcile_number(org=org, row_id=mapping_id)
        with org_tx():
            if PhoneNumberMapping.objects.filter(pk=mapping_id).exists():
                raise NotYet(_why_not(mapping_id))
        failpoint("managed.forgotten")
    if lease.row.vapi_phone_number_id:
        lease.note(vapi_phone_number_id="")


def _imported_as(mapping_id: UUID) -> str:
    with org_tx():
        row = PhoneNumberMapping.objects.filter(pk=mapping_id).exclude(confirmed_version=0).first()
    return row.vapi_phone_number_id if row else ""


def _why_not(mapping_id: UUID) -> str:
    with org_tx():
        row = PhoneNumberMapping.objects.filter(pk=mapping_id).first()
    return row.sync_error if row else ""
