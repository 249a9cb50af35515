"""The demo clinic shows what a clinic that has been at work for a fortnight would show."""

import pytest

from calls.demo import seed_demo
from calls.models import Call, TranscriptLine
from contacts.models import Contact, LeadStatus, LeadTemperature
from knowledge.models import KnowledgeChunk, KnowledgeDocument
from scheduling.models import Appointment


@pytest.mark.slow
@pytest.mark.django_db
def test_a_fortnight_of_calls_has_made_leads_and_filled_the_diary(working_for):
    org, is_new = seed_demo()
    with working_for(org):
        calls, leads, visits = (list(model.objects.all()) for model in (Call, Contact, Appointment))
        unfinished_lines = TranscriptLine.objects.filter(text__contains="{")

        assert is_new
        assert len(calls) > 60
        assert all(call.contact_id for call in calls)
        assert sum(call.financial_value or 0 for call in calls) > 0
        assert {lead.lead_status for lead in leads} >= {LeadStatus.BOOKED, LeadStatus.CONTACTED}
        assert {lead.lead_temperature for lead in leads} >= {LeadTemperature.HOT, LeadTemperature.WARM}
        assert len(visits) >= 0.8 * sum(call.booking_confirmed for call in calls) > 15
        assert all(visit.created_at < visit.starts_at and visit.call_id is not None for visit in visits)
        assert not unfinished_lines.exists()
        assert {document.status for document in KnowledgeDocument.objects.all()} <= {"ready", "embedding"}
        assert KnowledgeChunk.objects.filter(content__contains="Chemical peel | £140").exists()
    assert seed_demo() == (org, False)
