"""How Vapi finds who answers a number: by asking us, or by a fixed link; and the way from one to the other."""

from datetime import timedelta

import pytest

from agents.assistants import reconcile
from agents.editing import set_mode
from agents.models import CallDirection
from agents.numbers import tasks as number_tasks
from agents.numbers.sync import NumberOutcome
from agents.numbers.tasks import sweep_numbers
from agents.numbers.wanted import follow_routing
from agents.tests.twilio_accounts import (
    NUMBER,
    OTHER_TOKEN,
    TOKEN,
    agents_of,
    change_number,
    choose,
    connect,
    imported,
    linked,
    number_of,
    sync_numbers,
)
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from providers.vapi.client import VapiClient
from telephony.models import NumberState
from voxanne.clock import now
from voxanne.errors import Rejected

pytestmark = pytest.mark.django_db(transaction=True)
IN = CallDirection.INBOUND
TRANSFER, OTHER_TRANSFER = "+442079460300", "+442079460301"


@pytest.fixture
def ready(north, vapi_sandbox):
    """North's agents have their assistants."""
    for agent in agents_of(north).values():
        reconcile(org=north, agent_id=agent.pk)
    return vapi_sandbox


def choose_and_sync(org, **values):
    choose(org, **values)
    with org_scope(org), org_tx():
        follow_routing(org)
    return sync_numbers(org)


@pytest.fixture
def fixed(north, ready):
    """A number with a fixed link."""
    choose(north, call_routing="fixed")
    connect(north)
    sync_numbers(north)
    assert imported(ready)[NUMBER]["assistantId"] == agents_of(north)[IN].vapi_assistant_id
    return ready


@pytest.fixture
def dynamic(north, ready):
    """A number for which Vapi asks us."""
    connect(north)
    sync_numbers(north)
    return ready


def test_vapi_asks_us_with_the_clinics_own_credential(north, dynamic, settings):
    entry = imported(dynamic)[NUMBER]
    own = next(item for item in dynamic.vapi("GET", "/credential") if item["name"] == f"voxanne-{north.pk.hex}")

    assert not {"assistantId", "squadId", "fallbackDestination"} & entry.keys()
    assert entry["server"]["url"] == f"{settings.BACKEND_URL}/api/vapi/webhook"
    assert entry["server"]["credentialId"] == own["id"]
    assert entry["server"]["backoffPlan"]["maxRetries"] == 2
    row = number_of(north)
    assert row.sync_state == NumberState.CONNECTED
    assert row.confirmed_route == f"dynamic {settings.BACKEND_URL}/api/vapi/webhook"


def test_a_number_that_asks_us_needs_no_assistant_to_be_connected(north, vapi_sandbox):
    connect(north)
    assert sync_numbers(north) == [NumberOutcome.IMPORTED]
    assert number_of(north).sync_state == NumberState.CONNECTED


def test_an_outage_of_ours_reaches_the_clinics_people(north, dynamic):
    choose_and_sync(north, transfer_phone_number=TRANSFER)
    assert imported(dynamic)[NUMBER]["fallbackDestination"] == {"type": "number", "number": TRANSFER}
    choose_and_sync(north, transfer_phone_number=OTHER_TRANSFER)
    assert imported(dynamic)[NUMBER]["fallbackDestination"]["number"] == OTHER_TRANSFER

    choose_and_sync(north, transfer_phone_number="", transfer_sip_uri="sip:desk@north.example")
    assert imported(dynamic)[NUMBER]["fallbackDestination"] == {"type": "sip", "sipUri": "sip:desk@north.example"}
    choose_and_sync(north, transfer_sip_uri="")
    assert not imported(dynamic)[NUMBER].get("fallbackDestination")


def test_a_fixed_link_gives_way_and_comes_back(north, fixed):
    before = number_of(north)
    choose_and_sync(north, call_routing="dynamic")
    entry = imported(fixed)[NUMBER]
    assert not entry.get("assistantId")
    assert entry["server"]["credentialId"]

    choose_and_sync(north, call_routing="fixed")
    assert imported(fixed)[NUMBER]["assistantId"] == agents_of(north)[IN].vapi_assistant_id
    assert number_of(north).pk == before.pk
    assert number_of(north).confirmed_route == "fixed"


def keeps_what_is_null(self, number_id, body):
    """A Vapi for which null says nothing."""
    given = {name: value for name, value in body.items() if value is not None}
    return self._object("PATCH", f"/phone-number/{number_id}", "update_phone_number", given)


def refuses_null(self, number_id, body):
    """A Vapi for which null is no value."""
    if None in body.values():
        raise Rejected(provider="vapi", operation="update_phone_number", status=400)
    return self._object("PATCH", f"/phone-number/{number_id}", "update_phone_number", body)


@pytest.mark.parametrize("update", [keeps_what_is_null, refuses_null])
def test_where_null_clears_nothing_the_number_is_imported_anew_in_the_same_row(north, fixed, monkeypatch, update):
    before = number_of(north)
    monkeypatch.setattr(VapiClient, "update_phone_number", update)

    assert choose_and_sync(north, call_routing="dynamic") == [NumberOutcome.UPDATED]

    after, entry = number_of(north), imported(fixed)[NUMBER]
    assert "assistantId" not in entry
    assert entry["smsEnabled"] is False
    assert (after.pk, after.sync_state) == (before.pk, NumberState.CONNECTED)
    assert after.vapi_phone_number_id == entry["id"] != before.vapi_phone_number_id
    assert set(linked(north).values()) == {entry["id"]}
    assert len(fixed.requests_to_vapi("POST", "/phone-number")) == 2


