"""ElevenLabs: the account, voices, silence, refusals in its words."""

from typing import Any

import httpx
import pytest

from sandbox.tests.client import SandboxClient

VOICE = "21m00Tcm4TlvDq8ikWAM"


def _ask(sandbox: SandboxClient, method: str, path: str, key: str = "sk_1", body: Any = None) -> httpx.Response:
    return sandbox.http.request(method, f"/elevenlabs/v1{path}", json=body, headers={"xi-api-key": key})


def test_account_and_voices(sandbox: SandboxClient) -> None:
    user = _ask(sandbox, "GET", "/user").json()
    voices = _ask(sandbox, "GET", "/voices").json()["voices"]

    assert user["subscription"]["status"] == "active"
    assert VOICE in [voice["voice_id"] for voice in voices]
    assert _ask(sandbox, "GET", f"/voices/{VOICE}").json()["name"] == "Rachel"
    assert "sk_1" not in sandbox.http.get("/sandbox/ledger").text


@pytest.mark.parametrize(
    ("key", "status"),
    [("sk_bad", "invalid_api_key"), ("", "needs_authorization"), ("sk_limited", "missing_permissions")],
)
def test_keys_that_are_refused(sandbox: SandboxClient, key: str, status: str) -> None:
    refused = _ask(sandbox, "GET", "/user", key)

    assert (refused.status_code, refused.json()["detail"]["status"]) == (401, status)


@pytest.mark.parametrize(
    ("wanted", "kind"), [("mp3_44100_128", "audio/mpeg"), ("pcm_16000", "audio/pcm"), ("ulaw_8000", "audio/basic")]
)
def test_speech_is_silence_of_its_length(sandbox: SandboxClient, wanted: str, kind: str) -> None:
    def speak(text: str) -> httpx.Response:
        return _ask(sandbox, "POST", f"/text-to-speech/{VOICE}?output_format={wanted}", body={"text": text})

    short, long = speak("Hello."), speak("Hello. " * 20)

    assert short.headers["content-type"] == kind
    assert len(long.content) > len(short.content) > 0


def test_speech_that_is_refused(sandbox: SandboxClient) -> None:
    unknown = _ask(sandbox, "POST", "/text-to-speech/nobody", body={"text": "x"})
    empty = _ask(sandbox, "POST", f"/text-to-speech/{VOICE}", body={})
    odd = _ask(sandbox, "POST", f"/text-to-speech/{VOICE}?output_format=flac", body={"text": "x"})

    assert (unknown.status_code, unknown.json()["detail"]["status"]) == (404, "voice_not_found")
    assert empty.status_code == 422
    assert odd.status_code == 400
    assert _ask(sandbox, "POST", f"/text-to-speech/{VOICE}", "sk_limited", {"text": "x"}).status_code == 200
    assert _ask(sandbox, "GET", "/dubbing").json() == {"detail": "Not Found"}


def test_a_fault_in_elevenlabs_words(sandbox: SandboxClient) -> None:
    sandbox.http.put("/sandbox/faults/elevenlabs", json={"status": 429, "times": 1})

    assert _ask(sandbox, "GET", "/user").json()["detail"]["status"] == "too_many_concurrent_requests"
