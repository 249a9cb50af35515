"""The sandbox stands in for Google and Microsoft."""

import pytest

from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures


@pytest.fixture
def sandbox(provider_sandbox):  # noqa: F811 - the fixture
    return provider_sandbox
