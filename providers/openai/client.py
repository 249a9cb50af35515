"""OpenAI's API, with the platform's key."""

import base64
import binascii
from array import array
from collections.abc import Sequence
from typing import Any

import requests
from django.conf import settings

from providers.openai.types import Embeddings
from voxanne.errors import Owner, ProviderError, Unauthorized, Unavailable
from voxanne.http import ProviderClient, object_of

# What one request may hold.
MAX_INPUTS = 2048
MAX_TOKENS = 300_000
MAX_TOKENS_AN_INPUT = 8192
# Waiting does not help against these; somebody has to pay or to ask for more.
_QUOTA = {"insufficient_quota", "billing_not_active"}


class OpenAIClient(ProviderClient):
    """The platform's account. Every method raises a `ProviderError`."""

    provider = "openai"
    credential_owner = Owner.US

    def __init__(self, api_key: str, **options: Any) -> None:
        headers = {"Authorization": f"Bearer {api_key}"}
        super().__init__(base_url=settings.OPENAI_BASE_URL, headers=headers, **options)

    def embed(self, texts: Sequence[str], *, model: str) -> Embeddings:
        """The vectors of up to `MAX_INPUTS` texts that are not empty.

        It is a POST that changes nothing, so it is repeated like a read (`once` gives a client that asks once).

        Raises:
            Unavailable: also for an answer that is not a vector for each text.
        """
        operation = "embed"
        body = {"model": model, "input": list(texts), "encoding_format": "base64"}
        answer = self._repeat(
            operation,
            self._retry_delays_s,
            lambda: self._send("POST", "/embeddings", operation=operation, json=body),
        )
        try:
            items = sorted(answer["data"], key=lambda item: item["index"])
            vectors = [_vector(item["embedding"]) for item in items]
            tokens = int(answer["usage"]["total_tokens"])
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise Unavailable(provider=self.provider, operation=operation, detail="not embeddings") from error
        if len(vectors) != len(texts):
            raise Unavailable(provider=self.provider, operation=operation, detail="not a vector for each text")
        return Embeddings(vectors=vectors, tokens=tokens)

    def classify(self, status: int, code: str) -> tuple[type[ProviderError], Owner]:
        """A used-up account answers 429 like a busy one, and belongs to us like a wrong key."""
        if code in _QUOTA:
            return Unauthorized, self.credential_owner
        return super().classify(status, code)

    def code(self, response: requests.Response) -> str:
        """OpenAI's word, such as `invalid_api_key`."""
        return str(_error_of(response).get("code") or "")

    def describe(self, response: requests.Response) -> str:
        """Only the kind of the refusal: OpenAI's sentence may repeat the key or what was asked."""
        return str(_error_of(response).get("type") or "")[:300]


def _vector(written: str) -> list[float]:
    """Little-endian 32-bit floats in base64, as they are asked for."""
    numbers = array("f")
    numbers.frombytes(base64.b64decode(written, validate=True))
    return numbers.tolist()


def _error_of(response: requests.Response) -> dict[str, Any]:
    error = object_of(response).get("error")
    return error if isinstance(error, dict) else {}
