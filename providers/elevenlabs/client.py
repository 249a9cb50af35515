"""ElevenLabs' API, with a clinic's own key."""

from typing import Any

import requests
from django.conf import settings

from providers.elevenlabs.types import ElevenLabsUser
from voxanne.errors import Owner, ProviderError, RateLimited, Unauthorized
from voxanne.http import ProviderClient, object_of

_KEY_REFUSED = {"invalid_api_key", "missing_permissions", "needs_authorization"}
MODEL = "eleven_turbo_v2_5"
_TOO_MANY = {"too_many_concurrent_requests", "system_busy", "rate_limit_exceeded"}


class ElevenLabsClient(ProviderClient):
    """One account. Every method asks once and raises a `ProviderError`."""

    provider = "elevenlabs"
    credential_owner = Owner.CLINIC

    def __init__(self, api_key: str, **options: Any) -> None:
        headers = {"xi-api-key": api_key}
        super().__init__(base_url=settings.ELEVENLABS_BASE_URL, headers=headers, **{"retry_delays_s": (), **options})

    def fetch_user(self) -> ElevenLabsUser:
        """Whose key it is, and how much of the plan is left.

        Raises:
            Unauthorized: also, with the code `missing_permissions`, for a key that may not read its user.
        """
        answer = self.request("GET", "/v1/user", operation="fetch_user")
        plan = answer.get("subscription") or {}
        return ElevenLabsUser(
            user_id=str(answer.get("user_id", "")),
            tier=str(plan.get("tier", "")),
            characters_used=int(plan.get("character_count") or 0),
            characters_limit=int(plan.get("character_limit") or 0),
        )

    def speak(self, *, voice_id: str, text: str) -> bytes:
        """Have a voice say a text, as MP3. It costs the plan as many characters as the text has."""
        audio: bytes = self.request(
            "POST", f"/v1/text-to-speech/{voice_id}", operation="speak", json={"text": text, "model_id": MODEL}
        )
        return audio

    def _decode(self, response: requests.Response, operation: str) -> Any:
        if response.headers.get("content-type", "").startswith("audio/"):
            return response.content
        return super()._decode(response, operation)

    def classify(self, status: int, code: str) -> tuple[type[ProviderError], Owner]:
        """The word in the answer says more than the status: a bad key is 401 or 400."""
        if code in _KEY_REFUSED:
            return Unauthorized, self.credential_owner
        if code in _TOO_MANY:
            return RateLimited, Owner.PROVIDER
        return super().classify(status, code)

    def code(self, response: requests.Response) -> str:
        """ElevenLabs' word, such as `invalid_api_key`."""
        return str(_detail_of(response).get("status", ""))

    def describe(self, response: requests.Response) -> str:
        """ElevenLabs' own sentence."""
        return str(_detail_of(response).get("message", ""))[:300]


def _detail_of(response: requests.Response) -> dict[str, Any]:
    detail = object_of(response).get("detail")
    return detail if isinstance(detail, dict) else {}
