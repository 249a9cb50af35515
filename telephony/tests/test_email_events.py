"""What became of an email: Resend's events, signed as Svix signs, in any order."""

import base64
import json
import time
from itertools import permutations
from uuid import uuid4

import pytest
from django.test import Client

from credentials.service import credential_service
from credentials.types import Provider, ResendCredentials, Secret
from orgs.actors import Actor
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from telephony.ingress.svix import sign
from telephony.messaging import events
from telephony.messaging.email_news import address_of, subscribe
from telephony.messaging.errors import ReportedAsSpam
from telephony.tests.texting import change, connect_resend, email, message_of, work
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "whsec_" + base64.b64encode(b"a key of twenty-four byt").decode()
ID = str(uuid4())


@pytest.fixture
def settled(monkeypatch):
    told = []
    monkeypatch.setattr(events, "_settled", [lambda org, message: told.append(message.status)])
    return told


def connect(org, secret=SECRET):
    account = ResendCredentials(
        api_key=Secret("re_live_key"), from_email="hello@north.example", webhook_secret=Secret(secret)
    )
    credential_service.save(org_id=org.pk, credentials=account, actor=Actor.system(org.pk))


@pytest.fixture
def sent(north):
    """An email that Resend has."""
    connect(north)
    row = email(north)
    change(north, row, status="sent", external_message_id=ID, due_at=None)
    return row


def event(kind, row=None, **data):
    tags = {"tags": {"message": str(row.pk)}} if row is not None else {}
    about = {"email_id": ID, "from": "hello@north.example", "to": ["ana@patients.example"], "subject": "Your visit"}
    return {"type": f"email.{kind}", "created_at": "2026-11-20T10:00:00.000Z", "data": {**about, **tags, **data}}


def post(org, body, *, secret=SECRET, moment=None, signature=None, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(moment if moment is not None else now().timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    good = f"v1,{sign(key, message_id='msg_1', timestamp=stamp, body=raw)}"
    given = {"svix-id": "msg_1", "svix-timestamp": stamp, "svix-signature": good if signature is None else signature}
    path = f"/api/resend/webhook?org={org.pk if org else ''}"
    return Client().post(path, raw, content_type="application/json", headers=given | headers)


def test_the_vector_that_svix_published():
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = sign(key, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp="1614265330", body=b'{"test": 2432232314}')
    assert signed == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "bounced"])))
def test_the_order_does_not_matter(north, sent, settled, order):
    for kind in (*order, *order):
        assert post(north, event(kind, sent)).status_code == 204

    assert message_of(north, sent).status == "undelivered"
    assert settled[-1] == "undelivered"


@pytest.mark.parametrize(
    "told",
    [
        ("delivered", {}, "delivered", "", ""),
        (
            "bounced",
            {"bounce": {"type": "Permanent", "subType": "General"}},
            "undelivered",
            "bounced",
            "does not exist",
        ),
        ("bounced", {"bounce": {"type": "Transient"}}, "undelivered", "bounced_for_now", "Try again later"),
        ("bounced", {"bounce": {"subType": "Suppressed"}}, "undelivered", "suppressed", "Ask for another"),
        ("bounced", {"bounce": "gone"}, "undelivered", "bounced", "does not exist"),
        ("suppressed", {}, "undelivered", "suppressed", "Ask for another"),
        ("failed", {"failed": {"reason": "secret provider words"}}, "failed", "failed", "Check your account"),
        ("complained", {}, "complained", "complained", "Do not email them again"),
        ("opened", {}, "sent", "", ""),
        ("invented_later", {}, "sent", "", ""),
    ],
)
def test_each_event_in_plain_words(north, sent, told):
    kind, data, status, code, words = told
    assert post(north, event(kind, sent, **data)).status_code == 204

    row = message_of(north, sent)
    assert (row.status, row.error_code) == (status, code)
    assert words in row.error
    assert "provider" not in row.error


def test_a_report_of_spam_counts_after_delivery_and_ends_emails_to_that_address(north, sent):
    for kind in ("complained", "delivered"):
        post(north, event(kind, sent))

    assert message_of(north, sent).status == "complained"
    with pytest.raises(ReportedAsSpam):
        email(north)
    email(north, to="ben@patients.example")


def test_an_event_may_be_faster_than_the_answer(north, settled):
    connect(north)
    row = email(north)
    change(north, row, status="sending", attempt=1)

    post(north, event("delivered", row))

    row = message_of(north, row)
    assert (row.status, row.external_message_id) == ("delivered", ID)


