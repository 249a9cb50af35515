"""Hearing an agent: samples of voices, and the page for talking to it from the browser."""

import pytest
from django.urls import reverse

from agents.models import Agent
from agents.voices import VOICES
from credentials.connections import connect
from credentials.types import Provider
from orgs.actors import Actor, ActorKind
from orgs.models import Role
from orgs.scope import org_scope, org_tx

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def member(north, add_member, sign_in):
    return sign_in(add_member(north, Role.MEMBER))


def sample(browser, sample_id=VOICES[0].sample_id):
    return browser.get(reverse("agents:voice_sample", args=[sample_id]))


@pytest.fixture
def elevenlabs(provider_sandbox, north, north_owner):
    actor = Actor(kind=ActorKind.USER, org_id=north.pk, user_id=north_owner.pk, role=Role.OWNER)
    connect(org=north, provider=Provider.ELEVENLABS, given={"apiKey": "sk_" + "a1" * 24}, actor=actor)
    return provider_sandbox


def test_a_voice_is_heard_and_made_once(member, elevenlabs):
    for _ in range(2):
        answer = sample(member)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "audio/mpeg"
        assert len(answer.content) > 1000


def test_without_an_account_it_says_what_to_connect(member):
    answer = sample(member)
    assert answer.status_code == 404
    assert "Connect ElevenLabs in Integrations" in answer.content.decode()


def test_only_voices_that_are_offered_are_made(member, elevenlabs):
    assert sample(member, "someone-elses-voice").status_code == 404


def test_talking_needs_a_public_key_and_opens_the_policy_for_that_page_alone(north, north_owner, sign_in, settings):
    with org_scope(north), org_tx():
        agent = Agent.objects.get(call_direction="inbound")
    browser, page = sign_in(north_owner), reverse("agents:talk", args=[agent.pk])
    assert browser.get(page).status_code == 404

    settings.VAPI_PUBLIC_KEY = "pk-test-0001"
    assert "https://c.daily.co" in browser.get(page)["Content-Security-Policy"]
    shown = browser.get(reverse("agents:detail", args=[agent.pk]))
    assert "Talk in the browser" in shown.content.decode()
    assert "daily" not in shown["Content-Security-Policy"]
