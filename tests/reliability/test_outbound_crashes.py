"""The process dies around the one request that must not happen twice: one wish stays one call, and none is lost."""

from collections import Counter
from datetime import timedelta

import pytest

from calls.models import Call, OutboundCall, OutboundState
from calls.outbound.reconciler import settle
from calls.tests.outbound.conftest import CallingClinic, make_calling
from orgs.models import Organization
from providers.testing import SandboxProcess, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from tests.reliability.dying import KILLED
from tests.reliability.dying import run as run_module
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)

NUMBERS = ("+447700900001", "+447700900002", "+447700900003")
POINTS = ("outbound.claimed", "outbound.called")


@pytest.fixture
def clinic(north: Organization, vapi_sandbox: SandboxProcess) -> CallingClinic:  # noqa: F811 - the fixture
    return make_calling(north, vapi_sandbox)


def run(clinic: CallingClinic, act: str, *things: str, dying_at: str = "") -> int:
    """A process of the product on the tests' database; its exit code."""
    vapi = {"VAPI_BASE_URL": clinic.sandbox.vapi_url, "VAPI_PRIVATE_KEY": clinic.sandbox.vapi_key}
    return run_module("calling", act, str(clinic.org.pk), *things, dying_at=dying_at, **vapi)


def let_time_pass(clinic: CallingClinic) -> None:
    """A minute later: nobody can be at work on an attempt any more, and Vapi's list is believed."""
    clinic.change(
        OutboundCall,
        {"state__in": ("claimed", "unknown")},
        attempted_at=now() - timedelta(seconds=61),
        claimed_until=now() - timedelta(seconds=1),
    )


def calls_by_wish(clinic: CallingClinic) -> Counter[str]:
    """How many calls Vapi's ledger shows for each wish."""
    return Counter(entry["assistantOverrides"]["metadata"]["outbound_call_id"] for entry in clinic.at_vapi())


def wishes(clinic: CallingClinic) -> dict[str, OutboundCall]:
    return {row.phone_number: row for row in clinic.rows(OutboundCall)}


@pytest.mark.parametrize("hit", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_a_death_around_the_call_leaves_one_call_a_wish(clinic: CallingClinic, point: str, hit: int) -> None:
    assert run(clinic, "place", *NUMBERS, dying_at=f"{point}:{hit}") == KILLED
    assert len(clinic.at_vapi()) == (hit if point == "outbound.called" else hit - 1)
    assert wishes(clinic)[NUMBERS[hit - 1]].state == OutboundState.CLAIMED

    let_time_pass(clinic)
    for row in wishes(clinic).values():
        settle(org=clinic.org, outbound_id=row.pk)
    for number in NUMBERS:  # everybody clicks again, with the keys of before
        clinic.call(number, number=number)

    found = wishes(clinic)
    assert calls_by_wish(clinic) == {str(row.pk): 1 for row in found.values()}
    assert [found[number].state for number in NUMBERS] == [OutboundState.PLACED] * 3
    assert {row.vapi_call_id for row in found.values()} == {entry["id"] for entry in clinic.at_vapi()}
    assert {call.vapi_call_id for call in clinic.rows(Call)} == {entry["id"] for entry in clinic.at_vapi()}


@pytest.mark.parametrize("hit", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_a_death_of_the_reconciler_leaves_at_most_one_call_a_wish(clinic: CallingClinic, point: str, hit: int) -> None:
    clinic.sandbox.spoil(operation="POST /call", status=500)
    for number in NUMBERS:
        clinic.call(number, number=number)
    clinic.sandbox.heal()
    let_time_pass(clinic)
    ids = [str(row.pk) for row in wishes(clinic).values()]

    assert run(clinic, "settle", *ids, dying_at=f"{point}:{hit}") == KILLED
    for _ in range(3):
        let_time_pass(clinic)
        for wish_id in ids:
            settle(org=clinic.org, outbound_id=wish_id)

    # The attempt that died before Vapi was asked was the last one: the clinic is told, nobody is rung behind its back.
    given_up = [ids[hit - 1]] if point == "outbound.claimed" else []
    assert calls_by_wish(clinic) == {wish_id: 1 for wish_id in ids if wish_id not in given_up}
    states = {str(row.pk): row.state for row in wishes(clinic).values()}
    assert states == {wish_id: OutboundState.FAILED if wish_id in given_up else OutboundState.PLACED for wish_id in ids}
    assert all(
        row.problem == "The call was not placed. Try again." for row in clinic.rows(OutboundCall, state="failed")
    )
