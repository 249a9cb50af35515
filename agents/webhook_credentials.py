"""The credentials with which Vapi proves itself to us: a `custom-credential` that carries a secret in a header.

One for the platform (its tools) and one for each organisation (its assistants).
"""

import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac

from agents.hashing import definition_hash
from agents.models import RegistrationKind
from agents.registrations import Wanted, ensure_registered, forget_missing
from credentials.service import credential_service
from orgs.models import Organization
from providers.vapi.client import JsonObject, VapiClient
from voxanne.errors import NotFoundAtProvider

log = structlog.get_logger(__name__)

HEADER = "X-Vapi-Secret"
PLATFORM_NAME = "voxanne-platform"


def ensure_platform_credential(client: VapiClient) -> str:
    """The id of the credential with which Vapi calls our tools, carrying `VAPI_WEBHOOK_SECRET`."""
    secret = settings.VAPI_WEBHOOK_SECRET
    # A keyed hash notices a new secret without storing anything that could be guessed against.
    mark = salted_hmac("agents.platform_credential", secret, algorithm="sha256").hexdigest()
    return _ensure(client, PLATFORM_NAME, secret, mark)


def ensure_org_credential(client: VapiClient, org: Organization) -> str:
    """The id at Vapi of the organisation's own credential, carrying its present webhook secret.

    Raises:
        CredentialUnreadable: our stored secret cannot be decrypted.
        ProviderError: Vapi did not answer as needed.
    """
    ours = credential_service.ensure_vapi_webhook_secret(org)
    name, secret = f"voxanne-{org.pk.hex}", ours.webhook_secret.reveal()
    credential_id = _ensure(client, name, secret, ours.secret_id)
    if forget_missing(client, [credential_id]):
        return _ensure(client, name, secret, ours.secret_id)
    return credential_id


def _ensure(client: VapiClient, name: str, secret: str, mark: str) -> str:
    body = _body(name, secret)
    shown = {**body, "authenticationPlan": {**body["authenticationPlan"], "token": ""}}
    digest = definition_hash([shown, mark])
    return ensure_registered(
        Wanted(RegistrationKind.CREDENTIAL, name, digest, shown, lambda: _give(client, body), client.account)
    )


def _give(client: VapiClient, body: JsonObject) -> str:
    """Give Vapi a credential, once by its name: one that is there already gets the present secret."""
    existing = next((item for item in client.iter_credentials() if item.get("name") == body["name"]), None)
    if existing is not None:
        try:
            change = {key: value for key, value in body.items() if key != "provider"}
            return str(client.update_credential(existing["id"], change)["id"])
        except NotFoundAtProvider:
            log.info("credential.gone", name=body["name"])
    return str(client.create_credential(body)["id"])


def _body(name: str, secret: str) -> JsonObject:
    """Vapi will send the secret as it is, in our header."""
    return {
        "provider": "custom-credential",
        "name": name,
        "authenticationPlan": {"type": "bearer", "token": secret, "headerName": HEADER, "bearerPrefixEnabled": False},
    }
