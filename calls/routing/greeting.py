"""The first thing a known caller hears: the clinic's own greeting, with their name in front."""

import re
from functools import lru_cache

from agents.models import CallDirection
from agents.prompting.greetings import DEFAULT_GREETINGS, with_consent
from calls.routing.facts import AnsweringAgent, CallFacts
from calls.routing.plain_data import as_data
from orgs.models import IntegrationSettings

LONGEST_CLINIC = 120
# By language; an agent that speaks another one greets everybody alike.
_OPENINGS = {
    "en": "Hi {name}, thanks for calling {clinic}!",
    "de": "Hallo {name}, danke für Ihren Anruf bei {clinic}!",
    "es": "¡Hola {name}, gracias por llamar a {clinic}!",
    "fr": "Bonjour {name}, merci d’appeler {clinic} !",
    "it": "Ciao {name}, grazie per aver chiamato {clinic}!",
    "nl": "Hallo {name}, bedankt voor het bellen naar {clinic}!",
    "pt": "Olá {name}, obrigado por ligar para {clinic}!",
}
_HELLO = r"(?:hello|hi there|hi|hey|good (?:morning|afternoon|evening|day))"
_BARE_HELLO = re.compile(rf"^{_HELLO}\s*[,.!]\s*", re.IGNORECASE)
_COURTESY = (
    r"(?:thank you|thanks)(?: very much)? for (?:calling|ringing|phoning)|welcome to|you(?:'|’)ve reached|this is"
)


def greet(*, name: str, facts: CallFacts, agent: AnsweringAgent, instead: str = "") -> str:
    """The first message of this call, or "" where the agent's own has to do.

    Of a greeting only an opening courtesy gives way to a caller's name. That the call is recorded is said to everybody.

    Args:
        name: the caller's first name, "" to greet them as everybody.
        instead: what the agent says at present in place of its own greeting.
    """
    opening = _OPENINGS.get(agent.language.split("-", 1)[0].lower()) if name else None
    recording = _recording(facts.is_recorded, facts.recording_notice)
    if opening is None:
        return with_consent(instead, recording) if instead else ""
    usual = DEFAULT_GREETINGS[CallDirection.INBOUND].format(clinic=facts.clinic)
    said = instead.strip() or agent.first_message.strip() or usual
    hello = opening.format(name=name, clinic=as_data(facts.clinic, limit=LONGEST_CLINIC))
    return with_consent(f"{hello} {_after_courtesy(said, facts.clinic)}".strip(), recording)


@lru_cache(maxsize=1000)
def _recording(is_recorded: bool, notice: str) -> IntegrationSettings:
    return IntegrationSettings(recording_enabled=is_recorded, recording_consent_message=notice)


def _after_courtesy(message: str, clinic: str) -> str:
    """The agent's greeting without "Thank you for calling North Clinic." at its beginning, or without its "Hello"."""
    opening = rf"^(?:{_HELLO}\s*[,.!]?\s*(?:and )?)?(?:{_COURTESY}) {re.escape(clinic)}\s*[.!]+\s*"
    shorter = re.sub(opening, "", message, count=1, flags=re.IGNORECASE)
    return shorter if shorter != message else _BARE_HELLO.sub("", message, count=1)
