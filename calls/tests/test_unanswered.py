"""What a caller asked in vain is noted when the call has ended, without identifiers, once."""

import pytest

from calls.models import Call
from calls.tests import payloads
from calls.tests.factories import add_tool_call
from knowledge.questions.models import KnowledgeQuestion

pytestmark = pytest.mark.django_db
CARD = "4242 4242 4242 4242"


def asked(call, query, *, found, number, succeeded=True, tool="getKnowledgeBase"):
    add_tool_call(
        call,
        tool,
        tool_call_id=f"t{number}",
        arguments={"query": query},
        answer={"speech": "…", "content": {"success": succeeded, "found": found}},
        succeeded=succeeded,
    )


def test_questions_in_vain_are_noted_once_and_without_identifiers(line, deliver, working_for):
    same = {"call_id": "c1", "assistant_id": line.assistant_id}
    deliver(payloads.status("in-progress", **same))
    with working_for(line.org):
        call = Call.objects.get()
        asked(call, f"Can I pay with my card {CARD}?", found=False, number=1)
        asked(call, "What does Botox cost?", found=True, number=2)
        asked(call, "Do you take Bupa?", found=False, number=3, succeeded=False)
        asked(call, "Is Tuesday free?", found=False, number=4, tool="checkAvailability")
        assert not KnowledgeQuestion.objects.exists()

    deliver(payloads.report(**same))
    with working_for(line.org):
        noted = KnowledgeQuestion.objects.get()
        assert (noted.text, noted.call_id, noted.tool_call_id) == ("Can I pay with my card [CARD]?", call.pk, "t1")

    deliver(payloads.report(**same, at=221))
    with working_for(line.org):
        assert KnowledgeQuestion.objects.get() == noted
