"""`POST /api/vapi/webhook`: who gets in, what is kept, what is answered."""

import dataclasses
import hashlib
import hmac
import json
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from calls.models import Call, TranscriptLine, UnresolvedWebhook, WebhookEvent
from calls.tests import payloads
from calls.tests.conftest import Line
from contacts.tests.factories import make_contact
from credentials.invalidation import announce_change, listener
from credentials.service import credential_service
from credentials.types import FormerSecret, Provider, Secret
from orgs.actors import Actor
from orgs.scope import org_scope, service_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db


def rows(model):
    with service_tx("test"):
        return list(getattr(model, "across_orgs", model.objects).all())


def test_a_report_is_acknowledged_and_makes_the_call_at_once(line, working_for):
    answer = line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id))

    assert (answer.status_code, answer.json()) == (200, {})
    with working_for(line.org):
        call = Call.objects.get(vapi_call_id="c1")
    assert (call.status, call.call_sid, call.phone_number) == ("completed", "vapi-c1", payloads.CALLER)


def test_a_report_is_worked_off_into_the_columns_lines_and_contact(line, working_for):
    line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id))

    assert line.work_off("c1") == 1
    with working_for(line.org):
        call = Call.objects.select_related("contact", "agent").get()
        lines = list(TranscriptLine.objects.order_by("ordinal").values_list("role", "text", "start_offset_ms"))
    assert call.outcome_summary == "Ana asked about Botox."
    assert call.sentiment_label == "positive"
    assert call.contact.phone == payloads.CALLER
    assert call.agent == line.agent
    assert lines == [
        ("assistant", "Hello, North Clinic.", 1000),
        ("caller", "Hi, can I book Botox?", 4000),
        ("assistant", "Of course.", 7000),
    ]


@pytest.mark.parametrize("path", ["/api/vapi/webhook", "/api/webhooks/vapi"])
def test_both_addresses_are_the_same_door(line, path):
    assert (
        line.post(payloads.status("ringing", call_id="c1", assistant_id=line.assistant_id), path=path).status_code
        == 200
    )
    assert len(rows(Call)) == 1


@pytest.mark.parametrize("secret", ["", "wrong", "platform-webhook-secret-for-tests-onlY", "ü"])
def test_a_wrong_or_missing_secret_is_refused_and_leaves_nothing(line, secret):
    answer = line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id), secret=secret)

    assert answer.status_code == 401
    assert rows(WebhookEvent) == rows(Call) == rows(UnresolvedWebhook) == []


def test_every_secret_of_the_last_day_opens_the_door(line):
    with org_scope(line.org):
        now_stored = credential_service.get(line.org.pk, Provider.VAPI)
        moment = now()
        former = [
            FormerSecret(Secret("yesterday-noon"), moment + timedelta(hours=1)),
            FormerSecret(Secret("yesterday-morning"), moment - timedelta(seconds=1)),
            FormerSecret(Secret("this-morning"), moment + timedelta(hours=20)),
        ]
        renewed = dataclasses.replace(now_stored, previous=tuple(former))
        credential_service.save(org_id=line.org.pk, credentials=renewed, actor=Actor.system(line.org.pk))
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)

    answers = {
        secret: line.post(body, secret=secret).status_code
        for secret in (line.secret, "yesterday-noon", "this-morning", "yesterday-morning")
    }
    assert list(answers.values()) == [200, 200, 200, 401]
    raw = json.dumps(body)
    assert line.post(raw, secret="", **signed(line, raw, at=time.time(), key="this-morning")).status_code == 200


def test_another_clinics_secret_does_not_open_this_ones_door(line, other_line):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    assert line.post(body, secret=other_line.secret).status_code == 401
    assert rows(Call) == []


def test_the_platforms_secret_opens_every_assistants_door(line):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    assert line.post(body, secret=settings.VAPI_WEBHOOK_SECRET).status_code == 200
    assert [call.org_id for call in rows(Call)] == [line.org.pk]


def test_the_platforms_earlier_secret_counts_while_it_is_listed(line, settings):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    assert line.post(body, secret="earlier-platform-secret").status_code == 401
    settings.VAPI_WEBHOOK_SECRETS_RETIRED = ["another", "earlier-platform-secret"]
    assert line.post(body, secret="earlier-platform-secret").status_code == 200


def test_a_bearer_token_is_as_good_as_the_header(line):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    assert line.post(body, secret="", Authorization=f"Bearer {line.secret}").status_code == 200


def signed(line: Line, raw: str, *, at: float, key: str | None = None) -> dict[str, str]:
    stamp = str(int(at))
    mac = hmac.new((key or line.secret).encode(), f"{stamp}.{raw}".encode(), hashlib.sha256).hexdigest()
    return {"X-Vapi-Signature": mac, "X-Vapi-Timestamp": stamp}


