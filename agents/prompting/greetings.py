"""What an agent says first: the clinic's greeting, and while calls are recorded, that they are."""

import re

from agents.models import Agent, CallDirection
from agents.prompting.cleaning import clean_line
from orgs.models import IntegrationSettings, Organization

DEFAULT_GREETINGS = {
    CallDirection.INBOUND: "Thank you for calling {clinic}. How can I help you today?",
    CallDirection.OUTBOUND: "Hello, this is the assistant of {clinic}. Is now a good moment to talk?",
}
DEFAULT_NAMES = {CallDirection.INBOUND: "Reception", CallDirection.OUTBOUND: "Call-backs"}

_LAST_QUESTION = re.compile(r"(?:(?<=[.!?…])\s+|^)([^.!?…]*\?)\s*$")


def spoken_greeting(*, agent: Agent, org: Organization, settings: IntegrationSettings) -> str:
    """The first message of an agent's calls; an agent that was given none has the usual one."""
    usual = DEFAULT_GREETINGS[CallDirection(agent.call_direction)].format(clinic=org.name)
    return with_consent(agent.first_message if agent.first_message.strip() else usual, settings)


def with_consent(greeting: str, settings: IntegrationSettings) -> str:
    """The greeting as it is spoken. That the call is recorded is said before the closing question, if there is one.

    For every first message, also those of single calls: Vapi's own consent plan is for enterprise accounts only.
    """
    spoken, consent = clean_line(greeting), clean_line(settings.recording_consent_message)
    if not settings.recording_enabled or not consent or consent.casefold() in spoken.casefold():
        return spoken
    question = _LAST_QUESTION.search(spoken)
    if question is None:
        return f"{spoken} {consent}".strip()
    return f"{spoken[: question.start()]} {consent} {question.group(1).strip()}".strip()


def voicemail_message(*, clinic: str, phone: str) -> str:
    """What is left on an answering machine: nothing about why, for others may listen."""
    back = f" Please call us back on {phone}." if phone else " We will try again."
    return f"Hello, this is {clean_line(clinic)}.{back} Thank you, goodbye."
