"""Posting to a running installation of ours. Every status is an answer; only silence is an error."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from voxanne.errors import Timeout, Unavailable
from voxanne.http import ProviderClient


@dataclass(frozen=True)
class BackendAnswer:
    """What came back. `body` is None where it was not JSON; header names are as they were sent, any case finds them."""

    status: int
    headers: Mapping[str, str]
    body: Any


class BackendClient(ProviderClient):
    """One installation.

    Args:
        base_url: its address, without a path.
    """

    provider = "backend"

    def __init__(self, *, base_url: str, timeout_s: float) -> None:
        super().__init__(base_url=base_url, headers={}, timeout_s=timeout_s, retry_delays_s=())

    def post(self, path: str, raw: bytes, headers: Mapping[str, str]) -> BackendAnswer:
        """Post these bytes as JSON, once.

        Raises:
            Timeout, Unavailable: nobody answered.
        """
        try:
            response = self._session.post(
                f"{self._base_url}{path}",
                data=raw,
                headers={"Content-Type": "application/json", **headers},
                timeout=self._timeout_s,
                allow_redirects=False,
            )
        except requests.Timeout as error:
            raise Timeout(provider=self.provider, operation="post") from error
        except requests.RequestException as error:
            raise Unavailable(provider=self.provider, operation="post", detail=type(error).__name__) from error
        try:
            body = response.json()
        except (ValueError, json.JSONDecodeError):
            body = None
        return BackendAnswer(status=response.status_code, headers=response.headers, body=body)