@pytest.mark.parametrize("unit", [1, 1000])
def test_an_hmac_over_timestamp_and_raw_body_is_accepted(line, unit):
    raw = json.dumps(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    assert line.post(raw, secret="", **signed(line, raw, at=time.time() * unit)).status_code == 200


@pytest.mark.parametrize("spoil", ["body", "old", "future", "key", "no timestamp"])
def test_a_spoiled_hmac_is_refused(line, spoil):
    raw = json.dumps(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    offset = {"old": -310, "future": 310}.get(spoil, 0)
    headers = signed(line, raw, at=time.time() + offset, key="other" if spoil == "key" else None)
    if spoil == "no timestamp":
        del headers["X-Vapi-Timestamp"]
    assert line.post(raw + (" " if spoil == "body" else ""), secret="", **headers).status_code == 401


def test_a_genuine_message_of_an_unknown_assistant_waits_for_the_admins(line):
    body = payloads.report(call_id="c1", assistant_id=str(uuid4()))

    answers = [line.post(body, secret=settings.VAPI_WEBHOOK_SECRET).status_code for _ in range(2)]

    assert answers == [200, 200]
    (kept,) = rows(UnresolvedWebhook)
    assert (kept.event_type, kept.vapi_call_id) == ("end-of-call-report", "c1")
    assert "Botox" not in kept.payload
    assert rows(Call) == []


@pytest.mark.parametrize("claim", ["metadata", "tenantId"])
def test_a_claimed_organisation_counts_with_its_own_secret_only(line, other_line, claim):
    body = payloads.report(call_id="c1", assistant_id=str(uuid4()))
    path = "/api/vapi/webhook"
    if claim == "metadata":
        body["message"]["call"]["metadata"] = {"org_id": str(line.org.pk)}
    else:
        path += f"?tenantId={line.org.pk}"

    assert line.post(body, path=path, secret=other_line.secret).status_code == 401
    assert line.post(body, path=path, secret=settings.VAPI_WEBHOOK_SECRET).status_code == 200
    assert rows(Call) == []
    assert line.post(body, path=path).status_code == 200
    assert [call.org_id for call in rows(Call)] == [line.org.pk]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"message": 5}', b"null", b"[" * 100_000])
def test_what_is_not_a_json_object_is_answered_plainly(line, raw):
    answer = line.post(raw)
    assert answer.status_code == 400
    assert answer.json()["code"] == "not_json"


def test_a_body_of_six_megabytes_is_refused(line):
    answer = line.post(b'{"message": {"type": "status-update", "x": "' + b"a" * 6_000_000 + b'"}}')
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("kind", ["speech-update", "something-new", "", None, 7, "hang"])
def test_types_that_nobody_needs_are_acknowledged_and_dropped(line, kind):
    assert line.post({"message": {"type": kind, "call": {"id": "c1"}}}).status_code == 200
    assert rows(WebhookEvent) == []


def test_get_is_not_a_delivery(client):
    assert client.get("/api/vapi/webhook").status_code == 405


def test_a_report_without_a_call_id_is_kept_for_the_admins(line):
    body = payloads.report(call_id="", assistant_id=line.assistant_id)

    assert [line.post(body).status_code for _ in range(2)] == [200, 200]
    (event,) = rows(WebhookEvent)
    assert event.dead_at is not None
    assert event.error == "The message names no call."


@pytest.mark.parametrize(
    "fields",
    [
        {"cost": "a lot", "durationSeconds": "216", "startedAt": 5, "endedAt": "yesterday"},
        {"artifact": None, "analysis": [], "customer": "x", "phoneNumber": 5},
        {"artifact": {"messages": "none", "recording": []}, "endedReason": 12},
        {
            "artifact": {
                "messages": [1, None, {"role": "user"}, {"role": "user", "message": 5, "secondsFromStart": "x"}]
            }
        },
        {"timestamp": "not a time"},
        {"call": {"id": 12345, "customer": {"number": None, "name": 7}}},
    ],
)
def test_wrong_kinds_of_values_lose_nothing_and_break_nothing(line, fields):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    body["message"].update(fields)
    body["message"]["call"].setdefault("assistantId", line.assistant_id)

    assert line.post(body).status_code == 200
    line.work_off(str(body["message"]["call"]["id"]))

    (event,) = rows(WebhookEvent)
    assert event.processed_at is not None
    assert event.error == ""
    (call,) = rows(Call)
    assert call.status == "completed"


def test_the_payload_is_encrypted_and_holds_no_prompt(line):
    line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    (event,) = rows(WebhookEvent)
    assert event.payload
    assert "Botox" not in event.payload


class Heard:
    """A cache that holds nothing and notes when a change was heard of."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def drop(self, key: str) -> None:
        if key == "heard":
            self.event.set()

    def clear(self) -> None:
        """There is nothing."""


@pytest.fixture
def all_changes_heard(line):
    """What making the clinic announced has been forgotten by now: announcements come in their order."""
    heard = Heard()
    listener.add(heard)
    listener.ensure_running()
    assert listener.listening.wait(5)
    announce_change("heard")
    assert heard.event.wait(5)


@pytest.mark.django_db(transaction=True)
def test_the_acknowledgement_takes_one_statement(line, all_changes_heard, django_assert_num_queries):
    line.post(payloads.status("queued", call_id="warm", assistant_id=line.assistant_id))
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    with django_assert_num_queries(1):  # which takes the tenant role itself and commits
        line.post(body)


def test_a_call_without_a_name_is_shown_under_the_one_that_the_clinic_knows(line, deliver, working_for):
    with working_for(line.org):
        make_contact(phone=payloads.CALLER, name="Ana Reyes")
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    body["message"]["customer"] = body["message"]["call"]["customer"] = {"number": payloads.CALLER}
    deliver(body)
    with working_for(line.org):
        assert Call.objects.get().caller_name == "Ana Reyes"
