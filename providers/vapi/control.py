"""Steering a call that is going on, through the address that Vapi gives for it (reference vapi, 3.3).

The address is a secret: whoever has it steers the call. It comes in a payload, so it is believed only where it leads
to Vapi.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from voxanne.errors import DomainError
from voxanne.http import ProviderClient

JsonObject = dict[str, Any]

_VAPI_DOMAIN = "vapi.ai"
TIMEOUT_S = 5.0


class NotAControlAddress(DomainError):
    """The address leads somewhere else than to Vapi. Nothing was sent."""

    code = "not_a_control_address"
    message = "The call cannot be steered."


class CallControl(ProviderClient):
    """One live call.

    Raises:
        NotAControlAddress: on construction.
    """

    provider = "vapi"

    def __init__(self, control_url: str) -> None:
        if not is_control_address(control_url):
            raise NotAControlAddress
        super().__init__(base_url=control_url, headers={}, timeout_s=TIMEOUT_S)

    def transfer(self, *, destination: JsonObject, words: str) -> None:
        """Say some words and put the call through."""
        self.request(
            "POST",
            "",
            operation="transfer_call",
            json={"type": "transfer", "destination": destination, "content": words},
        )

    def say(self, words: str) -> None:
        """Have the assistant say this at once; the call goes on."""
        self.request("POST", "", operation="say", json={"type": "say", "content": words})


def is_control_address(url: str) -> bool:
    """Whether an address is Vapi's: https and a host of theirs, or the API's own origin (which the sandbox is)."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or not host:
        return False
    api = urlsplit(settings.VAPI_BASE_URL)
    if (parts.scheme, host, port) == (api.scheme, (api.hostname or "").lower(), api.port):
        return True
    return (
        parts.scheme == "https" and port in (None, 443) and (host == _VAPI_DOMAIN or host.endswith(f".{_VAPI_DOMAIN}"))
    )
