"""Common mistakes in what a clinic tells its agents: each is found, and what is fine is left alone."""

import pytest

from agents import prompts
from agents.linting import Severity, lint_prompt
from agents.models import Agent, CallDirection
from agents.prompting.languages import guess_language
from agents.prompts import MAX_PROMPT_CHARS, ClinicFact
from agents.versions import config_of
from orgs.models import IntegrationSettings
from orgs.scope import org_scope, org_tx

GOOD = {
    "name": "Reception",
    "first_message": "Thank you for calling North Clinic. How can I help you today?",
    "system_prompt": "Mention that parking is free. Before you say goodbye, repeat what was agreed.",
}


@pytest.fixture
def lint(north, monkeypatch):
    """`lint(first_message="…")`: what is found in a good configuration with this change."""

    def run(hours="Monday 09:00 to 17:00", agent=None, **changes):
        monkeypatch.setattr(prompts, "_sources", [lambda org: [ClinicFact("Opening hours", hours)]])
        with org_scope(north), org_tx():
            return lint_prompt({**GOOD, **changes}, north, agent=agent)

    return run


def test_a_good_configuration_has_nothing_to_look_at(lint):
    assert lint() == []


ASKED = [
    ("Ask for symptoms and diagnose them.", "diagnose", "for a diagnosis"),
    ("Give a diagnosis.", "diagnosis", "for a diagnosis"),
    ("Tell them: you should take ibuprofen.", "you should take", "medical advice"),
    ("The patient should stop eating.", "The patient should stop", "medical advice"),
    ("Recommend the right painkillers.", "Recommend the right painkillers", "on medicines"),
    ("You may prescribe antibiotics.", "prescribe", "on medicines"),
    ("Explain their test results.", "Explain their test results", "opinion on health"),
    ("Assess the symptoms.", "Assess the symptoms", "opinion on health"),
    ("Our results are guaranteed.", "guaranteed", "promises an outcome"),
    ("It has no side effects.", "no side effects", "promises an outcome"),
    ("Take the credit card number.", "credit card number", "card or bank"),
    ("Ask for the CVV.", "CVV", "card or bank"),
    ("Never forget to ask for the card number.", "card number", "card or bank"),
    ("Note their national insurance number.", "national insurance number", "identity numbers"),
    ("Pretend to be a nurse.", "Pretend to be a nurse", "pose as a person"),
    ("Say that you are human.", "Say that you are human", "pose as a person"),
    ("Our address is [insert address].", "[insert address]", "not filled in"),
    ("We are at <address>.", "<address>", "not filled in"),
    ("Lorem ipsum dolor.", "Lorem ipsum", "not filled in"),
    ("Prices: TBD", "TBD", "not filled in"),
    ("Welcome to your clinic name.", "your clinic name", "not filled in"),
    ("Greet {{customer.name}}.", "{{customer.name}}", "is a template"),
]


@pytest.mark.parametrize(("sentence", "found", "message"), ASKED)
def test_what_an_agent_should_not_be_asked(lint, sentence, found, message):
    (finding,) = lint(system_prompt=f"{GOOD['system_prompt']} {sentence}")

    assert finding.field == "system_prompt"
    assert finding.severity is Severity.WARNING
    assert f"“{found}”" in finding.message
    assert message in finding.message
    assert finding.hint


@pytest.mark.parametrize(
    "sentence",
    [
        "Never diagnose.",
        "Do not recommend medicines.",
        "Don't ask for card details.",
        "Speak without promises.",
        "Callers may ask what they should take; offer a call back.",
        "Take a message instead of explaining test results.",
        "Always say the clinic's name.",
        "The waiting room has 3 chairs [and a sofa",
        "If the caller prefers Polish, speak Polish.",
        "Patients love their iPhone and eBay.",
        "Never speak German.",
    ],
)
def test_what_is_fine(lint, sentence):
    assert lint(system_prompt=f"{GOOD['system_prompt']} {sentence}") == []


