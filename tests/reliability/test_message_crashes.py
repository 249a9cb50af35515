"""The process dies around the one request that must not happen twice: one wish stays one message, and none is lost."""

from datetime import timedelta

import pytest

from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.testing import (  # noqa: F401 - fixtures
    SandboxProcess,
    provider_sandbox,
    running_sandbox,
    vapi_sandbox,
)
from telephony.messaging.delivering import deliver
from telephony.models import Message
from telephony.tests.texting import by_hand, connect_resend, connect_twilio, email, posts, texts_at_twilio
from tests.reliability.dying import KILLED
from tests.reliability.dying import run as run_module
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)

NUMBERS = ("+447700900001", "+447700900002", "+447700900003")


@pytest.fixture
def clinic(north: Organization, provider_sandbox: SandboxProcess) -> Organization:  # noqa: F811 - the fixture
    connect_twilio(north)
    connect_resend(north)
    return north


def run(clinic: Organization, sandbox: SandboxProcess, rows: list[Message], *, dying_at: str) -> None:
    """A worker on the tests' database, which dies there."""
    addresses = {"TWILIO_BASE_URL": sandbox.base_url + "/twilio", "RESEND_BASE_URL": sandbox.base_url + "/resend"}
    code = run_module("texting", str(clinic.pk), *(str(row.pk) for row in rows), dying_at=dying_at, **addresses)
    assert code == KILLED


def let_time_pass(clinic: Organization) -> None:
    """A minute later: nobody can be at work on an attempt any more, and Twilio's list is believed."""
    with org_scope(clinic), org_tx():
        Message.objects.filter(status__in=("sending", "unknown", "queued")).update(
            attempted_at=now() - timedelta(seconds=61), claimed_until=now() - timedelta(seconds=1)
        )


def states(clinic: Organization) -> list[str]:
    with org_scope(clinic), org_tx():
        return list(Message.objects.order_by("created_at").values_list("status", flat=True))


def finish(clinic: Organization, rows: list[Message]) -> None:
    """Sweeps, as often as it may take."""
    for _ in range(3):
        let_time_pass(clinic)
        for row in rows:
            deliver(org=clinic, message_id=row.pk)


@pytest.mark.parametrize("hit", [1, 2])
@pytest.mark.parametrize("point", ["message.claimed", "message.posted"])
def test_a_death_around_a_text_leaves_one_text_a_wish(
    clinic: Organization,
    provider_sandbox: SandboxProcess,  # noqa: F811 - the fixture
    point: str,
    hit: int,
) -> None:
    rows = [by_hand(clinic, to=number) for number in NUMBERS]
    run(clinic, provider_sandbox, rows, dying_at=f"{point}:{hit}")
    assert len(posts(provider_sandbox)) == (hit if point == "message.posted" else hit - 1)
    assert states(clinic)[hit - 1] == "sending"

    finish(clinic, rows)

    assert set(states(clinic)) <= {"sent", "delivered"}
    assert sorted(text["to"] for text in texts_at_twilio(provider_sandbox)) == sorted(NUMBERS)
    with org_scope(clinic), org_tx():
        known = set(Message.objects.values_list("external_message_id", flat=True))
    assert known == {text["id"] for text in texts_at_twilio(provider_sandbox)}


@pytest.mark.parametrize("hit", [1, 2])
@pytest.mark.parametrize("point", ["message.looked", "message.claimed", "message.posted"])
def test_a_death_of_the_reconciler_leaves_one_text_a_wish(
    clinic: Organization,
    provider_sandbox: SandboxProcess,  # noqa: F811 - the fixture
    point: str,
    hit: int,
) -> None:
    rows = [by_hand(clinic, to=number) for number in NUMBERS]
    provider_sandbox.spoil(provider="twilio", status=500)
    for row in rows:
        deliver(org=clinic, message_id=row.pk)
    provider_sandbox.heal(provider="twilio")
    assert states(clinic) == ["unknown"] * 3
    let_time_pass(clinic)

    run(clinic, provider_sandbox, rows, dying_at=f"{point}:{hit}")
    finish(clinic, rows)

    assert set(states(clinic)) <= {"sent", "delivered"}
    assert sorted(text["to"] for text in texts_at_twilio(provider_sandbox)) == sorted(NUMBERS)


@pytest.mark.parametrize("point", ["message.claimed", "message.posted"])
def test_a_death_around_an_email_leaves_one_email(
    clinic: Organization,
    provider_sandbox: SandboxProcess,  # noqa: F811 - the fixture
    point: str,
) -> None:
    rows = [email(clinic, to=f"{name}@patients.example") for name in ("ana", "ben", "cleo")]
    run(clinic, provider_sandbox, rows, dying_at=f"{point}:2")

    finish(clinic, rows)

    assert set(states(clinic)) <= {"sent", "delivered"}
    sent = provider_sandbox.control("GET", "/ledger")["emails"]
    assert sorted(item["to"][0] for item in sent) == [f"{name}@patients.example" for name in ("ana", "ben", "cleo")]