def test_a_wrong_token_never_costs_the_line(north, fixed, monkeypatch):
    """The entry goes only when Vapi has taken everything else."""
    monkeypatch.setattr(VapiClient, "update_phone_number", refuses_everything)
    before = imported(fixed)[NUMBER]

    assert choose_and_sync(north, call_routing="dynamic") == [NumberOutcome.FAILED]
    assert imported(fixed)[NUMBER]["id"] == before["id"]
    assert number_of(north).sync_state == NumberState.NEEDS_ATTENTION
    assert fixed.requests_to_vapi("DELETE", "/phone-number") == []


def refuses_everything(self, number_id, body):
    raise Rejected(provider="vapi", operation="update_phone_number", status=400, detail="Number Not Found on Twilio.")


def test_a_crash_between_forgetting_and_importing_anew_is_mended(north, fixed, monkeypatch):
    class Crash(BaseException):
        pass

    def die(*_):
        raise Crash

    monkeypatch.setattr(VapiClient, "update_phone_number", keeps_what_is_null)
    with monkeypatch.context() as patch:
        patch.setattr(VapiClient, "create_phone_number", die)
        with pytest.raises(Crash):
            choose_and_sync(north, call_routing="dynamic")
    assert imported(fixed) == {}

    assert sync_numbers(north) == [NumberOutcome.IMPORTED]
    assert set(linked(north).values()) == {imported(fixed)[NUMBER]["id"]}


def test_a_credential_that_was_removed_at_vapi_is_registered_again(north, dynamic):
    own = imported(dynamic)[NUMBER]["server"]["credentialId"]
    dynamic.vapi("DELETE", f"/credential/{own}")
    connect(north, token=OTHER_TOKEN)

    assert sync_numbers(north) == [NumberOutcome.UPDATED]
    assert imported(dynamic)[NUMBER]["server"]["credentialId"] != own
    assert number_of(north).sync_state == NumberState.CONNECTED


def test_a_link_made_by_hand_gives_way(north, dynamic):
    number_id = number_of(north).vapi_phone_number_id
    by_hand = {"provider": "twilio", "assistantId": agents_of(north)[IN].vapi_assistant_id}
    dynamic.vapi("PATCH", f"/phone-number/{number_id}", by_hand)

    connect(north, token=TOKEN)
    sync_numbers(north)
    assert not imported(dynamic)[NUMBER].get("assistantId")


def test_an_assistant_made_anew_leaves_numbers_that_ask_us_alone(north, dynamic):
    agent = agents_of(north)[IN]
    dynamic.vapi("DELETE", f"/assistant/{agent.vapi_assistant_id}")
    reconcile(org=north, agent_id=agent.pk)
    assert number_of(north).sync_due_at is None


def test_the_sweeper_finds_numbers_that_were_told_something_else(north, dynamic, monkeypatch, settings):
    woken = []
    monkeypatch.setattr(number_tasks, "wake", lambda task, *ids: woken.append(ids))
    assert sweep_numbers() == 0
    settings.BACKEND_URL = "https://moved.example"
    assert sweep_numbers() == 1
    assert sync_numbers(north) == [NumberOutcome.UPDATED]
    assert imported(dynamic)[NUMBER]["server"]["url"] == "https://moved.example/api/vapi/webhook"
    assert sweep_numbers() == 0

    change_number(north, confirmed_route="", sync_due_at=None)  # a number from before clinics could choose
    assert sweep_numbers() == 1
    change_number(north, confirmed_route="", sync_due_at=now() + timedelta(hours=1))
    assert sweep_numbers() == 0
    change_number(north, confirmed_route="", sync_due_at=None, source="managed", wanted_version=0)
    assert sweep_numbers() == 0  # written down by hand
    change_number(north, wanted_version=1)
    assert sweep_numbers() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"mode": "off"},
        {"mode": "after_hours"},
        {"closed_behaviour": "goodbye", "after_hours_message": "We open at nine."},
    ],
)
def test_a_fixed_link_gives_way_while_it_depends_on_the_moment_who_answers(
    north, fixed, monkeypatch, change_agent, values
):
    woken = []
    monkeypatch.setattr(number_tasks, "wake", lambda task, *ids: woken.append(ids))
    assert sweep_numbers() == 0

    change_agent(north, **values)
    assert sweep_numbers() == len(woken) == 1
    sync_numbers(north)
    assert not imported(fixed)[NUMBER].get("assistantId")

    change_agent(north, mode="approve", closed_behaviour="answer")
    assert sweep_numbers() == 1
    sync_numbers(north)
    assert imported(fixed)[NUMBER]["assistantId"] == agents_of(north)[IN].vapi_assistant_id


def test_switching_an_agent_off_wakes_the_sweeper_at_once(north, fixed, monkeypatch):
    woken = []
    monkeypatch.setattr("orgs.tasks.wake", lambda task, *ids, **_: woken.append(task.name))

    with org_scope(north):
        set_mode(org=north, agent_id=agents_of(north)[IN].pk, mode="off", actor=Actor.system(north.pk))

    assert "agents.tasks.sweep_numbers" in woken
