"""The seven invariants of configuration and calling: one section each, its number in every test's name.

Tests beside the code hold them too; here they stand together, over the simulated Vapi, where a reader looks for them.
"""

import ast
import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from agents.assistants import reconcile
from agents.models import Agent, CallDirection
from agents.numbers.backfill import Filling, backfill_phone_number_ids
from agents.numbers.sync import reconcile_number
from agents.services import request_sync
from agents.tests.twilio_accounts import NUMBER, SID, agents_of, connect, number_of, sync_numbers
from calls.models import Call, OutboundCall
from calls.outbound.errors import CallNotInitiated, NoPhoneNumber, OutboundAgentMissing
from calls.tests.outbound.conftest import PHONE, CallingClinic, make_calling
from credentials.service import credential_service
from credentials.types import Provider, Secret
from orgs.scope import org_scope, org_tx
from providers.testing import running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from providers.vapi.client import platform_client
from providers.vapi.readiness import OutboundCallNotReady
from telephony.models import NumberSource, PhoneNumberMapping
from tests.architecture.source import ROOT, dotted, modules, modules_with

pytestmark = pytest.mark.django_db(transaction=True)
IN, OUT = CallDirection.INBOUND, CallDirection.OUTBOUND
MASTER_SID, MASTER_TOKEN = "AC" + "0c" * 16, "0d" * 16
BOUGHT = "+442079460177"


@pytest.fixture
def clinic(north, vapi_sandbox) -> CallingClinic:  # noqa: F811 - the fixture
    return make_calling(north, vapi_sandbox)


@pytest.fixture
def call_back(clinic, north_owner, sign_in):
    """What a browser gets for calling Ana back."""
    browser = sign_in(north_owner)

    def post(key="key-1"):
        return browser.post(
            f"/api/contacts/{clinic.ana.pk}/call-back", "{}",
            content_type="application/json", headers={"Idempotency-Key": key},
        )  # fmt: skip

    return post


def save(clinic: CallingClinic, agent: Agent) -> None:
    """What follows a saved agent: it is marked, and a worker syncs it."""
    with org_scope(clinic.org):
        request_sync(org=clinic.org, agent_id=agent.pk, actor=clinic.actor)
    reconcile(org=clinic.org, agent_id=agent.pk)


def without_numbers(clinic: CallingClinic) -> None:
    """As after an agent was configured anew: nothing in our rows says which number it calls from."""
    clinic.change(Agent, vapi_phone_number_id="")


# 1: agent saves always write vapi_phone_number_id


def test_invariant_1_a_saved_agent_has_its_number_after_its_sync(clinic):
    without_numbers(clinic)
    for agent in agents_of(clinic.org).values():
        save(clinic, agent)

    known = number_of(clinic.org).vapi_phone_number_id
    assert UUID(known)
    assert {agent.vapi_phone_number_id for agent in agents_of(clinic.org).values()} == {known}


def test_invariant_1_a_saved_account_gives_every_agent_its_number(north, vapi_sandbox):  # noqa: F811
    assert {agent.vapi_phone_number_id for agent in agents_of(north).values()} == {""}
    connect(north)
    sync_numbers(north)

    known = number_of(north).vapi_phone_number_id
    assert {agent.vapi_phone_number_id for agent in agents_of(north).values()} == {known}


def test_invariant_1_a_save_never_takes_the_number_away(clinic):
    clinic.change(PhoneNumberMapping, vapi_phone_number_id="")
    before = clinic.agent().vapi_phone_number_id
    save(clinic, clinic.agent())

    assert clinic.agent().vapi_phone_number_id == before


# 2: a missing outbound agent is a clear 400, never a 500


def test_invariant_2_no_outbound_agent_is_a_clear_400(clinic, call_back):
    clinic.change(Agent, {"call_direction": OUT}, call_direction=IN, is_default=False)
    answer = call_back()

    assert answer.status_code == 400
    assert answer.json() == {
        "error": "Outbound agent not configured. Please configure in Agent settings.",
        "code": "outbound_agent_missing",
    }
    with pytest.raises(OutboundAgentMissing):
        clinic.call()
    assert clinic.rows(OutboundCall) == clinic.rows(Call) == []


def test_invariant_2_several_outbound_agents_are_no_error_either(clinic, call_back):
    clinic.change(Agent, {"call_direction": IN}, call_direction=OUT, is_default=False)
    default = next(agent for agent in clinic.rows(Agent) if agent.is_default)

    assert call_back().status_code == 200
    assert clinic.wish().agent_id == default.pk


# 3: a phone string never reaches Vapi as phoneNumberId


@pytest.mark.parametrize("stored", [NUMBER, "442079460101", "020 7946 0101"])
def test_invariant_3_a_phone_string_in_the_agents_row_never_reaches_vapi(clinic, stored):
    clinic.change(Agent, vapi_phone_number_id=stored)
    clinic.call()

    (sent,) = clinic.sandbox.requests_to_vapi("POST", "/call")
    assert sent["body"]["phoneNumberId"] == number_of(clinic.org).vapi_phone_number_id
    assert UUID(sent["body"]["phoneNumberId"])


