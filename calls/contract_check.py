"""Does a running installation answer every tool as Vapi asks it? Each tool, in each form, at each address, as a trial.

The forms are those of reference vapi, 1.4: three official descriptions and what is really sent. A trial happens as a
live call does and is taken back (`calls.ingress.trials`), so a booking succeeds here and stays nowhere.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from rest_framework import serializers

from agents.models import Agent, CallDirection
from calls.contract_rules import find_deviations
from calls.ingress.signatures import sign
from calls.ingress.trials import HEADER, TAKEN_BACK, issue_pass
from calls.tools.registry import TOOLS
from calls.tools.types import Tool
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.backend.client import BackendAnswer, BackendClient
from voxanne.clock import now
from voxanne.errors import DomainError

WEBHOOK, TOOL_ADDRESS = "/api/vapi/webhook", "/api/vapi/tools"
# A number that Ofcom keeps for fiction.
CALLER = {"number": "+447700900987", "name": "Contract Check"}
TIMEOUT_S = 20.0
OK = 200

Arguments = dict[str, Any]
_FORMS: dict[str, Callable[[str, str, Arguments], dict[str, Any]]] = {
    "function with object": lambda key, name, given: {
        "id": key, "type": "function", "function": {"name": name, "arguments": given},
    },
    "function with string": lambda key, name, given: {
        "id": key, "type": "function", "function": {"name": name, "arguments": json.dumps(given)},
    },
    "flat arguments": lambda key, name, given: {"id": key, "name": name, "arguments": given},
    "flat parameters": lambda key, name, given: {"id": key, "name": name, "parameters": given},
}  # fmt: skip


class NothingToTry(DomainError):
    code = "nothing_to_try"
    http_status = 409
    message = "This organisation has no inbound assistant at Vapi yet. Run sync_tools first."


class NoTrials(DomainError):
    """The backend would do it in earnest, so nothing more was sent."""

    code = "no_trials"
    http_status = 409
    message = "The backend does not know trials, or has another SECRET_KEY. Nothing that books was sent."


@dataclass(frozen=True)
class Tried:
    """One question and what was wrong with its answer; empty when all was as it should be."""

    tool: str
    form: str
    address: str
    code: str
    deviations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    """Vapi's side of the line to one organisation."""

    client: BackendClient
    org: Organization
    assistant_id: str
    secret: str

    def ask(self, address: str, item: dict[str, Any], *, is_signed: bool) -> BackendAnswer:
        """Post one tool call as Vapi does, marked as a trial."""
        call = {"id": str(uuid4()), "type": "inboundPhoneCall", "assistantId": self.assistant_id, "customer": CALLER}
        message = {
            "type": "tool-calls",
            "timestamp": round(now().timestamp() * 1000),
            "toolCalls": [item],
            "toolCallList": [item],
            "call": call,
            "customer": CALLER,
        }
        raw = json.dumps({"message": message}).encode()
        proof = sign(raw, secret=self.secret, moment=now()) if is_signed else {"X-Vapi-Secret": self.secret}
        return self.client.post(address, raw, {**proof, HEADER: issue_pass(self.org.pk)})


def check_contracts(*, org: Organization, base_url: str) -> Iterator[Tried]:
    """Try every tool at a running backend. Call it with no transaction open.

    Raises:
        NothingToTry, NoTrials: see there.
        ProviderError: the backend does not answer.
    """
    line = _open_line(org, base_url)
    start = _find_start(line)
    for tool in TOOLS.values():
        given = sample_arguments(tool, start=start)
        for number, (form, shape) in enumerate(_FORMS.items()):
            for address in (WEBHOOK, f"{TOOL_ADDRESS}/{tool.name}"):
                item = shape(f"call_{uuid4().hex[:24]}", tool.name, given)
                answer = line.ask(address, item, is_signed=bool(number % 2))
                found = find_deviations(answer, tool=tool.name, tool_call_id=item["id"])
                code = "" if found else _code(answer)
                yield Tried(tool.name, form, address, code, found)


def sample_arguments(tool: Tool, *, start: str) -> Arguments:
    """Arguments that the model could send: everything required, and what is optional where its name says what it is."""
    known = {
        "date": start[:10],
        "start": start,
        "newStart": start,
        "name": CALLER["name"],
        "phone": CALLER["number"],
        "email": "contract.check@example.org",
    }
    fields = tool.arguments().fields.items()
    return {name: known.get(name) or _sample(field) for name, field in fields if field.required or name in known}


def _sample(field: serializers.Field) -> Any:
    match field:
        case serializers.ChoiceField():
            return next(iter(field.choices))
        case serializers.BooleanField():
            return False
        case serializers.IntegerField():
            return 1
    return "parking"


def _open_line(org: Organization, base_url: str) -> _Line:
    with org_scope(org), org_tx():
        agents = Agent.objects.filter(call_direction=CallDirection.INBOUND).exclude(vapi_assistant_id="")
        agent = agents.order_by("-is_default", "pk").only("vapi_assistant_id").first()
    if agent is None:
        raise NothingToTry
    secret = credential_service.get(org.pk, Provider.VAPI).webhook_secret.reveal()
    return _Line(BackendClient(base_url=base_url, timeout_s=TIMEOUT_S), org, agent.vapi_assistant_id, secret)


def _find_start(line: _Line) -> str:
    """A time that is free, so that booking can succeed; else one in a week. The first question also proves trials."""
    shape = _FORMS["function with object"]
    answer = line.ask(WEBHOOK, shape("call_first", "checkAvailability", {}), is_signed=False)
    if answer.status != OK or answer.headers.get(HEADER) != TAKEN_BACK:
        raise NoTrials(f"{NoTrials.message} It answered with {answer.status}.")
    slots = _content(answer).get("slots") or []
    return str(slots[0]["start"]) if slots else f"{now() + timedelta(days=7):%Y-%m-%d}T10:00"


def _content(answer: BackendAnswer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.body["toolResult"]["content"])
    return found


def _code(answer: BackendAnswer) -> str:
    content = _content(answer)
    return "success" if content["success"] else str(content["code"])
