"""The client against the sandbox, over HTTP."""

import pytest

from providers.elevenlabs.client import ElevenLabsClient
from providers.testing import TROUBLE
from voxanne.errors import Owner, Rejected, Timeout, Unauthorized

KEY = "sk_0123456789abcdef0123456789abcdef"


@pytest.fixture
def sandbox(provider_sandbox):
    return provider_sandbox


@pytest.fixture
def client(sandbox):
    return ElevenLabsClient(KEY)


def test_a_key_tells_whose_it_is(client):
    user = client.fetch_user()

    assert user.user_id
    assert user.tier
    assert 0 <= user.characters_used <= user.characters_limit


def test_a_wrong_key_belongs_to_the_clinic(sandbox):
    key = "sk_0123456789abcdef0123456789abcbad"
    with pytest.raises(Unauthorized) as refused:
        ElevenLabsClient(key).fetch_user()

    assert (refused.value.code, refused.value.owner) == ("invalid_api_key", Owner.CLINIC)
    assert key not in str(refused.value)


def test_a_key_that_may_not_read_its_user_says_so(sandbox):
    with pytest.raises(Unauthorized) as refused:
        ElevenLabsClient("sk_0123456789abcdef0limited").fetch_user()

    assert (refused.value.code, refused.value.owner) == ("missing_permissions", Owner.CLINIC)


@pytest.mark.parametrize(
    ("status", "code", "kind", "owner"),
    [
        (401, "missing_permissions", Unauthorized, Owner.CLINIC),
        (400, "invalid_api_key", Unauthorized, Owner.CLINIC),
        (400, "max_character_limit_exceeded", Rejected, Owner.US),
    ],
)
def test_elevenlabs_words_decide_who_has_to_act(client, status, code, kind, owner):
    assert client.classify(status, code) == (kind, owner)


@pytest.mark.parametrize(("fault", "kind"), TROUBLE)
def test_elevenlabs_in_trouble_is_asked_once(client, sandbox, fault, kind):
    sandbox.spoil(provider="elevenlabs", **fault)

    with pytest.raises(kind) as failed:
        client.fetch_user()
    assert failed.value.retryable
    assert failed.value.owner is Owner.PROVIDER
    assert len(sandbox.requests_to("elevenlabs")) == 1


def test_silence_is_a_timeout(sandbox):
    sandbox.spoil(provider="elevenlabs", timeout_rate=1)

    with pytest.raises(Timeout):
        ElevenLabsClient(KEY, timeout_s=0.3).fetch_user()


def test_an_answer_that_is_not_the_usual_one_has_no_code(client, sandbox, monkeypatch):
    monkeypatch.setattr("requests.Response.json", lambda self: {"detail": [{"msg": "field required"}]})
    sandbox.spoil(provider="elevenlabs", status=422)

    with pytest.raises(Rejected) as refused:
        client.fetch_user()
    assert (refused.value.code, refused.value.detail) == ("", "")
