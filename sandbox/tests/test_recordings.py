"""Recordings that the sandbox makes of its calls."""

import io
import wave
from array import array
from typing import Any

import pytest

from sandbox.calls.sound import RATE_HZ, recording_of
from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic


def said(role: str, at: float, ms: int) -> dict[str, Any]:
    return {"role": role, "message": f"words at {at}", "secondsFromStart": at, "duration": ms}


def channel(sound: bytes, number: int) -> "array[int]":
    with wave.open(io.BytesIO(sound)) as file:
        return array("h", file.readframes(file.getnframes()))[number :: file.getnchannels()]


def loudness(samples: "array[int]", start: float, stop: float) -> int:
    return max((abs(sample) for sample in samples[int(start * RATE_HZ) : int(stop * RATE_HZ)]), default=0)


def test_each_voice_is_heard_when_it_spoke_and_on_its_side() -> None:
    sound = recording_of([said("bot", 1.0, 1000), said("user", 3.0, 500)], channels=2)

    customer, assistant = channel(sound, 0), channel(sound, 1)
    assert len(customer) == int(4.5 * RATE_HZ)
    assert (loudness(assistant, 0, 1), loudness(assistant, 2.1, 4.5), loudness(customer, 0, 3)) == (0, 0, 0)
    assert loudness(assistant, 1, 2) > 3000
    assert loudness(customer, 3, 3.5) > 3000


def test_one_channel_holds_both() -> None:
    mono = channel(recording_of([said("bot", 0.5, 400), said("user", 2.0, 400)], channels=1), 0)

    assert loudness(mono, 0.5, 0.9) > 3000
    assert loudness(mono, 1.0, 2.0) == 0
    assert loudness(mono, 2.0, 2.4) > 3000


def test_a_call_in_which_nobody_spoke_is_a_second_of_silence() -> None:
    mono = channel(recording_of([], channels=1), 0)

    assert (len(mono), loudness(mono, 0, 1)) == (RATE_HZ, 0)


@pytest.mark.parametrize(
    ("what", "status", "begins"),
    [("sound", 200, b"RIFF"), ("dead", 403, b"<Error>"), ("not_audio", 200, b"<!doctype"), ("huge", 200, b"RIFF")],
)
def test_a_tester_says_what_lies_behind_the_link(
    sandbox: SandboxClient, clinic: Clinic, what: str, status: int, begins: bytes
) -> None:
    sandbox.call(sandbox.receptionist(clinic.url), "caller_hangs_up")
    link = clinic.of_kind("end-of-call-report")[0]["artifact"]["presignedMonoUrl"]
    sandbox.http.put("/sandbox/vapi", json={"recordings": what})

    with sandbox.http.stream("GET", link) as answer:
        assert answer.status_code == status
        assert next(answer.iter_bytes()).startswith(begins)


def test_what_it_cannot_be_is_told(sandbox: SandboxClient) -> None:
    refused = sandbox.http.put("/sandbox/vapi", json={"recordings": "music"})

    assert refused.status_code == 400
    assert "recordings must be one of sound, dead" in refused.json()["error"]
