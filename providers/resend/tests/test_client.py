"""The client against the sandbox, over HTTP."""

import logging

import pytest
from structlog.testing import capture_logs

from providers.resend.client import KEY_USED, ResendClient
from providers.resend.types import ResendAttachment
from providers.testing import TROUBLE
from voxanne.errors import Owner, RateLimited, Rejected, Timeout, Unauthorized

KEY = "re_0123456789abcdef"
EMAIL = {"sender": "Reception <hello@north.example>", "to": "ana@patients.example", "subject": "Hi", "text": "At ten."}


@pytest.fixture
def sandbox(provider_sandbox):
    return provider_sandbox


@pytest.fixture
def client(sandbox):
    return ResendClient(KEY)


def test_domains_are_listed_with_their_state(client):
    domains = client.list_domains()

    assert domains
    assert all(domain.name for domain in domains)
    assert any(domain.is_verified for domain in domains)


def test_a_wrong_key_belongs_to_the_clinic(sandbox):
    with pytest.raises(Unauthorized) as refused:
        ResendClient("re_0123456789bad").list_domains()

    assert (refused.value.code, refused.value.owner) == ("invalid_api_key", Owner.CLINIC)
    assert "re_0123" not in str(refused.value)


def test_a_key_that_may_only_send_sends_but_cannot_list(sandbox):
    client = ResendClient("re_0123456789sendonly")

    assert client.send_email(**EMAIL, idempotency_key="one")
    with pytest.raises(Unauthorized) as refused:
        client.list_domains()
    assert (refused.value.code, refused.value.owner) == ("restricted_api_key", Owner.CLINIC)


def test_a_domain_that_is_not_verified_is_the_clinics_to_mend(client):
    with pytest.raises(Rejected) as refused:
        client.send_email(**EMAIL | {"sender": "hello@unverified.example.com"}, idempotency_key="one")

    assert refused.value.owner is Owner.CLINIC
    assert "not verified" in refused.value.detail


def test_a_long_list_of_domains_is_read_to_its_end(client, monkeypatch):
    rows = [{"id": str(number), "name": f"{number}.example", "status": "verified"} for number in range(5)]

    def answer(method, path, *, operation, params):
        start = int(params.get("after", "-1")) + 1
        return {"data": rows[start : start + 2], "has_more": start + 2 < len(rows)}

    monkeypatch.setattr(client, "request", answer)
    assert [domain.name for domain in client.list_domains()] == [row["name"] for row in rows]


def test_an_email_is_sent(client):
    assert client.send_email(**EMAIL, html="<p>At ten.</p>", idempotency_key="one")


def test_the_same_email_is_sent_once(client):
    first = client.send_email(**EMAIL, idempotency_key="one")

    assert client.send_email(**EMAIL, idempotency_key="one") == first
    assert client.send_email(**EMAIL, idempotency_key="two") != first


def test_an_email_that_makes_no_sense_is_rejected(client):
    with pytest.raises(Rejected) as refused:
        client.send_email(**EMAIL | {"to": "nobody"}, idempotency_key="one")

    assert refused.value.code == "validation_error"
    assert "to" in refused.value.detail


@pytest.mark.parametrize(
    ("status", "code", "kind", "owner"),
    [
        (401, "restricted_api_key", Unauthorized, Owner.CLINIC),
        (403, "validation_error", Rejected, Owner.CLINIC),
        (429, "daily_quota_exceeded", RateLimited, Owner.CLINIC),
        (429, "rate_limit_exceeded", RateLimited, Owner.PROVIDER),
        (422, "validation_error", Rejected, Owner.US),
    ],
)
def test_resends_words_decide_who_has_to_act(client, status, code, kind, owner):
    assert client.classify(status, code) == (kind, owner)


@pytest.mark.parametrize(("fault", "kind"), TROUBLE)
def test_resend_in_trouble_is_asked_once(client, sandbox, fault, kind):
    sandbox.spoil(provider="resend", **fault)

    with pytest.raises(kind) as failed:
        client.list_domains()
    assert failed.value.retryable
    assert failed.value.owner is Owner.PROVIDER
    assert len(sandbox.requests_to("resend")) == 1


def test_silence_is_a_timeout(sandbox):
    sandbox.spoil(provider="resend", timeout_rate=1)

    with pytest.raises(Timeout):
        ResendClient(KEY, timeout_s=0.3).list_domains()


def test_nothing_of_an_email_is_logged(client, caplog):
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        client.send_email(**EMAIL, idempotency_key="one")

    written = f"{lines} {caplog.text}"
    assert [line["operation"] for line in lines] == ["send_email"]
    assert KEY not in written
    assert "ana@" not in written
    assert "At ten" not in written


def test_a_file_goes_with_an_email(client, sandbox):
    file = ResendAttachment("visit.ics", "text/calendar", "BEGIN:VCALENDAR")

    client.send_email(**EMAIL, attachments=[file], idempotency_key="one")

    [sent] = sandbox.control("GET", "/ledger")["emails"]
    assert sent["attachments"] == [
        {"filename": "visit.ics", "content_type": "text/calendar", "content": file.as_base64()}
    ]


def test_a_key_that_has_sent_another_email_is_told_apart(client):
    client.send_email(**EMAIL, idempotency_key="one")

    with pytest.raises(Rejected) as refused:
        client.send_email(**EMAIL | {"text": "At eleven."}, idempotency_key="one")
    assert refused.value.code == KEY_USED
