"""STOP, START and HELP: one word that is the whole text, and who answers it."""

from enum import StrEnum

from django.http import QueryDict

from orgs.models import Organization


class Keyword(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


_STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
_START = {"START", "UNSTOP"}
_START_AGAIN = {"YES"}
_HELP = {"HELP", "INFO"}
_MARKS = " \t\r\n.!\"'"


def read_keyword(text: str, *, is_out: bool) -> Keyword | None:
    """The keyword that a text consists of. YES means START only from somebody who opted out (`is_out`)."""
    word = text.strip(_MARKS).upper()
    if word in _STOP:
        return Keyword.STOP
    if word in _START or (is_out and word in _START_AGAIN):
        return Keyword.START
    return Keyword.HELP if word in _HELP else None


def twilio_answers(form: QueryDict) -> bool:
    """Whether Twilio itself answers keywords here: US and Canadian numbers, and messaging services."""
    return form.get("To", "").startswith("+1") or "OptOutType" in form or bool(form.get("MessagingServiceSid"))


def answer_to(keyword: Keyword, org: Organization) -> str:
    """What we say where Twilio does not."""
    match keyword:
        case Keyword.STOP:
            return f"{org.name}: you will get no more texts from us. Reply START to get them again."
        case Keyword.START:
            return f"{org.name}: you will get texts from us again. Reply STOP to end them."
        case Keyword.HELP:
            call = f" Call us on {org.phone}." if org.phone else ""
            return f"{org.name}: texts about your visits.{call} Reply STOP to end them."
