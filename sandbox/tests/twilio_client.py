"""The official Twilio client, pointed at the sandbox the way the product points it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

pytest.importorskip("twilio", reason="the official twilio package is not installed")

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

SID = "AC" + "1" * 32
TOKEN = "a" * 32
OTHER_SID = "AC" + "2" * 32
NUMBER = "+14155550123"


@dataclass(frozen=True)
class Refused:
    """The HTTP status and Twilio's code of a refusal."""

    status: int
    code: int


def refusal(action: Any, *args: Any, **kwargs: Any) -> Refused:
    """Return how an action is refused. The client's lists raise a bare TwilioException that holds the response."""
    with pytest.raises(TwilioException) as caught:
        action(*args, **kwargs)
    error = caught.value
    if isinstance(error, TwilioRestException):
        return Refused(error.status, error.code)
    body = json.loads(error.args[1].text)
    return Refused(error.args[1].status_code, body["code"])


class RebasedHttpClient(TwilioHttpClient):
    """Sends every request, whatever its host, to one address."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self.base = urlsplit(base)
        self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        path = self.base.path.rstrip("/") + parts.path
        rebased = urlunsplit((self.base.scheme, self.base.netloc, path, parts.query, ""))
        return super().request(method, rebased, *args, **kwargs)


def twilio_client(base_url: str, sid: str = SID, token: str = TOKEN, account_sid: str | None = None) -> Client:
    """Return a client of an account, or with the main account's credentials in a subaccount."""
    return Client(sid, token, account_sid, http_client=RebasedHttpClient(f"{base_url}/twilio"))
