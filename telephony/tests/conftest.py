"""The sandbox stands in for the provider."""

from datetime import timedelta

import pytest

from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from telephony.tests.lines import Desk, use_platforms_account
from voxanne.clock import now


@pytest.fixture
def desk(north, north_owner, sign_in, provider_sandbox, settings):  # noqa: F811
    """A clinic that keeps its number; the platform's account calls for it."""
    use_platforms_account(settings)
    return Desk(north, sign_in(north_owner), provider_sandbox)


@pytest.fixture
def south_desk(south, south_owner, sign_in, provider_sandbox):  # noqa: F811
    return Desk(south, sign_in(south_owner), provider_sandbox)


@pytest.fixture
def expired_code(desk):
    """A verification whose code ran out a moment ago."""

    def start():
        started = desk.start()
        desk.change(started["verificationId"], verification_code_expires_at=now() - timedelta(seconds=1))
        return started

    return start
