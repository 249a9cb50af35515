"""Resend's API, with a clinic's own key."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import requests
from django.conf import settings

from providers.resend.types import ResendAttachment, ResendDomain, ResendWebhook
from voxanne.errors import Owner, ProviderError, RateLimited, Rejected, Unauthorized, Unavailable
from voxanne.http import ProviderClient, object_of

PAGE = 100
# Resend's names of refusals that say more than their status.
_KEY_REFUSED = {"missing_api_key", "invalid_api_key", "restricted_api_key", "suspended_api_key"}
_TOO_MANY = {"rate_limit_exceeded", "daily_quota_exceeded", "monthly_quota_exceeded"}
KEY_USED = "invalid_idempotent_request"
# The first request with this key has not ended yet: asking again later tells how it ended.
_STILL_BUSY = "concurrent_idempotent_requests"


class ResendClient(ProviderClient):
    """One account. Every method asks once and raises a `ProviderError`."""

    provider = "resend"
    credential_owner = Owner.CLINIC

    def __init__(self, api_key: str, **options: Any) -> None:
        headers = {"Authorization": f"Bearer {api_key}", "User-Agent": "voxanne"}
        super().__init__(base_url=settings.RESEND_BASE_URL, headers=headers, **{"retry_delays_s": (), **options})

    def list_domains(self) -> list[ResendDomain]:
        """The domains of the account.

        Raises:
            Unauthorized: also, with the code `restricted_api_key`, for a key that may only send.
        """
        params, found = {"limit": str(PAGE)}, list[ResendDomain]()
        while True:
            answer = self.request("GET", "/domains", operation="list_domains", params=params)
            rows = answer["data"]
            found += [ResendDomain(name=row["name"], status=row["status"]) for row in rows]
            if not (rows and answer.get("has_more")):
                return found
            params["after"] = rows[-1]["id"]

    def send_email(
        self,
        *,
        sender: str,
        to: str,
        subject: str,
        text: str,
        html: str = "",
        attachments: Sequence[ResendAttachment] = (),
        tags: Mapping[str, str] = MappingProxyType({}),
        idempotency_key: str,
    ) -> str:
        """Send one email and return its id. The same key within a day sends nothing again and gives the first id.

        Args:
            tags: come back with every event of this email; letters, digits, hyphens and underscores.

        Raises:
            Rejected: also, with the code `KEY_USED`, when the key has already sent an email that differs.
        """
        body: dict[str, Any] = {"from": sender, "to": [to], "subject": subject, "text": text}
        if attachments:
            body["attachments"] = [
                {"filename": file.filename, "content_type": file.content_type, "content": file.as_base64()}
                for file in attachments
            ]
        if tags:
            body["tags"] = [{"name": name, "value": value} for name, value in tags.items()]
        answer = self.request(
            "POST",
            "/emails",
            operation="send_email",
            json=body | ({"html": html} if html else {}),
            headers={"Idempotency-Key": idempotency_key},
        )
        return str(answer["id"])

    def list_webhooks(self) -> list[ResendWebhook]:
        """The addresses that the account's events go to, with what signs them."""
        params, found = {"limit": str(PAGE)}, list[ResendWebhook]()
        while True:
            answer = self.request("GET", "/webhooks", operation="list_webhooks", params=params)
            rows = answer["data"]
            found += [_webhook(row) for row in rows]
            if not (rows and answer.get("has_more")):
                return found
            params["after"] = rows[-1]["id"]

    def create_webhook(self, *, endpoint: str, events: Sequence[str]) -> ResendWebhook:
        """Have events sent to an address. Look first: asked twice there are two."""
        body = {"endpoint": endpoint, "events": list(events)}
        answer = self.request("POST", "/webhooks", operation="create_webhook", json=body)
        return _webhook({"endpoint": endpoint, **answer})

    def classify(self, status: int, code: str) -> tuple[type[ProviderError], Owner]:
        """Resend answers 403 for a bad key as for an unverified domain, and 401 for a key that may not read."""
        if code in _KEY_REFUSED:
            return Unauthorized, self.credential_owner
        if code in _TOO_MANY:
            return RateLimited, self.credential_owner if "quota" in code else Owner.PROVIDER
        if code == _STILL_BUSY:
            return Unavailable, Owner.PROVIDER
        if status == 403:
            return Rejected, self.credential_owner
        return super().classify(status, code)

    def code(self, response: requests.Response) -> str:
        """Resend's name of the refusal."""
        return _part_of(response, "name")

    def describe(self, response: requests.Response) -> str:
        """Resend's own sentence."""
        return _part_of(response, "message")[:300]


def _webhook(row: dict[str, Any]) -> ResendWebhook:
    return ResendWebhook(
        id=str(row["id"]), endpoint=str(row["endpoint"]), signing_secret=str(row.get("signing_secret") or "")
    )


def _part_of(response: requests.Response, name: str) -> str:
    return str(object_of(response).get(name, ""))
