"""One message wakes for many calls, and storing an event leaves the transaction's rights as they were."""

import pytest
from django.db import DatabaseError, connection, transaction

from calls import tasks
from calls.ingress import wake_ups
from calls.ingress.messages import Message
from calls.ingress.recording import store_event
from calls.models import Call, WebhookEvent
from calls.tests import payloads
from orgs.scope import service_tx
from voxanne.ids import uuid7

pytestmark = pytest.mark.django_db


def message(call_id="c1"):
    return Message(payloads.report(call_id=call_id)["message"])


def store(org, **fields):
    return store_event(org_id=org.pk, event_id=uuid7(), message=message(**fields), payload="sealed")


def test_many_calls_travel_in_few_messages_each_once(monkeypatch):
    sent = []
    monkeypatch.setattr("orgs.tasks.wake", lambda task, batch: sent.append(batch) or True)

    wake_ups._wake([("org", f"c{number % 60}") for number in range(200)])

    assert [len(batch) for batch in sent] == [25, 25, 10]
    assert sent[0][0] == ["org", "c0"]


def test_a_broker_that_is_away_is_asked_once(monkeypatch):
    asked = []
    monkeypatch.setattr("orgs.tasks.wake", lambda task, batch: asked.append(batch) and False)

    wake_ups._wake([("org", f"c{number}") for number in range(100)])

    assert len(asked) == 1


def test_a_batch_is_worked_off_across_organisations(line, other_line):
    for where, call_id in ((line, "c1"), (other_line, "c2")):
        where.post(payloads.report(call_id=call_id, assistant_id=where.assistant_id))

    assert (
        tasks.process_calls([[str(line.org.pk), "c1"], [str(other_line.org.pk), "c2"], [str(line.org.pk), "c9"]]) == 2
    )


def test_after_storing_the_login_is_as_poor_as_before(north):
    assert store(north) is not None

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM webhook_events")


def test_inside_the_platforms_transaction_the_platform_goes_on(north):
    with service_tx("test"):
        call_pk = store(north)
        assert Call.across_orgs.get().pk == call_pk


def test_inside_work_for_another_organisation_it_is_refused(north, south, working_for):
    with pytest.raises(DatabaseError, match="inside work for another"), working_for(south):
        store(north)


def test_a_repeat_is_none_and_changes_nothing(north, working_for):
    first = store(north)

    assert store(north) is None
    with working_for(north):
        assert [call.pk for call in Call.objects.all()] == [first]
        assert WebhookEvent.objects.count() == 1


def test_a_web_login_may_store_and_nothing_more(north):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('public', oid, 'EXECUTE'), prosecdef "
            "FROM pg_proc WHERE proname = 'store_webhook_event'"
        )
        assert cursor.fetchone() == (False, False)