def test_invariant_3_a_phone_string_in_every_row_ends_before_vapi(clinic):
    clinic.change(Agent, vapi_phone_number_id=NUMBER)
    clinic.change(PhoneNumberMapping, vapi_phone_number_id=NUMBER)
    clinic.call()  # asked for its numbers, Vapi knows this one

    (sent,) = clinic.sandbox.requests_to_vapi("POST", "/call")
    assert UUID(sent["body"]["phoneNumberId"])


def test_invariant_3_the_client_refuses_it_in_these_words(vapi_sandbox):  # noqa: F811
    with pytest.raises(OutboundCallNotReady, match=r"phoneNumberId cannot be an E.164 phone number \(starts with \+\)"):
        platform_client().create_outbound_call(
            assistant_id=str(uuid4()), phone_number_id=NUMBER, customer={"number": PHONE}
        )
    assert vapi_sandbox.requests_to_vapi("POST", "/call") == []


# 4: NULL phone-number ids are resolved and back-filled


def test_invariant_4_a_missing_id_is_resolved_from_our_tables_and_written_back(clinic, call_back):
    without_numbers(clinic)
    asked = len(clinic.sandbox.requests_to_vapi("GET", "/phone-number"))

    assert call_back().status_code == 200
    assert clinic.agent().vapi_phone_number_id == number_of(clinic.org).vapi_phone_number_id
    assert len(clinic.sandbox.requests_to_vapi("GET", "/phone-number")) == asked


def test_invariant_4_else_vapi_is_asked_for_the_clinics_number(clinic, call_back):
    known = number_of(clinic.org).vapi_phone_number_id
    without_numbers(clinic)
    clinic.change(PhoneNumberMapping, vapi_phone_number_id="")

    assert call_back().status_code == 200
    assert clinic.agent().vapi_phone_number_id == known


def test_invariant_4_none_anywhere_is_a_clear_400(clinic, call_back):
    without_numbers(clinic)
    clinic.sandbox.vapi("DELETE", f"/phone-number/{number_of(clinic.org).vapi_phone_number_id}")
    clinic.change(PhoneNumberMapping, vapi_phone_number_id="")
    answer = call_back()

    assert answer.status_code == 400
    assert answer.json()["error"] == "No Vapi phone number available for organization"
    with pytest.raises(NoPhoneNumber):
        clinic.call()


def test_invariant_4_the_command_fills_all_at_once(clinic):
    without_numbers(clinic)
    assert {result.outcome for result in backfill_phone_number_ids(org=clinic.org)} == {Filling.FILLED}
    assert {result.outcome for result in backfill_phone_number_ids(org=clinic.org)} == {Filling.HAD_ONE}


# 5: the pre-flight assertion guards every call


def test_invariant_5_the_assertion_is_the_first_thing_that_placing_a_call_does():
    tree = ast.parse((ROOT / "providers/vapi/client.py").read_text())
    (placing,) = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "create_outbound_call"
    ]
    docstring, first, *_ = placing.body

    assert isinstance(docstring, ast.Expr)
    assert isinstance(first, ast.Expr)
    assert isinstance(first.value, ast.Call)
    assert dotted(first.value.func) == "assert_outbound_call_ready"


def posts_to_call(path: Path) -> list[int]:
    """Lines on which a file asks for a call: the address as a text of its own, or with a method in front."""
    texts = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value == "/call"
    ]
    return [node.lineno for node in texts]


def test_invariant_5_nothing_else_in_the_product_posts_to_call():
    found = {
        module.name: lines
        for module in modules_with('"/call"')
        if not module.name.startswith("sandbox/") and (lines := posts_to_call(module.path))
    }
    # One line places calls, the others list them.
    assert found.keys() == {"providers/vapi/client.py"}
    source = (ROOT / "providers/vapi/client.py").read_text().splitlines()
    assert [source[line - 1].strip() for line in found["providers/vapi/client.py"]] == [
        'return self._object("POST", "/call", "create_outbound_call", body)',
        'calls: list[JsonObject] = self.request("GET", "/call", operation="list_calls", params=params)',
        'return self._iter_array("/call", "list_calls", wanted, limit=PAGE_LIMIT)  # each with its whole transcript',
    ]


def test_invariant_5_one_service_alone_uses_it():
    users = {
        module.name
        for module in modules_with("create_outbound_call")
        if any(
            isinstance(call.func, ast.Attribute) and call.func.attr == "create_outbound_call" for call in module.calls()
        )
    }
    assert users == {"calls/outbound/dialling.py"}


