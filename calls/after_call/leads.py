"""How promising the caller is now, and telling the team of one who has become a hot lead."""

from collections.abc import Sequence
from uuid import UUID

from calls.after_call.value import price_list
from calls.lead_facts import facts_of
from calls.models import Call
from contacts.hot_leads import announce_hot_lead
from contacts.models import Contact, Service
from contacts.scores import record_score
from contacts.scoring import score_lead
from orgs.models import Organization
from orgs.scope import org_tx
from voxanne.clock import now
from voxanne.saving import saved_once


def score_caller(*, org: Organization, call: Call, contact: Contact, services: Sequence[Service]) -> None:
    """Score whoever was on the line. In the transaction that closes the report, behind `settle_stage`."""
    scored = score_lead(facts_of(contact=contact, services=services, call=call), moment=now())
    if record_score(contact=contact, scored=scored, call_id=call.pk):
        announce_hot_lead(org=org, contact=contact, call_id=call.pk)


def rescore_lead(*, org: Organization, contact_id: UUID) -> bool:
    """Score a lead whose score time or the team has changed. False when it is gone. Safe to run twice."""
    with org_tx():
        contact = Contact.objects.select_for_update(no_key=True).filter(pk=contact_id).first()
        if contact is None:
            return False
        scored = score_lead(facts_of(contact=contact, services=price_list(org)), moment=now())
        with saved_once(contact):
            record_score(contact=contact, scored=scored, call_id=None)
    return True
