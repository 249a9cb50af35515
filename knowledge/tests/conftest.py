"""The sandbox stands in for OpenAI."""

import pytest

from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures


@pytest.fixture
def openai(provider_sandbox, settings):  # noqa: F811 - the fixture imported above
    """OpenAI, answering; documents are embedded with it."""
    settings.OPENAI_API_KEY, settings.EMBEDDER = "sk-tests", "openai"
    return provider_sandbox
