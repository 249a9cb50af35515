"""Common mistakes in what a clinic tells its agents, found while it is typed. Warnings only: nothing is refused here.

Phrases are looked for in English; a sentence that forbids a thing ("never diagnose") does not count as asking for it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agents.errors import PromptTooLong
from agents.models import Agent
from agents.prompting.greetings import spoken_greeting
from agents.prompting.languages import LANGUAGES, guess_language, say_language
from agents.prompts import agent_with, clinic_facts, finished_prompt
from agents.tool_registry import all_tools, tools_of
from orgs.models import IntegrationSettings, Organization


class Severity(StrEnum):
    """ERROR: Vapi will not be given it. WARNING: callers will notice. NOTE: it could be better."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing to look at: in which setting, how bad, what it is and what to do instead."""

    field: str
    severity: Severity
    message: str
    hint: str


@dataclass(frozen=True)
class _Phrase:
    """Words that should not be asked of an agent. `{found}` in the message is what was found."""

    pattern: re.Pattern[str]
    message: str
    hint: str
    severity: Severity = Severity.WARNING


def _phrase(pattern: str, message: str, hint: str, severity: Severity = Severity.WARNING) -> _Phrase:
    return _Phrase(re.compile(pattern, re.IGNORECASE), message, hint, severity)


_ADVICE = "Have the agent offer an appointment or a call back instead. It gives no medical advice, whatever is asked."
_PHRASES = (
    _phrase(r"\bdiagnos(?:e|es|ing|is)\b", "“{found}” asks the agent for a diagnosis.", _ADVICE),
    _phrase(
        r"(?<!what )(?<!which )(?<!whether )\b(?:you|they|the (?:patient|caller)s?) should "
        r"(?:take|stop|start|try|use|apply|avoid)\b",
        "“{found}” sounds like medical advice.",
        _ADVICE,
    ),
    _phrase(
        r"\b(?:prescri(?:be|bes|bing|ption for)|(?:recommend|suggest|advise)(?:s|ing)? (?:\w+ ){0,3}"
        r"(?:dos(?:e|age)|medicines?|medications?|drugs?|painkillers?|antibiotics?))\b",
        "“{found}” asks the agent for advice on medicines.",
        _ADVICE,
    ),
    _phrase(
        r"\b(?:assess|judge|evaluate|triage|interpret|explain) (?:\w+ ){0,3}"
        r"(?:symptoms?|test results?|x-rays?|scans?)\b",
        "“{found}” asks the agent for an opinion on health.",
        _ADVICE,
    ),
    _phrase(
        r"\b(?:guarantee[ds]?|promise[sd]?|100 ?% (?:safe|effective)|(?:no|without) (?:any )?(?:risk|side effects?)"
        r"|will (?:be )?cured?|risk[- ]free)\b",
        "“{found}” promises an outcome.",
        "Say what the treatment is and what it costs, and leave its result to the practitioner.",
    ),
    _phrase(
        r"\b(?:(?:credit|debit|bank|payment) cards?(?: (?:number|details))?|card (?:number|details)|cvv|cvc"
        r"|(?:card )?security code|sort code|expiry date)\b",
        "“{found}”: an agent must not ask for card or bank details on the telephone.",
        "Have it say that payment is taken at the clinic or by a secure link.",
    ),
    _phrase(
        r"\b(?:social security|national insurance|passport|nhs) numbers?\b",
        "“{found}”: identity numbers do not belong in a recorded call.",
        "A name and a telephone number are enough for a booking.",
    ),
    _phrase(
        r"\b(?:pretend|claim|act as if|say(?: that)?) (?:to be|you are|you're|it is) (?:a |an )?"
        r"(?:human|real|person|doctor|nurse|dentist|clinician)\b",
        "“{found}”: an agent may not pose as a person.",
        "Give it a name and a manner. If asked, it says that it is an automated assistant.",
    ),
    _phrase(
        r"\[[^\[\]\n]{2,60}\]|<[A-Za-z][^<>\n]{1,60}>|\blorem ipsum\b|\bxxx+\b|\b(?:tbd|tbc|to"
        r"do|fixme)\b|_{3,}"
        r"|\b(?:your|insert) (?:clinic|business|company|practice)(?:'s)? name\b",
        "“{found}” looks like a gap that was not filled in.",
        "Write what should be said, or take it out.",
    ),
    _phrase(
        r"\{\{.*?\}\}|\{%.*?%\}",
        "“{found}” is a template. Templates are not filled in.",
        "The agent knows the time, the clinic and the caller already. Take the template out.",
    ),
)
_TEXTS = ("first_message", "system_prompt", "after_hours_message")

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
_NEGATION = re.compile(
    r"\b(?:never|not|no|nor|cannot|avoid|without|refuse|instead of|rather than)\b|n['’]t\b", re.IGNORECASE
)
_DOUBLE_NEGATION = re.compile(r"\b(?:never|do not|don['’]t) (?:forget|fail|hesitate|omit|neglect) to\b", re.IGNORECASE)
_CLOSING = re.compile(
    r"\b(?:good ?bye|bye|farewell|end(?:s|ing)? the call|hang(?:s|ing)? up|clos(?:e|es|ing)|thank(?:s|ing)? (?:the|them"
    r"|you|callers?)|anything else|wrap up|finish(?:es|ing)?)\b",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\bopen(?:ing)?\b[^.\n]{0,60}\b\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|to|until|–|-)|\bhours\b[^.\n]{0,40}\d",
    re.IGNORECASE,
)
_TOOL_LIKE = re.compile(r"\b[a-z]{3,}(?:[A-Z][a-z]{2,})+\b")
_SPEAK = re.compile(
    r"\b(?:speak|answer|reply|respond|talk|converse)s?\b[^.\n]{0,40}?\b(" + "|".join(
        sorted({words.split()[-1] for words in LANGUAGES.values()} - {"language"})
    ) + r")\b",
    re.IGNORECASE,
)  # fmt: skip
_COMPANY_WORDS = re.compile(r"\b(?:the|ltd|limited|llp|llc|inc|plc|gmbh)\b|[^\w\s]", re.IGNORECASE)
# About twenty seconds of speech.
LONG_GREETING = 300
LONG_INSTRUCTIONS = 8_000
SHORT_CALL_S = 120


