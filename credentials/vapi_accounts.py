"""Which account at Vapi an organisation's assistants live in: the platform's, or where allowed its own."""

from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from credentials.errors import NotConnected
from credentials.service import credential_service
from credentials.types import Provider, Secret, VapiCredentials
from providers.vapi.client import ClinicVapiClient, VapiClient, platform_client


def vapi_client_for(org_id: UUID) -> VapiClient:
    """The client with which an organisation's assistants are kept. The only place that decides it.

    Raises:
        CredentialDisabled, CredentialUnreadable: it may have a key of its own, and that cannot be read.
    """
    key = find_own_key(org_id)
    return client_with(key) if key else platform_client()


def find_own_key(org_id: UUID) -> Secret | None:
    """The organisation's own key at Vapi, None when it has none or the installation does not allow them."""
    if not settings.ALLOW_ORG_VAPI_KEYS:
        return None
    try:
        return credential_service.get(org_id, Provider.VAPI).api_key
    except NotConnected:
        return None


def read_own_key(org_id: UUID) -> Secret | None:
    """As `find_own_key`, past the cache: for whoever builds on the account that counts now."""
    if not settings.ALLOW_ORG_VAPI_KEYS:
        return None
    try:
        stored = credential_service.read_stored(org_id, Provider.VAPI).credentials
    except NotConnected:
        return None
    return stored.api_key if isinstance(stored, VapiCredentials) else None


def client_with(key: Secret, *, retry_delays_s: tuple[float, ...] | None = None) -> VapiClient:
    """A client with a clinic's own key."""
    return ClinicVapiClient(
        account=salted_hmac("credentials.vapi_account", key.reveal(), algorithm="sha256").hexdigest()[:16],
        base_url=settings.VAPI_BASE_URL,
        private_key=key.reveal(),
        retry_delays_s=settings.VAPI_RETRY_DELAYS_S if retry_delays_s is None else retry_delays_s,
    )


def prove_key(key: Secret | None) -> None:
    """List one assistant with a clinic's own key, or without one with the platform's. One try: a person waits.

    Raises:
        ProviderError: Vapi does not accept the key, or could not be asked.
    """
    client = client_with(key, retry_delays_s=()) if key else platform_client(retry_delays_s=())
    client.request("GET", "/assistant", operation="prove_key", params={"limit": "1"})
