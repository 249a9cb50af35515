"""The process dies while it reads a calendar: the next one reads the same pages again, nothing is lost or doubled."""

from datetime import timedelta

import pytest

from credentials.tests.calendar_clinic import connect_calendar
from credentials.types import Provider
from orgs.models import Organization
from providers.testing import (  # noqa: F401 - fixtures
    SandboxProcess,
    provider_sandbox,
    running_sandbox,
    vapi_sandbox,
)
from scheduling.calendars.tests.outside import (
    blocks_of,
    change,
    connection_of,
    put_event,
    read,
    remove_event,
    soon,
)
from tests.reliability.dying import KILLED
from tests.reliability.dying import run as run_module
from voxanne.clock import now
from voxanne.embedded.environment import local_provider_addresses

pytestmark = pytest.mark.django_db(transaction=True)

GOOGLE = Provider.GOOGLE_CALENDAR


def run(clinic: Organization, sandbox: SandboxProcess, *, dying_at: str) -> None:
    """A worker on the tests' database, which dies there."""
    whose = [str(clinic.pk), str(connection_of(clinic, GOOGLE).pk)]
    addresses = local_provider_addresses(sandbox.base_url)
    assert run_module("calendar_reading", *whose, dying_at=dying_at, **addresses) == KILLED


@pytest.mark.parametrize("is_full", [True, False], ids=["everything", "changes"])
@pytest.mark.parametrize("hit", [1, 2])
@pytest.mark.parametrize("point", ["calendars.listed", "calendars.applied"])
def test_a_death_while_reading_loses_and_doubles_nothing(
    north: Organization,
    provider_sandbox: SandboxProcess,  # noqa: F811 - the fixture
    point: str,
    hit: int,
    is_full: bool,
) -> None:
    connect_calendar(north)
    gone = put_event(provider_sandbox, GOOGLE, soon(1))
    read(north, GOOGLE)
    remove_event(provider_sandbox, GOOGLE, gone)
    for day in range(2, 6):
        put_event(provider_sandbox, GOOGLE, soon(day))
    change(north, due_at=now(), channel_due_at=None, **({"sync_token": ""} if is_full else {}))

    run(north, provider_sandbox, dying_at=f"{point}:{hit}")
    assert connection_of(north, GOOGLE).claim is not None

    change(north, claimed_until=now() - timedelta(seconds=1))
    read(north, GOOGLE)
    assert [start for start, _ in blocks_of(north)] == [soon(day) for day in range(2, 6)]
