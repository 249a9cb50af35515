"""The one prompt builder: what an agent is told, for creating and updating its assistant and for showing it alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agents.errors import PromptTooLong
from agents.identity_block import WHO_IS_CALLING
from agents.models import Agent, AgentMode, CallDirection
from agents.prompting import rules
from agents.prompting.cleaning import clean_line, clean_text, delimit
from agents.prompting.languages import say_language
from agents.tool_registry import ToolSpec, tools_of
from orgs.models import Organization

# Ours and the clinic's together. Beyond it answers become slow and rules are forgotten.
MAX_PROMPT_CHARS = 30_000


@dataclass(frozen=True)
class ClinicFact:
    """One line about the clinic: `Opening hours` / `Monday to Friday 9 am to 5 pm`."""

    label: str
    text: str


FactSource = Callable[[Organization], list[ClinicFact]]
KnowledgeSource = Callable[[Organization], str]
# Higher rooms (hours, services, documents) add what they know by registering here in their apps.py.
_sources: list[FactSource] = []
_knowledge: list[KnowledgeSource] = []


def register_clinic_facts(source: FactSource) -> None:
    """Have `source(org)` asked for facts whenever a prompt is built, inside the organisation's transaction.

    When what it would answer changes, its room calls `agents.services.refresh_agents(org=…)`.
    """
    if source not in _sources:
        _sources.append(source)


def register_knowledge(source: KnowledgeSource) -> None:
    """As `register_clinic_facts`, for passages of the clinic's documents; "" when there are none."""
    if source not in _knowledge:
        _knowledge.append(source)


def clinic_facts(org: Organization) -> list[ClinicFact]:
    """Everything that registered rooms know about the clinic. Queries run in the open transaction."""
    own = [ClinicFact("Name", org.name), ClinicFact("Time zone", org.timezone)]
    if org.address:
        own.append(ClinicFact("Address", org.address))
    if org.phone:
        own.append(ClinicFact("Telephone", org.phone))
    return [*own, *(fact for source in _sources for fact in source(org))]


def finished_prompt(org: Organization, config: Mapping[str, Any], *, agent: Agent | None = None) -> str:
    """What an agent with this configuration would be told. Queries run in the open transaction.

    Args:
        config: as a version stores it (`agents.versions.CONFIG_FIELDS`); fields that are missing have their defaults.
        agent: whose direction and mode count; without one, an inbound agent in full mode.

    Raises:
        PromptTooLong: Vapi would not be given it.
    """
    prompt = prompt_of(agent=agent_with(config, like=agent), org=org)
    require_fitting(prompt)
    return prompt


def agent_with(config: Mapping[str, Any], *, like: Agent | None = None) -> Agent:
    """An agent, stored nowhere, as this configuration describes it."""
    fixed = {"call_direction": like.call_direction, "mode": like.mode} if like else {}
    fields = {field.attname for field in Agent._meta.concrete_fields}
    given = {name: value for name, value in config.items() if name in fields}
    return Agent(**{"call_direction": CallDirection.INBOUND, **given, **fixed})


def prompt_of(*, agent: Agent, org: Organization) -> str:
    """The system prompt of an agent, with everything that is known of its clinic, however long it is."""
    passages = (source(org) for source in _knowledge)
    return build_prompt(
        agent=agent,
        org=org,
        facts=clinic_facts(org),
        tools=tools_of(agent.tools_enabled),
        knowledge="\n\n".join(passage for passage in passages if passage.strip()),
    )


def require_fitting(prompt: str) -> None:
    """Refuse a prompt that is too long.

    Raises:
        PromptTooLong: says by how many characters.
    """
    excess = len(prompt) - MAX_PROMPT_CHARS
    if excess > 0:
        raise PromptTooLong(excess)


def build_prompt(
    *, agent: Agent, org: Organization, facts: list[ClinicFact], tools: list[ToolSpec], knowledge: str = ""
) -> str:
    """The system prompt. Its only templates are `{{"now" | date …}}` and `{{ callerMemory }}`: no text of a clinic can
    open one.

    The order is meant: what is the same for all calls comes first, so that the model's provider can keep it; what is
    the clinic's own follows; then what differs from call to call (the moment, and after it who is calling); the rules
    that nothing may change come last, where models heed them most.
    """
    sections = [
        ("Your role", _role(agent, org)),
        ("How you speak", rules.SPEECH),
        ("Tools, and their order", _tools(tools)),
        ("When something goes wrong", rules.RECOVERY),
        ("The clinic", "\n".join(f"- {clean_line(fact.label)}: {clean_line(fact.text)}" for fact in facts)),
        (rules.KNOWLEDGE_MARK, _under(rules.KNOWLEDGE_USE, clean_text(knowledge))),
        ("What this clinic asks of you", _under(rules.CLINIC_USE, delimit(agent.system_prompt))),
        ("The present moment", _moment(org)),
        ("Who is calling", WHO_IS_CALLING if agent.call_direction == CallDirection.INBOUND else ""),
        ("Health, and what you may not say", rules.HEALTH.format(emergency=rules.emergency_number(org.country))),
        ("Limits", rules.LIMITS),
    ]
    return "\n\n".join(f"# {title}\n{text}" for title, text in sections if text)


_ROLES = {
    CallDirection.INBOUND: "You are {name}, the receptionist who answers the telephone of {clinic}. You help callers "
    "with questions about the clinic and with appointments.",
    CallDirection.OUTBOUND: "You are {name}, calling on behalf of {clinic}. Say who you are and why you call, ask "
    "whether it is a good moment, and stop at once when the person does not want the call.",
}


def _role(agent: Agent, org: Organization) -> str:
    role = _ROLES[CallDirection(agent.call_direction)].format(name=clean_line(agent.name), clinic=clean_line(org.name))
    if agent.mode == AgentMode.APPROVE:
        role += " Appointments that you make are requests: staff confirm them, and you say so."
    return f"{role} You speak {say_language(clean_line(agent.language))} unless the caller prefers another language."


def _moment(org: Organization) -> str:
    now = f'{{{{"now" | date: "%A, %d %B %Y, %H:%M", "{org.timezone}"}}}}'
    return f"It is {now} at the clinic. Work out today, tomorrow and weekdays from this, never from memory."


def _tools(tools: list[ToolSpec]) -> str:
    if not tools:
        return rules.NO_TOOLS
    lines = [f"- {tool.name}: {clean_line(tool.description)}" for tool in tools]
    names = {tool.name for tool in tools}
    lines += [order for needed, order in rules.TOOL_ORDERS.items() if needed <= names]
    return "\n".join([*lines, rules.TOOL_TRUTH])


def _under(introduction: str, text: str) -> str:
    return f"{introduction}\n{text}" if text else ""
