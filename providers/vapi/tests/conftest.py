"""The sandbox stands in for Vapi."""

from providers.testing import running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
