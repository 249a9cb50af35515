"""Mail that may be handed to the provider twice and is sent once."""

from typing import Any

from anymail.backends.resend import EmailBackend
from django.core.mail import EmailMessage


class KeyedMessage(EmailMessage):
    """A message with a key: within a day Resend sends no second one with the same key and the same content."""

    def __init__(self, *args: Any, idempotency_key: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.idempotency_key = idempotency_key


class ResendBackend(EmailBackend):  # type: ignore[misc]
    """Anymail's, which knows no keys."""

    def build_message_payload(self, message: EmailMessage, defaults: Any) -> Any:
        payload = super().build_message_payload(message, defaults)
        if isinstance(message, KeyedMessage):
            payload.headers["Idempotency-Key"] = message.idempotency_key
        return payload