def test_without_our_tag_resends_own_id_is_enough(north, sent):
    post(north, event("delivered"))
    post(north, event("delivered", tags=["odd"]))
    post(north, event("delivered", tags={"message": "no id"}))

    assert message_of(north, sent).status == "delivered"


@pytest.mark.parametrize(
    "attempt",
    [
        {"signature": "v1,AAAA"}, {"signature": ""}, {"signature": "v2,x y"}, {"svix-id": "msg_2"}, {"svix-id": ""},
        {"svix-timestamp": "soon"}, {"moment": 1}, {"secret": "whsec_" + base64.b64encode(b"o" * 24).decode()},
    ],
)  # fmt: skip
def test_what_proves_nothing_changes_nothing(north, sent, attempt):
    assert post(north, event("bounced", sent), **attempt).status_code == 401
    assert message_of(north, sent).status == "sent"


def test_old_and_future_events_are_refused_within_minutes_they_count(north, sent):
    for shift, status in ((-301, 401), (301, 401), (-290, 204)):
        assert post(north, event("delivered", sent), moment=now().timestamp() + shift).status_code == status


def test_a_body_that_was_changed_is_refused(north, sent):
    raw = json.dumps(event("delivered", sent)).encode()
    stamp = str(int(now().timestamp()))
    good = f"v1,{sign(base64.b64decode(SECRET[6:]), message_id='msg_1', timestamp=stamp, body=raw)}"

    assert post(north, raw + b" ", signature=good, **{"svix-timestamp": stamp}).status_code == 401
    assert post(north, raw, signature=f"v1,other {good}", **{"svix-timestamp": stamp}).status_code == 204


def test_one_clinics_secret_says_nothing_about_anothers_emails(north, south, sent):
    other = "whsec_" + base64.b64encode(b"s" * 24).decode()
    connect(south, other)

    assert post(north, event("bounced", sent), secret=other).status_code == 401
    assert post(south, event("bounced", sent), secret=other).status_code == 204
    assert post(None, event("bounced", sent)).status_code == 401
    assert message_of(north, sent).status == "sent"


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b"\xff"])
def test_what_is_no_event_is_a_400(north, sent, body):
    assert post(north, body).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {}, {"type": "email.bounced"}, {"type": 1, "data": {}},
        {"type": "email.bounced", "data": {"email_id": "x" * 100}},
    ],
)  # fmt: skip
def test_events_about_nothing_are_taken_and_ignored(north, sent, body):
    assert post(north, body).status_code == 204
    assert message_of(north, sent).status == "sent"


def test_a_clinic_that_expects_no_events_refuses_them(north):
    connect_resend(north)

    assert post(north, event("delivered")).status_code == 401


def test_resend_is_asked_once_and_the_sandbox_reports_to_the_product(
    north, settled, provider_sandbox, live_server, settings
):
    settings.BACKEND_URL = live_server.url
    connect_resend(north)
    assert subscribe(org=north)
    assert subscribe(org=north)
    assert len(provider_sandbox.requests_to("resend", "POST", "/webhooks")) == 1

    _, row = work(north, email(north, to="complained+ana@resend.dev"))
    for _ in range(200):
        if (row := message_of(north, row)).status == "complained":
            break
        time.sleep(0.02)

    assert (row.status, settled) == ("complained", ["delivered"])


def test_a_lost_answer_finds_the_webhook_that_was_made(north, provider_sandbox):
    connect_resend(north)
    provider_sandbox.spoil(provider="resend", operation="POST /webhooks", drop_rate=1, after_work=True, times=1)

    assert not subscribe(org=north)
    assert subscribe(org=north)

    assert len(provider_sandbox.requests_to("resend", "POST", "/webhooks")) == 1
    stored = credential_service.get(north.pk, Provider.RESEND)
    assert stored.webhook_secret
    assert str(north.pk) in address_of(north)


def test_the_card_says_that_nothing_is_told_and_has_a_button(north, north_owner, sign_in, provider_sandbox):
    connect_resend(north)
    browser = sign_in(north_owner)
    assert "does not tell us yet" in browser.get("/dashboard/integrations").text

    answer = browser.post("/dashboard/integrations/resend/events", follow=True)

    assert "Resend tells us from now on" in answer.text
    assert "does not tell us yet" not in answer.text
    with org_scope(north), org_tx():
        assert AuditEntry.objects.filter(action="credential.replaced").exists()


def test_a_key_that_may_only_send_is_told_apart(north, north_owner, sign_in, provider_sandbox):
    connect_resend(north, key="re_1_sendonly")

    answer = sign_in(north_owner).post("/dashboard/integrations/resend/events", follow=True)

    assert "Resend could not be asked" in answer.text
