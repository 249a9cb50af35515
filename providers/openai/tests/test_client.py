"""The client against the sandbox, over HTTP."""

import pytest

from providers.openai.client import OpenAIClient
from providers.testing import TROUBLE
from voxanne.errors import NotFoundAtProvider, Owner, RateLimited, Rejected, Timeout, Unauthorized, Unavailable

MODEL = "text-embedding-3-small"


@pytest.fixture
def sandbox(provider_sandbox):
    return provider_sandbox


@pytest.fixture
def client(sandbox):
    return OpenAIClient("sk-tests", retry_delays_s=(0.01,))


def test_a_vector_for_each_text_in_order(client):
    made = client.embed(["What does a filling cost?", "Where do I park?"], model=MODEL)

    assert [len(vector) for vector in made.vectors] == [1536, 1536]
    assert made.tokens == 11
    assert made.vectors[1] == client.embed(["Where do I park?"], model=MODEL).vectors[0]


def test_refusals_say_who_has_to_act(client, sandbox, caplog):
    with pytest.raises(Unauthorized) as bad_key:
        OpenAIClient("sk-very-secret-bad").embed(["Hi"], model=MODEL)
    with pytest.raises(NotFoundAtProvider):
        client.embed(["Hi"], model="no-such-model")
    with pytest.raises(Rejected) as refused:
        client.embed([""], model=MODEL)

    assert (bad_key.value.code, bad_key.value.owner) == ("invalid_api_key", Owner.US)
    assert not refused.value.retryable
    assert "very-secret" not in caplog.text + str(bad_key.value) + bad_key.value.detail
    assert client.classify(429, "insufficient_quota") == (Unauthorized, Owner.US)
    assert client.classify(429, "rate_limit_exceeded")[0] is RateLimited


def test_trouble_is_tried_again_where_nobody_waits(client, sandbox):
    for fault, kind in TROUBLE:
        sandbox.reset()
        sandbox.spoil(provider="openai", **fault)
        with pytest.raises(kind) as failed:
            client.embed(["Hi"], model=MODEL)
        assert failed.value.retryable
        assert len(sandbox.requests_to("openai")) == 2

        with pytest.raises(kind):
            client.once().embed(["Hi"], model=MODEL)
        assert len(sandbox.requests_to("openai")) == 3

    sandbox.reset()
    sandbox.spoil(provider="openai", status=503, times=1)
    assert client.embed(["Hi"], model=MODEL).tokens == 1


def test_silence_is_a_timeout(sandbox):
    sandbox.spoil(provider="openai", timeout_rate=1)

    with pytest.raises(Timeout):
        OpenAIClient("sk-tests", timeout_s=0.2, retry_delays_s=()).embed(["Hi"], model=MODEL)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"data": []},
        {"data": [{"index": 0}], "usage": {"total_tokens": 1}},
        {"data": [{"index": 0, "embedding": "not base64!"}], "usage": {"total_tokens": 1}},
        {"data": [], "usage": {"total_tokens": 1}},
    ],
)
def test_an_answer_that_is_none_is_trouble_of_openais(client, answer, monkeypatch):
    monkeypatch.setattr(OpenAIClient, "_decode", lambda *_: answer)

    with pytest.raises(Unavailable):
        client.embed(["Hi"], model=MODEL)
