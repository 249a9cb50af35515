"""Vapi's HTTP API, as far as the product uses it. Bodies and answers are Vapi's own JSON."""

from collections.abc import Iterator
from typing import Any

import requests
from django.conf import settings

from providers.vapi.readiness import assert_outbound_call_ready
from voxanne.errors import NotFoundAtProvider, Owner
from voxanne.http import ProviderClient, object_of

JsonObject = dict[str, Any]

LIST_LIMIT = 1000
PAGE_LIMIT = 100


class VapiClient(ProviderClient):
    """One account at Vapi. Every method raises a `ProviderError`; POST is never sent twice.

    A `find_…` answers None where Vapi says 404.
    """

    provider = "vapi"
    # What tells this account's registrations from another's; empty for the platform's.
    account: str = ""

    def __init__(self, *, base_url: str, private_key: str, **options: Any) -> None:
        super().__init__(base_url=base_url, headers={"Authorization": f"Bearer {private_key}"}, **options)

    def create_assistant(self, body: JsonObject) -> JsonObject:
        """Make an assistant; a `Timeout` leaves open whether it exists."""
        return self._object("POST", "/assistant", "create_assistant", body)

    def get_assistant(self, assistant_id: str) -> JsonObject:
        return self._object("GET", f"/assistant/{assistant_id}", "get_assistant")

    def find_assistant(self, assistant_id: str) -> JsonObject | None:
        return self._find(f"/assistant/{assistant_id}", "get_assistant")

    def update_assistant(self, assistant_id: str, body: JsonObject) -> JsonObject:
        """Replace whole top-level properties: what is left out of an object that is sent is lost."""
        return self._object("PATCH", f"/assistant/{assistant_id}", "update_assistant", body)

    def delete_assistant(self, assistant_id: str) -> None:
        self._object("DELETE", f"/assistant/{assistant_id}", "delete_assistant")

    def iter_assistants(self, *, created_since: str = "") -> Iterator[JsonObject]:
        """All assistants, newest first; `created_since` is ISO 8601 and leaves older ones out."""
        params = {"createdAtGe": created_since} if created_since else {}
        return self._iter_array("/assistant", "list_assistants", params)

    def create_tool(self, body: JsonObject) -> JsonObject:
        return self._object("POST", "/tool", "create_tool", body)

    def find_tool(self, tool_id: str) -> JsonObject | None:
        return self._find(f"/tool/{tool_id}", "get_tool")

    def update_tool(self, tool_id: str, body: JsonObject) -> JsonObject:
        return self._object("PATCH", f"/tool/{tool_id}", "update_tool", body)

    def delete_tool(self, tool_id: str) -> None:
        self._object("DELETE", f"/tool/{tool_id}", "delete_tool")

    def iter_tools(self) -> Iterator[JsonObject]:
        """All tools, newest first."""
        return self._iter_array("/tool", "list_tools")

    def create_structured_output(self, body: JsonObject) -> JsonObject:
        return self._object("POST", "/structured-output", "create_structured_output", body)

    def find_structured_output(self, output_id: str) -> JsonObject | None:
        return self._find(f"/structured-output/{output_id}", "get_structured_output")

    def delete_structured_output(self, output_id: str) -> None:
        self._object("DELETE", f"/structured-output/{output_id}", "delete_structured_output")

    def iter_structured_outputs(self) -> Iterator[JsonObject]:
        """All structured outputs."""
        page = 1
        while True:
            answer = self.request(
                "GET", "/structured-output", operation="list_structured_outputs",
                params={"page": page, "limit": PAGE_LIMIT},
            )  # fmt: skip
            results: list[JsonObject] = answer["results"]
            yield from results
            if len(results) < PAGE_LIMIT:
                return
            page += 1

    def create_credential(self, body: JsonObject) -> JsonObject:
        """Store a credential that Vapi uses on our behalf. Its secrets are never shown again."""
        return self._object("POST", "/credential", "create_credential", body)

    def find_credential(self, credential_id: str) -> JsonObject | None:
        return self._find(f"/credential/{credential_id}", "get_credential")

    def update_credential(self, credential_id: str, body: JsonObject) -> JsonObject:
        return self._object("PATCH", f"/credential/{credential_id}", "update_credential", body)

    def delete_credential(self, credential_id: str) -> None:
        self._object("DELETE", f"/credential/{credential_id}", "delete_credential")

    def iter_credentials(self) -> Iterator[JsonObject]:
        """All credentials, newest first."""
        return self._iter_array("/credential", "list_credentials")

    def create_outbound_call(
        self,
        *,
        assistant_id: str,
        phone_number_id: str,
        customer: JsonObject,
        overrides: JsonObject | None = None,
        name: str = "",
    ) -> JsonObject:
        """Have an assistant call somebody: the only way in which the product places a call. It is sent once.

        Every error but a refusal (`Rejected`, `Unauthorized`, `RateLimited`) leaves open whether the phone rings.

        Args:
            customer: `number` in E.164, `name` of at most 40 characters.
            overrides: what differs from the saved assistant in this call. No `server`: Vapi would not sign for it.
            name: how the call is called at Vapi, at most 40 characters.

        Raises:
            OutboundCallNotReady: it could not have worked; Vapi was not asked.
        """
        assert_outbound_call_ready(
            assistant_id=assistant_id,
            phone_number_id=phone_number_id,
            customer_number=str(customer.get("number", "")),
        )
        body: JsonObject = {"assistantId": assistant_id, "phoneNumberId": phone_number_id, "customer": customer}
        extras = {"assistantOverrides": overrides, "name": name}
        body |= {key: value for key, value in extras.items() if value}
        return self._object("POST", "/call", "create_outbound_call", body)

    def get_call(self, call_id: str) -> JsonObject:
        return self._object("GET", f"/call/{call_id}", "get_call")

    def list_calls(self, *, assistant_id: str = "", created_after: str = "", limit: int = 100) -> list[JsonObject]:
        """Calls, newest first; `created_after` is ISO 8601."""
        wanted = {"assistantId": assistant_id, "createdAtGt": created_after}
        params = {"limit": str(limit), **{name: value for name, value in wanted.items() if value}}
        calls: list[JsonObject] = self.request("GET", "/call", operation="list_calls", params=params)
        return calls

    def recording_link(self, call_id: str) -> str:
        """Where a call's recording can be fetched, without a key, in the next minutes. Never store or show it.

        Raises:
            NotFoundAtProvider: there is none, or not any more.
        """
        return self.location(f"/call/{call_id}/mono-recording", operation="get_recording")

    def find_call(self, call_id: str) -> JsonObject | None:
        return self._find(f"/call/{call_id}", "get_call")

    def iter_calls(self, *, created_from: str, created_before: str) -> Iterator[JsonObject]:
        """All calls made from one moment on and before another, newest first; both are ISO 8601."""
        wanted = {"createdAtGe": created_from, "createdAtLt": created_before}
        return self._iter_array("/call", "list_calls", wanted, limit=PAGE_LIMIT)  # each with its whole transcript

    def list_phone_numbers(self) -> list[JsonObject]:
        """The account's numbers, at most 1,000. They may hold a carrier's token: never store or log them whole."""
        return list(self._iter_array("/phone-number", "list_phone_numbers"))

    def create_phone_number(self, body: JsonObject) -> JsonObject:
        """Import a number; a `Timeout` leaves open whether it was. Vapi then answers what is called there."""
        return self._object("POST", "/phone-number", "create_phone_number", body)

    def find_phone_number(self, number_id: str) -> JsonObject | None:
        return self._find(f"/phone-number/{number_id}", "get_phone_number")

    def update_phone_number(self, number_id: str, body: JsonObject) -> JsonObject:
        """Change a number, also its carrier's account. Vapi wants `provider` in the body every time."""
        return self._object("PATCH", f"/phone-number/{number_id}", "update_phone_number", body)

    def delete_phone_number(self, number_id: str) -> None:
        """Have Vapi forget a number; at the carrier it stays the clinic's."""
        self._object("DELETE", f"/phone-number/{number_id}", "delete_phone_number")

    def describe(self, response: requests.Response) -> str:
        """The message of a NestJS error: one sentence, or a list of them."""
        body = object_of(response)
        if not body:
            return response.text[:300]
        message = body.get("message", "")
        text = "; ".join(str(part) for part in message) if isinstance(message, list) else str(message)
        return text[:600]

    def _object(self, method: str, path: str, operation: str, body: JsonObject | None = None) -> JsonObject:
        answer: JsonObject = self.request(method, path, operation=operation, json=body)
        return answer

    def _find(self, path: str, operation: str) -> JsonObject | None:
        try:
            return self._object("GET", path, operation)
        except NotFoundAtProvider:
            return None

    def _iter_array(
        self, path: str, operation: str, wanted: dict[str, str] | None = None, *, limit: int = LIST_LIMIT
    ) -> Iterator[JsonObject]:
        """Vapi's older lists have no pages: the next stretch begins before the oldest of the last one."""
        params: dict[str, str] = {"limit": str(limit), **(wanted or {})}
        seen: set[str] = set()
        while True:
            answer: list[JsonObject] = self.request("GET", path, operation=operation, params=params)
            fresh = [item for item in answer if item["id"] not in seen]
            yield from fresh
            if len(answer) < limit or not fresh:
                return
            seen = {item["id"] for item in answer}
            params["createdAtLe"] = min(item["createdAt"] for item in answer)


class ClinicVapiClient(VapiClient):
    """A clinic's own account: what it refuses, the clinic has to mend.

    Args:
        account: names the account without telling its key.
    """

    credential_owner = Owner.CLINIC

    def __init__(self, *, account: str, **options: Any) -> None:
        super().__init__(**options)
        self.account = account


def platform_client(**options: Any) -> VapiClient:
    """A client with the platform's key; the sandbox is only another base URL."""
    return VapiClient(
        base_url=settings.VAPI_BASE_URL,
        private_key=settings.VAPI_PRIVATE_KEY,
        **{"retry_delays_s": settings.VAPI_RETRY_DELAYS_S, **options},
    )