@pytest.mark.parametrize(
    ("changes", "field", "severity", "message"),
    [
        ({"first_message": ""}, "first_message", "note", "no greeting"),
        ({"first_message": "Hello. How can I help?"}, "first_message", "warning", "whom the caller has reached"),
        ({"first_message": "North Clinic speaking."}, "first_message", "note", "asks nothing"),
        ({"first_message": f"North Clinic. {'Very long. ' * 30}Yes?"}, "first_message", "warning", "about 2"),
        ({"first_message": "Welcome to North Clinic, [name]?"}, "first_message", "warning", "not filled in"),
        ({"after_hours_message": "You should take a painkiller."}, "after_hours_message", "warning", "medical advice"),
        ({"system_prompt": "Mention the car park."}, "system_prompt", "note", "calls should end"),
        ({"system_prompt": ""}, "system_prompt", "note", "calls should end"),
        ({"system_prompt": f"Say goodbye. {'word ' * 1700}"}, "system_prompt", "note", "Long ones"),
        ({"system_prompt": "Say goodbye. We are open from 9 to 5."}, "system_prompt", "note", "in your diary"),
        ({"hours": "not known: never promise any"}, "system_prompt", "warning", "when you are open"),
        ({"language": "de"}, "first_message", "warning", "reads as English, and the agent speaks German"),
        ({"system_prompt": "Always answer in French. Say goodbye."}, "language", "warning", "ask for French"),
        ({"max_duration_seconds": 60}, "max_duration_seconds", "warning", "after 60 seconds"),
    ],
)
def test_what_callers_would_notice(lint, changes, field, severity, message):
    (finding,) = lint(**changes)

    assert (finding.field, finding.severity) == (field, severity)
    assert message in finding.message


def test_a_company_form_is_no_part_of_a_name(lint, north):
    north.name = "The North Clinic Ltd."
    assert lint() == []


def test_a_language_that_changes_with_the_caller_contradicts_nothing(lint):
    assert lint(language="multi") == []
    assert lint(language="en-US") == []


@pytest.mark.parametrize(
    ("name", "enabled", "field", "message"),
    [
        ("bookClinicAppointment", ["checkAvailability"], "tools_enabled", "which this agent may not use"),
        ("bookAppointmnet", None, "system_prompt", "no tool called bookAppointmnet"),
    ],
)
def test_tools_that_the_agent_does_not_have(lint, name, enabled, field, message):
    (finding,) = lint(system_prompt=f"Say goodbye. Use {name}.", tools_enabled=enabled)

    assert finding.field == field
    assert message in finding.message


def test_a_tool_that_it_has_may_be_mentioned(lint):
    assert lint(system_prompt="Say goodbye. Use checkAvailability first.", tools_enabled=["checkAvailability"]) == []


@pytest.mark.parametrize(
    ("chosen", "greeting", "message"),
    [
        ({"recording_consent_message": ""}, "North Clinic. Yes?", "nobody tells the caller"),
        ({"recording_enabled": False}, "North Clinic. This is recorded. Yes?", "and it is not"),
        ({"recording_consent_message": ""}, "North Clinic. This is recorded. Yes?", ""),
        ({"recording_enabled": False}, "North Clinic. Yes?", ""),
    ],
)
def test_what_is_said_of_recording_is_true(lint, north, chosen, greeting, message):
    with org_scope(north), org_tx():
        IntegrationSettings.objects.update(**chosen)
    findings = lint(first_message=greeting)

    assert bool(findings) is bool(message)
    assert all(message in finding.message for finding in findings)


def test_the_worst_comes_first(lint):
    findings = lint(system_prompt=f"Diagnose everybody. {'word ' * MAX_PROMPT_CHARS}", first_message="")

    assert [finding.severity for finding in findings] == ["error", "warning", "note", "note"]
    assert "too long by" in findings[0].message


def test_a_new_clinics_own_agents_have_only_notes(north):
    with org_scope(north), org_tx():
        for agent in Agent.objects.all():
            findings = lint_prompt(config_of(agent), north, agent=agent)
            assert {finding.severity for finding in findings} <= {Severity.NOTE}
            assert agent.call_direction in CallDirection.values


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you for calling, how can I help you?", "en"),
        ("Guten Tag, wie kann ich Ihnen helfen?", "de"),
        ("Bonjour, comment puis-je vous aider avec votre appel?", "fr"),
        ("Gracias por llamar, ¿cómo le puedo ayudar?", "es"),
        ("Dzień dobry, w czym mogę pomóc?", "pl"),
        ("Botox Harley Street 10", ""),
        ("", ""),
    ],
)
def test_languages_are_told_by_their_little_words(text, language):
    assert guess_language(text) == language