def test_invariant_5_what_it_refuses_is_told_and_never_sent(clinic, monkeypatch):
    monkeypatch.setattr("calls.outbound.placing.ensure_phone_number_id", lambda **_: NUMBER)
    with pytest.raises(CallNotInitiated) as refused:
        clinic.call()

    assert "cannot be an E.164 phone number" in refused.value.context["problem"]
    assert clinic.asked() == 0
    assert clinic.wish().call.status == "failed"


# 6: no assistant is created in an error path


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422, 429, 500, 502, 503])
def test_invariant_6_whatever_vapi_answers_no_assistant_is_made_or_changed(clinic, call_back, status):
    before = json.dumps(clinic.sandbox.vapi("GET", "/assistant"), sort_keys=True)
    written = assistant_writes(clinic)
    clinic.sandbox.spoil(operation="POST /call", status=status)

    assert call_back().status_code in {202, 502}
    assert assistant_writes(clinic) == written
    clinic.sandbox.heal()
    assert json.dumps(clinic.sandbox.vapi("GET", "/assistant"), sort_keys=True) == before


def test_invariant_6_an_assistant_that_is_gone_is_told_of_and_not_replaced(clinic, call_back):
    known = clinic.agent().vapi_assistant_id
    clinic.sandbox.vapi("DELETE", f"/assistant/{known}")
    written = assistant_writes(clinic)
    answer = call_back()

    assert answer.status_code == 502
    assert answer.json()["error"] == (
        "Failed to initiate call. Please verify your agent is configured correctly in Agent Settings."
    )
    assert assistant_writes(clinic) == written
    assert clinic.agent().vapi_assistant_id == known


def assistant_writes(clinic: CallingClinic) -> list[tuple[str, str]]:
    received = clinic.sandbox.requests_to_vapi(path="/assistant")
    return [(item["method"], item["path"]) for item in received if item["method"] not in {"GET", "DELETE"}]


# 7: managed numbers are imported with master credentials only


@pytest.fixture
def bought(clinic, settings):
    """A number that we bought for the clinic, which also has an account of its own."""
    settings.TWILIO_MASTER_ACCOUNT_SID, settings.TWILIO_MASTER_AUTH_TOKEN = MASTER_SID, MASTER_TOKEN
    clinic.change(PhoneNumberMapping, sync_due_at=None)
    row = PhoneNumberMapping(
        org=clinic.org, phone_number=BOUGHT, source=NumberSource.MANAGED, agent_id=clinic.agent(IN).pk,
        wanted_version=1, sync_due_at="2026-01-01T00:00Z",
    )  # fmt: skip
    with org_scope(clinic.org), org_tx():
        row.save(force_insert=True)
    return row


def imports_of(clinic: CallingClinic, number: str) -> list[dict]:
    sent = clinic.sandbox.requests_to_vapi("POST", "/phone-number")
    return [item["body"] for item in sent if item["body"]["number"] == number]


def test_invariant_7_a_number_of_ours_is_imported_with_the_master_account(clinic, bought):
    assert reconcile_number(org=clinic.org, row_id=bought.pk) == "imported"

    (body,) = imports_of(clinic, BOUGHT)
    assert body["twilioAccountSid"] == MASTER_SID
    assert {body["twilioAccountSid"] for body in imports_of(clinic, NUMBER)} == {SID}


def test_invariant_7_without_a_master_account_it_waits_instead_of_using_another(clinic, bought, settings):
    settings.TWILIO_MASTER_ACCOUNT_SID = settings.TWILIO_MASTER_AUTH_TOKEN = ""
    reconcile_number(org=clinic.org, row_id=bought.pk)

    assert imports_of(clinic, BOUGHT) == []
    assert number_of(clinic.org, BOUGHT).sync_state == "needs_attention"


def test_invariant_7_the_master_token_goes_into_our_account_at_vapi_only(clinic, bought, settings):
    settings.ALLOW_ORG_VAPI_KEYS = True
    own = credential_service.ensure_vapi_webhook_secret(clinic.org)
    credential_service.save(
        org_id=clinic.org.pk, credentials=replace(own, api_key=Secret("clinics-own-key")), actor=clinic.actor
    )
    assert credential_service.get(clinic.org.pk, Provider.VAPI).api_key.reveal() == "clinics-own-key"
    assert reconcile_number(org=clinic.org, row_id=bought.pk) == "imported", number_of(clinic.org, BOUGHT).sync_error

    assert BOUGHT in {item["number"] for item in clinic.sandbox.vapi("GET", "/phone-number")}


def test_invariant_7_the_master_account_is_named_in_one_module():
    naming = {module.name for module in modules() if "TWILIO_MASTER_AUTH_TOKEN" in module.text}
    settings = {"voxanne/settings/providers.py", "voxanne/env.py"}
    made_up_for_the_sandbox = {"voxanne/embedded/environment.py"}
    assert naming == {"telephony/master_account.py", *settings, *made_up_for_the_sandbox}