@dataclass(frozen=True)
class _Text:
    """What is looked at: an agent as it would be, its clinic, and what that has chosen."""

    agent: Agent
    org: Organization
    chosen: IntegrationSettings


Rule = Callable[[_Text], Iterator[Finding]]


def lint_prompt(config: Mapping[str, Any], org: Organization, *, agent: Agent | None = None) -> list[Finding]:
    """Everything worth looking at in a configuration, the worst first. Queries run in the open transaction.

    Args:
        config: as a version stores it; fields that are missing have their defaults.
        agent: whose direction counts; without one, an inbound agent.
    """
    text = _Text(
        agent=agent_with(config, like=agent),
        org=org,
        chosen=IntegrationSettings.objects.for_org(org.pk).first() or IntegrationSettings(),
    )
    found = [finding for rule in (_length, *_RULES) for finding in rule(text)]
    return sorted(dict.fromkeys(found), key=lambda finding: list(Severity).index(finding.severity))


def _length(text: _Text) -> Iterator[Finding]:
    try:
        finished_prompt(text.org, {"system_prompt": text.agent.system_prompt}, agent=text.agent)
    except PromptTooLong as refused:
        yield Finding("system_prompt", Severity.ERROR, refused.message, "Keep what callers ask about most.")
        return
    if len(text.agent.system_prompt) > LONG_INSTRUCTIONS:
        message = (
            f"The instructions have {len(text.agent.system_prompt):,} characters. Long ones are slow and half heeded."
        )
        yield Finding("system_prompt", Severity.NOTE, message, f"Aim for fewer than {LONG_INSTRUCTIONS:,}.")


def _phrases(text: _Text) -> Iterator[Finding]:
    for name in _TEXTS:
        for sentence in _SENTENCE_END.split(getattr(text.agent, name)):
            for phrase in _PHRASES:
                match = phrase.pattern.search(sentence)
                if match and not _is_denied(sentence, match.start()):
                    found = match.group(0).strip()
                    yield Finding(name, phrase.severity, phrase.message.format(found=found), phrase.hint)


def _is_denied(sentence: str, position: int) -> bool:
    return bool(_NEGATION.search(_DOUBLE_NEGATION.sub("", sentence[:position])))


def _greeting(text: _Text) -> Iterator[Finding]:
    written = text.agent.first_message.strip()
    if not written:
        yield Finding(
            "first_message", Severity.NOTE, "There is no greeting: the usual one is spoken.", "Greet in your own words."
        )
        return
    spoken = spoken_greeting(agent=text.agent, org=text.org, settings=text.chosen)
    if len(spoken) > LONG_GREETING:
        yield Finding(
            "first_message", Severity.WARNING,
            f"The greeting has {len(spoken)} characters as it is spoken, about {len(spoken) // 15} seconds.",
            f"Callers interrupt long greetings. Stay below {LONG_GREETING} characters.",
        )  # fmt: skip
    if not _names(text.org.name, written):
        yield Finding(
            "first_message", Severity.WARNING, "The greeting does not say whom the caller has reached.",
            f"Name the clinic: “Thank you for calling {text.org.name}.”",
        )  # fmt: skip
    if "?" not in written:
        yield Finding(
            "first_message", Severity.NOTE, "The greeting asks nothing, so callers may wait for more.",
            "End it with a question: “How can I help you today?”",
        )  # fmt: skip


