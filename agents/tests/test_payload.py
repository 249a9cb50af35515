"""The assistant's body: what it says first, who listens to it, what it may do."""

import pytest

from agents.models import Agent, CallDirection
from agents.payload import LIVE_TRANSCRIPTS, SERVER_MESSAGES, draft_assistant, merge
from agents.prompting.greetings import voicemail_message, with_consent
from orgs.models import RECORDING_CONSENT, IntegrationSettings
from orgs.scope import org_scope, org_tx

WE_RECORD = "We record this call."


def chosen(**values):
    return IntegrationSettings(**{"recording_consent_message": WE_RECORD, **values})


@pytest.fixture
def body_of(north):
    """`body_of(live_transcripts=False)`: the body of the clinic's agent with these settings."""

    def describe(direction=CallDirection.INBOUND, agent_values=None, **values):
        with org_scope(north), org_tx():
            if values:
                IntegrationSettings.objects.update(**values)
            agent = Agent.objects.get(call_direction=direction)
            for name, value in (agent_values or {}).items():
                setattr(agent, name, value)
            return draft_assistant(agent=agent, org=north).body

    return describe


@pytest.mark.parametrize(
    ("greeting", "spoken"),
    [
        ("Hello. How can I help?", f"Hello. {WE_RECORD} How can I help?"),
        ("Hello", f"Hello {WE_RECORD}"),
        ("Hello.", f"Hello. {WE_RECORD}"),
        ("How can I help?", f"{WE_RECORD} How can I help?"),
        ("Is it you? Good. What is it?", f"Is it you? Good. {WE_RECORD} What is it?"),
        ("Hello. we RECORD this call. Yes?", "Hello. we RECORD this call. Yes?"),
        ("Hello {{customer.name}}, yes?", f"{WE_RECORD} Hello , yes?"),
        ("", WE_RECORD),
    ],
)
def test_the_greeting_says_that_it_is_recorded(greeting, spoken):
    assert with_consent(greeting, chosen()) == spoken


@pytest.mark.parametrize("values", [{"recording_enabled": False}, {"recording_consent_message": " "}])
def test_without_recording_or_words_for_it_nothing_is_added(values):
    assert with_consent("Hello. How can I help?", chosen(**values)) == "Hello. How can I help?"


def test_the_usual_greetings(body_of):
    assert body_of()["firstMessage"] == (
        f"Thank you for calling North Clinic. {RECORDING_CONSENT} How can I help you today?"
    )
    assert body_of(CallDirection.OUTBOUND)["firstMessage"] == (
        f"Hello, this is the assistant of North Clinic. {RECORDING_CONSENT} Is now a good moment to talk?"
    )
    assert body_of(agent_values={"first_message": " "})["firstMessage"] == body_of()["firstMessage"]


def test_recording_follows_the_clinics_choice(body_of):
    assert body_of()["artifactPlan"] == {"recordingEnabled": True}
    silent = body_of(recording_enabled=False)
    assert silent["artifactPlan"] == {"recordingEnabled": False}
    assert "recorded" not in silent["firstMessage"]


def test_sentences_are_sent_while_the_call_goes_on_only_where_wanted(body_of):
    assert body_of()["serverMessages"] == [*SERVER_MESSAGES, LIVE_TRANSCRIPTS]
    assert body_of(live_transcripts=False)["serverMessages"] == SERVER_MESSAGES


def test_only_outbound_agents_meet_answering_machines(body_of, north):
    assert body_of()["voicemailDetection"] == "off"
    assert "voicemailMessage" not in body_of()
    outbound = body_of(CallDirection.OUTBOUND)
    assert outbound["voicemailDetection"] == {"provider": "vapi"}
    assert outbound["voicemailMessage"] == "Hello, this is North Clinic. We will try again. Thank you, goodbye."
    assert "back on +442079460123." in voicemail_message(clinic="X", phone="+442079460123")


def test_voice_and_ears_speak_the_agents_language(body_of):
    body = body_of(agent_values={"language": "de"})
    assert body["transcriber"] == {"provider": "deepgram", "model": "nova-3", "language": "de"}
    assert body["voice"] == {"provider": "11labs", "voiceId": "sarah", "model": "eleven_turbo_v2_5"}
    assert body_of(agent_values={"voice_provider": "vapi", "voice_id": "Elliot"})["voice"] == {
        "provider": "vapi",
        "voiceId": "Elliot",
    }


def test_an_agent_can_hang_up(body_of):
    assert body_of()["model"]["tools"] == [{"type": "endCall"}]


def test_other_peoples_settings_survive_inside_objects_of_the_same_provider():
    ours = {"voice": {"provider": "11labs", "voiceId": "new"}, "name": "A"}

    assert merge({"voice": {"provider": "11labs", "voiceId": "old", "speed": 1.1}, "x": 1}, ours) == {
        "voice": {"provider": "11labs", "voiceId": "new", "speed": 1.1},
        "name": "A",
    }
    assert merge({"voice": {"provider": "vapi", "speed": 1.1}}, ours)["voice"] == ours["voice"]
