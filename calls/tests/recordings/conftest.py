"""A clinic whose calls are recorded: at the simulated Vapi, or with the sound in storage already."""

import io
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from calls.models import Call
from calls.recordings.keeping import Outcome, look_after
from calls.recordings.models import Recording
from calls.recordings.sending import Asked, answer_ticket
from calls.recordings.wanting import want_recording
from calls.tests.factories import make_call, make_recording
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.testing import SandboxProcess, provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from voxanne.errors import DomainError
from voxanne.saving import saved_once

LOCATOR = "https://storage.vapi.example/hipaa-recordings/secret-mono.wav"


def wav(seconds: float = 1.0, *, rate: int = 8000) -> bytes:
    """A sound of that length in which every sample differs from the next."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join((n % 65536).to_bytes(2, "little") for n in range(int(seconds * rate))))
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Path:
    """The folder of recordings, empty."""
    own = settings.STORAGES["recordings"]
    settings.STORAGES = {
        **settings.STORAGES,
        "recordings": {**own, "OPTIONS": {**own["OPTIONS"], "location": str(tmp_path)}},
    }
    return tmp_path


@dataclass(frozen=True)
class RecordedClinic:
    """A clinic, its Vapi, and what became of its recordings."""

    org: Organization
    sandbox: SandboxProcess

    def call_at_vapi(self, scenario: str = "caller_hangs_up") -> str:
        """A call that was held there: Vapi's id of it."""
        server = {"url": "http://127.0.0.1:9/nobody"}
        wanted = {"name": "Front desk", "firstMessage": "Hello, North Clinic.", "server": server, "serverMessages": []}
        assistant = self.sandbox.vapi("POST", "/assistant", wanted)
        order = {"assistantId": assistant["id"], "scenario": scenario, "fast": True}
        call_id = str(self.sandbox.control("POST", "/calls", order)["callId"])
        while self.sandbox.control("GET", f"/calls/{call_id}")["status"] == "running":
            pass
        return call_id

    def want(self, vapi_call_id: str = "") -> Recording:
        """The row that a report of that call makes; of one that Vapi never had, unless it is said which."""
        facts = {"report": {"recording_url": LOCATOR}}
        with org_scope(self.org), org_tx():
            call = make_call(self.org, vapi_call_id=vapi_call_id or str(uuid4()), facts=facts)
            with saved_once(call):
                want_recording(org=self.org, call=call)
            found: Recording = Recording.objects.select_related("call").get(call=call)
            return found

    def look_after(self, recording: Recording) -> Outcome:
        """What the worker does when it is woken."""
        return look_after(org=self.org, recording_id=recording.pk)

    def row(self, recording: Recording) -> Recording:
        with org_scope(self.org), org_tx():
            found: Recording = Recording.objects.select_related("call").get(pk=recording.pk)
            return found

    def change(self, recording: Recording, **values: Any) -> None:
        with org_scope(self.org), org_tx():
            Recording.objects.filter(pk=recording.pk).update(**values)


@pytest.fixture
def clinic(north: Organization, vapi_sandbox: SandboxProcess) -> RecordedClinic:  # noqa: F811 - the fixture
    return RecordedClinic(north, vapi_sandbox)


@pytest.fixture
def recorded(north: Organization) -> Recording:
    """A call of 20 seconds that can be listened to."""
    return record(north)


def record(org: Organization, sound: bytes = b"", **facts: Any) -> Recording:
    """A call with its sound in storage."""
    with org_scope(org), org_tx():
        call: Call = make_call(org, **facts)
        return make_recording(call, sound or wav(20))


@dataclass(frozen=True)
class Heard:
    """What came of asking for the sound: `status`, `headers`, and the bytes."""

    status: int
    headers: dict[str, str]
    sound: bytes = b""
    words: str = ""


def hear(address: str, **asked: str) -> Heard:
    """Ask for the sound at an address of ours, or with a ticket."""
    try:
        answer = answer_ticket(address.rsplit("/", 1)[-1], Asked(**asked))
    except DomainError as refused:
        return Heard(refused.http_status, {}, words=refused.message)
    return Heard(answer.status, answer.headers, b"".join(answer.pieces))
