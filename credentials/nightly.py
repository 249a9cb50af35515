"""The night's question about the platform's own account at Vapi: asked once, and its answer counts for every clinic."""

from typing import Any

import structlog
from django.core.cache import cache

from credentials import verification
from credentials.errors import CheckImpossible, CredentialError
from credentials.types import Credentials, Provider, VapiCredentials
from credentials.vapi_accounts import prove_key

log = structlog.get_logger(__name__)

_ANSWER = "credentials:night:platform_account"
# As long as a night's verifications may wait in the queue; the next night asks again.
ANSWER_LASTS_S = 12 * 3600


def ask_platform_account() -> None:
    """Ask Vapi with the platform's key, and keep what it said for the clinics that have no account of their own."""
    try:
        with verification.asking(Provider.VAPI):
            prove_key(None)
    except CredentialError as error:
        log.exception("credentials.platform_account_failed", error=error.code)
        cache.set(_ANSWER, "failed", ANSWER_LASTS_S)
    else:
        cache.set(_ANSWER, "accepted", ANSWER_LASTS_S)


def check(credentials: Credentials) -> dict[str, Any]:
    """As `verification.check`; for credentials in the platform's account at Vapi this night's answer is used again.

    Raises:
        CredentialRefused, ProviderUnreachable: as there.
    """
    if isinstance(credentials, VapiCredentials) and not credentials.api_key:
        match cache.get(_ANSWER):
            case "accepted":
                return verification.shown_of_vapi(credentials)
            case "failed":
                raise CheckImpossible(Provider.VAPI)
    return verification.check(credentials)