def _names(clinic: str, greeting: str) -> bool:
    """Whether the greeting says the clinic's name, `Ltd` and the like aside."""
    wanted, said = (" ".join(_COMPANY_WORDS.sub(" ", words).casefold().split()) for words in (clinic, greeting))
    return wanted in said


def _recording(text: _Text) -> Iterator[Finding]:
    chosen = text.chosen
    if chosen.recording_enabled and not chosen.recording_consent_message.strip():
        if "record" not in text.agent.first_message.casefold():
            yield Finding(
                "first_message", Severity.WARNING, "Calls are recorded and nobody tells the caller.",
                "Say so in the greeting, or switch recording off.",
            )  # fmt: skip
    elif not chosen.recording_enabled and re.search(r"\brecorded\b", text.agent.first_message, re.IGNORECASE):
        yield Finding(
            "first_message", Severity.WARNING, "The greeting says that the call is recorded, and it is not.",
            "Take it out, or switch recording on.",
        )  # fmt: skip


def _closing(text: _Text) -> Iterator[Finding]:
    if not _CLOSING.search(text.agent.system_prompt):
        yield Finding(
            "system_prompt", Severity.NOTE, "Nothing says how your calls should end.",
            "Add how to close, such as: “Before you say goodbye, repeat what was agreed and thank the caller.”",
        )  # fmt: skip


def _hours(text: _Text) -> Iterator[Finding]:
    told = {fact.label: fact.text for fact in clinic_facts(text.org)}
    is_known = not told.get("Opening hours", "not known").startswith("not known")
    is_typed = bool(_HOURS.search(text.agent.system_prompt))
    if not is_known and not is_typed:
        yield Finding(
            "system_prompt", Severity.WARNING, "The agent does not know when you are open.",
            "Set your opening hours; the agent is told them.",
        )  # fmt: skip
    elif is_known and is_typed:
        yield Finding(
            "system_prompt", Severity.NOTE, "Opening hours stand in the instructions and in your diary.",
            "The agent is told the diary's. Take these out, so that they never differ.",
        )  # fmt: skip


def _tools(text: _Text) -> Iterator[Finding]:
    known = {tool.name for tool in all_tools()}
    allowed = {tool.name for tool in tools_of(text.agent.tools_enabled)}
    for name in dict.fromkeys(_TOOL_LIKE.findall(text.agent.system_prompt)):
        if name in known - allowed:
            yield Finding(
                "tools_enabled", Severity.WARNING, f"The instructions mention {name}, which this agent may not use.",
                "Allow the tool, or take it out of the instructions.",
            )  # fmt: skip
        elif name not in known:
            yield Finding(
                "system_prompt", Severity.WARNING, f"There is no tool called {name}.",
                f"There are: {', '.join(sorted(known))}.",
            )  # fmt: skip


def _language(text: _Text) -> Iterator[Finding]:
    spoken = say_language(text.agent.language)
    if text.agent.language == "multi":
        return
    for name in _TEXTS[:1] + _TEXTS[2:]:
        guessed = guess_language(getattr(text.agent, name))
        if guessed and guessed != text.agent.language.split("-")[0]:
            yield Finding(
                name, Severity.WARNING, f"This reads as {say_language(guessed)}, and the agent speaks {spoken}.",
                "Write it in the agent's language, or change the language.",
            )  # fmt: skip
    for sentence in _SENTENCE_END.split(text.agent.system_prompt):
        match = _SPEAK.search(sentence)
        wanted = match.group(1).capitalize() if match else ""
        if match and wanted != spoken.split()[-1] and not _depends(sentence, match.start()):
            yield Finding(
                "language", Severity.WARNING, f"The instructions ask for {wanted}, and the agent speaks {spoken}.",
                "Choose the language that your callers hear first.",
            )  # fmt: skip


def _depends(sentence: str, position: int) -> bool:
    """Whether it is only meant for some callers, or denied."""
    return bool(re.search(r"\b(?:if|when|unless|prefers?)\b", sentence, re.IGNORECASE)) or _is_denied(
        sentence, position
    )


def _duration(text: _Text) -> Iterator[Finding]:
    if text.agent.max_duration_seconds < SHORT_CALL_S:
        yield Finding(
            "max_duration_seconds", Severity.WARNING,
            f"Calls are cut off after {text.agent.max_duration_seconds} seconds, without a goodbye.",
            "A booking takes two to four minutes.",
        )  # fmt: skip


_RULES: tuple[Rule, ...] = (_phrases, _greeting, _recording, _closing, _hours, _tools, _language, _duration)
