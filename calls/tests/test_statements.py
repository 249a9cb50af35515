"""How often the database is asked for one report. Each write of a call costs a dozen indexes and a trigger."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.ingress.inbox import accept_report
from calls.ingress.messages import Message
from calls.models import Call
from calls.tests import payloads
from orgs.scope import org_scope

pytestmark = pytest.mark.django_db(transaction=True)  # a worker's statements: its transactions, not a test's savepoints


@pytest.fixture
def statements(line):
    """What working one message off asks of the database."""

    def run(body) -> list[str]:
        with org_scope(line.org):
            accept_report(org_id=line.org.pk, message=Message(body["message"]))
        with CaptureQueriesContext(connection) as captured:
            assert line.work_off(body["message"]["call"]["id"]) == 1
        return [one["sql"] for one in captured.captured_queries]

    return run


def test_a_report_is_worked_off_in_few_statements_and_writes_its_call_once(line, statements, working_for):
    first = statements(payloads.report(call_id="c0", assistant_id=line.assistant_id))
    again = statements(payloads.report(call_id="c1", assistant_id=line.assistant_id))

    assert len(again) == 33
    assert len(first) <= 38  # it makes a lead that is hot, and may read the clinic's key
    for asked in (first, again):
        assert sum(sql.startswith('UPDATE "call_logs"') for sql in asked) == 1
        assert sum(sql.startswith('UPDATE "contacts"') for sql in asked) == 1
        assert not [sql for sql in asked if sql.startswith("SAVEPOINT")]
    with working_for(line.org):
        stored = Call.objects.filter(contact__lead_score__gt=80, agent=line.agent, lead_stage="contacted")
        assert set(stored.values_list("financial_value", "recording_status")) == {(40_000, "pending")}


def test_a_live_line_writes_its_call_only_where_it_tells_something_new(line, statements):
    about = {"call_id": "c0", "assistant_id": line.assistant_id}
    statements(payloads.status("in-progress", at=2, **about))
    statements(payloads.transcript("assistant", "Hello, North Clinic.", at=3, **about))
    asked = statements(payloads.transcript("user", "Hi, can I book Botox?", at=6, **about))

    assert not [sql for sql in asked if sql.startswith('UPDATE "call_logs"')]
