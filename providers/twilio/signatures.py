"""Whether a webhook is Twilio's: the official check."""

from collections.abc import Iterable

from django.http import QueryDict
from twilio.request_validator import RequestValidator


def is_genuine(*, url: str, form: QueryDict, signature: str, tokens: Iterable[str]) -> bool:
    """Whether one of the tokens signed this form for this address.

    Args:
        url: exactly as Twilio was told it, with the query as it was sent.
        form: every field that came, blank ones too.
    """
    return bool(signature) and any(token and RequestValidator(token).validate(url, form, signature) for token in tokens)
